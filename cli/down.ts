import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { run } from "./command";
import { CHECKOUT, DEV, LAB_HOME, OWN, ownTemporaryFolder, RUN } from "./folders";
import { foreignLab, lab, labIsOurs, labIsReady } from "./lab";
import { options } from "./options";
import { Progress } from "./progress";
import { clearOwnLocks } from "./recovery/locks";
import { settlePending } from "./recovery/pending";
import { RunRecord, type Leftover } from "./runRecord";
import {
  forgetStack,
  lockFolder,
  otherStacks,
  pulumi,
  pulumiOnTerminal,
  STACK,
  stackExists,
} from "./stack";
import { main, UserError } from "./userError";
import { unseal } from "./vault";

const HELP = `npm run down

Destroys stack dev, stops the lab and forgets both. The caches stay. Works with a half-made stack and with a dead lab.
Any other stack is destroyed with: npm run pulumi -- destroy --stack NAME
`;

/** Destroys what the stack made while there is a lab in which it exists; true when it is gone. */
async function destroy(
  leftover: Leftover | undefined,
  record: RunRecord,
  progress: Progress,
): Promise<boolean> {
  clearOwnLocks(lockFolder(), leftover?.pulumi ?? []);
  if (!(await labIsReady())) {
    progress.say("the lab is down: nothing is left that could be destroyed in it");
    return false;
  }
  try {
    await settlePending((line) => progress.say(line));
    await unseal((line) => progress.say(line));
  } catch (error) {
    // The lab is thrown away in a moment: what cannot be settled goes with it.
    progress.say(`not settled: ${(error as Error).message}`);
    clearOwnLocks(lockFolder(), record.pulumi);
  }
  const status = await pulumiOnTerminal(["destroy", "--yes", "--skip-preview", "--stack", STACK]);
  if (status !== 0)
    progress.say(`pulumi destroy ended with status ${status}; the rest goes with the lab`);
  return status === 0;
}

/** Takes away what belongs to the checkout; state and passphrase stay while another stack needs them. */
async function forget(): Promise<void> {
  if (otherStacks().length > 0) {
    forgetStack();
    for (const mine of [DEV, RUN]) rmSync(mine, { recursive: true, force: true });
  } else rmSync(OWN, { recursive: true, force: true });
  await run(["bash", "-c", '. "$1"/cli/lib.sh && unhide_salt', "bash", CHECKOUT]);
  const temporary = ownTemporaryFolder();
  if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
}

async function down(): Promise<void> {
  const given = options({ stack: { type: "string", short: "s" } }, HELP);
  if (!given) return;
  if (given.values.stack !== undefined && given.values.stack !== STACK)
    throw new UserError(
      `only stack ${STACK} is destroyed by this command, not ${given.values.stack}. If you mean it: npm run pulumi -- destroy --stack ${given.values.stack}`,
      2,
    );
  const progress = new Progress();
  const { run: record, leftover } = await RunRecord.begin("down", (line) => progress.say(line));
  if (stackExists()) {
    const gone = await progress.stage("stack dev", "the lab stops", () =>
      destroy(leftover, record, progress),
    );
    const removed = await pulumi([
      "stack",
      "rm",
      STACK,
      "--yes",
      ...(gone ? [] : ["--force"]),
      "--preserve-config",
    ]);
    if (removed.status !== 0)
      throw new UserError(`pulumi stack rm failed:\n${removed.stderr.trim()}`);
  }
  if (labIsOurs()) {
    await progress.stage("lab", "the end", async () => {
      const done = await lab(["down", "--purge"], { show: "all" });
      if (done.status !== 0)
        throw new UserError(
          `the lab did not stop (exit status ${done.status}); its words are above`,
        );
    });
    rmSync(LAB_HOME, { recursive: true, force: true });
    const above = dirname(LAB_HOME);
    if (basename(above) === "private-cloud" && readdirSync(above).length === 0) rmdirSync(above);
  }
  await record.endChildren(); // an ssh connection outlives its last command for some seconds
  record.end();
  await forget();
  const foreign = foreignLab();
  progress.say(foreign ?? "nothing is left but the caches");
}

void main("npm run down", down);
