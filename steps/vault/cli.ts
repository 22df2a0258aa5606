/** The `vault` command on the bastion. Keys and tokens go through standard input. */
import { z } from "zod";

import { type Bastion } from "../bastion/bastion";
import { lastLines } from "../bastion/command";
import { decode } from "../decode";
import { StepError, TryLaterError } from "../errors";

const statusShape = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  t: z.number(),
  n: z.number(),
});
export type VaultStatus = z.infer<typeof statusShape>;

const tokenShape = z.object({ auth: z.object({ client_token: z.string() }) });

/** What `vault operator init -format=json` prints. */
export const keysShape = z.object({
  unseal_keys_b64: z.array(z.string()).min(1),
  unseal_threshold: z.number().optional(),
  root_token: z.string(),
});
export type VaultKeys = z.infer<typeof keysShape>;

/** The first line of standard input is the token, which must not be seen among the arguments. */
const WITH_TOKEN = 'IFS= read -r VAULT_TOKEN; export VAULT_TOKEN; exec "$@"';

// $1 file, then the command. What init prints must be kept, whatever happens to the connection meanwhile.
const INIT = `
umask 077
trap '' HUP PIPE TERM INT
file=$1
shift
mkdir -p "\${file%/*}"
"$@" > "$file.new" && sync "$file.new" && mv "$file.new" "$file"
`;

export class Vault {
  constructor(
    private readonly bastion: Bastion,
    /** Address of one unit. */
    readonly address: string,
  ) {}

  get url(): string {
    const host = this.address.includes(":") ? `[${this.address}]` : this.address;
    return `http://${host}:8200`;
  }

  /** Exit status 2 means sealed and is no failure. */
  async status(): Promise<VaultStatus> {
    const argv = this.command("status", "-format=json");
    const { status, stdout, stderr } = await this.bastion.run(argv, {
      allowFailure: true,
      repeatable: true,
    });
    if (status === 0 || status === 2) return decode(statusShape, stdout, "vault status");
    throw new TryLaterError(
      `Vault at ${this.url} does not answer (${lastLines(stderr, 1)}). Look at its unit in juju status, then run again.`,
    );
  }

  /** Initialises Vault; its keys go into `file` on the bastion before anything else can happen. */
  async init(file: string, shares: number, threshold: number): Promise<void> {
    const argv = this.command(
      "operator",
      "init",
      `-key-shares=${shares}`,
      `-key-threshold=${threshold}`,
      "-format=json",
    );
    await this.bastion.run(["sh", "-c", INIT, "sh", file, ...argv]);
  }

  /** Gives one key. `vault operator unseal` takes a key from a terminal or its arguments only. */
  async unseal(key: string): Promise<VaultStatus> {
    const argv = this.command("write", "-format=json", "sys/unseal", "key=-");
    const result = await this.bastion.run(argv, { stdin: key, allowFailure: true, quiet: true });
    if (result.status !== 0) {
      throw new StepError(
        `Vault at ${this.url} refused a key (status ${result.status}). The keys are of another Vault: find this one's keys.`,
      );
    }
    return this.status();
  }

  /** A token that lives for `ttl`, e.g. `10m`. */
  async token(rootToken: string, ttl: string): Promise<string> {
    const argv = [
      "sh",
      "-c",
      WITH_TOKEN,
      "sh",
      ...this.command("token", "create", `-ttl=${ttl}`, "-format=json"),
    ];
    const result = await this.bastion.run(argv, {
      stdin: `${rootToken}\n`,
      allowFailure: true,
      quiet: true,
    });
    if (result.status !== 0) {
      throw new StepError(
        `Vault at ${this.url} made no token (status ${result.status}): its root token may have been revoked. ` +
          "Generate one with vault operator generate-root and put it into the file of keys on the bastion.",
      );
    }
    return decode(tokenShape, result.stdout, "vault token create").auth.client_token;
  }

  private command(...words: string[]): string[] {
    return ["env", `VAULT_ADDR=${this.url}`, "vault", ...words];
  }
}
