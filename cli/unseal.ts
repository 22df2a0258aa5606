import { options } from "./options";
import { Progress } from "./progress";
import { STACK } from "./stack";
import { main, UserError } from "./userError";
import { unseal } from "./vault";

const HELP = `npm run unseal [-- --stack NAME]

Unseals the stack's Vault, with the keys in the stack's state: Vault seals itself whenever its unit starts, e.g. after a power cut,
and a \`pulumi up\` does nothing about it, because nothing has changed in the configuration. A Vault that is not sealed is only looked at.
(\`npm run up\` does it for stack ${STACK}.)

  --stack NAME   the stack (default: ${STACK}); a backend and a passphrase of your own are taken from the environment
  --help         this text
`;

async function command(): Promise<void> {
  const given = options({ stack: { type: "string", short: "s" } }, HELP);
  if (!given) return;
  const stack = given.values.stack ?? process.env["PULUMI_STACK"] ?? STACK;
  const progress = new Progress();
  if (!(await unseal((line) => progress.say(line), stack)))
    throw new UserError(
      `stack ${stack} has no Vault whose keys it knows. Bring it up first: ${stack === STACK ? "npm run up" : `npm run pulumi -- up --stack ${stack}`}`,
    );
}

void main("npm run unseal", command);
