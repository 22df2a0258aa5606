/** The `openstack` command on the bastion. Its password and CA are in 0600 files that vanish. */
import type { z } from "zod";

import { lastLines, type RemoteResult } from "../bastion/command";
import { quoteWord } from "../bastion/quote";
import { decode } from "../decode";
import { StepError } from "../errors";
import type { StepContext } from "../step";

export interface Identity {
  authUrl: string;
  region: string;
  caCertificatePem: string;
  user: string;
  userDomain: string;
  project: string;
  projectDomain: string;
  password: string;
}

// $1 file with the variables, then the command.
const WITH_ENVIRONMENT = '. "$1"; shift; exec "$@"';

export class OpenStack {
  private constructor(
    private readonly context: StepContext,
    private readonly file: string,
  ) {}

  /** Gives `use` a client that acts as `identity`. */
  static async as<T>(
    context: StepContext,
    identity: Identity,
    use: (client: OpenStack) => Promise<T>,
  ): Promise<T> {
    const { bastion } = context;
    return bastion.withFile(`${identity.caCertificatePem.trim()}\n`, (ca) =>
      bastion.withFile(variables(identity, ca), (file) => use(new OpenStack(context, file))),
    );
  }

  async read<T>(schema: z.ZodType<T>, ...words: string[]): Promise<T> {
    const { stdout } = await this.done([...words, "-f", "json"], { repeatable: true });
    return decode(schema, stdout, `openstack ${words.join(" ")}`);
  }

  /** Finds or makes something with a command that may be given twice, and reads what it answers. */
  ensure<T>(schema: z.ZodType<T>, ...words: string[]): Promise<T> {
    return this.read(schema, ...words);
  }

  async change(...words: string[]): Promise<void> {
    await this.done(words, {});
  }

  /** Runs a command whatever its outcome. */
  attempt(
    words: string[],
    options: { stdin?: string; repeatable?: boolean } = {},
  ): Promise<RemoteResult> {
    const argv = ["sh", "-c", WITH_ENVIRONMENT, "sh", this.file, "openstack", ...words];
    return this.context.bastion.run(argv, { ...options, allowFailure: true });
  }

  private async done(words: string[], options: { repeatable?: boolean }): Promise<RemoteResult> {
    const result = await this.attempt(words, options);
    if (result.status === 0) return result;
    throw new StepError(
      `"openstack ${words.join(" ").slice(0, 120)}" failed (status ${result.status}): ${lastLines(result.stderr, 2)}. ` +
        "Try it on the bastion by hand, then run again.",
    );
  }
}

function variables(identity: Identity, ca: string): string {
  const values = {
    OS_AUTH_URL: identity.authUrl,
    OS_AUTH_TYPE: "password",
    OS_IDENTITY_API_VERSION: "3",
    OS_REGION_NAME: identity.region,
    OS_CACERT: ca,
    OS_USERNAME: identity.user,
    OS_USER_DOMAIN_NAME: identity.userDomain,
    OS_PROJECT_NAME: identity.project,
    OS_PROJECT_DOMAIN_NAME: identity.projectDomain,
    OS_PASSWORD: identity.password,
  };
  return Object.entries(values)
    .map(([key, value]) => `export ${key}=${quoteWord(value)}\n`)
    .join("");
}
