/**
 * The keys of a Vault on the bastion: one 0600 file per Vault, readable by the bastion's user alone. They are written there
 * before anything else is done with them, and stay until a later run is told that the stack's state has them too.
 */
import { z } from "zod";

import type { StepContext } from "../step";
import { decode } from "../decode";
import { StepError } from "../errors";
import { keysShape, type Vault, type VaultKeys } from "./cli";

// $1 file. A finished file of a killed run that was not yet renamed is as good.
const ADOPT =
  'if [ ! -e "$1" ] && [ -s "$1.new" ] && tail -c 4 "$1.new" | grep -q "}"; then mv "$1.new" "$1"; fi';
// $1 file. Keys of a Vault that is no more are kept under another name.
const PUT_ASIDE =
  'if [ -e "$1" ]; then mv "$1" "$1.$(date -u +%Y%m%dT%H%M%SZ)"; fi; rm -f "$1.new"';

/** The keys as the step reports them, and as the stack's state therefore has them. */
const reportShape = z.object({
  unsealKeys: z.array(z.string()).min(1),
  threshold: z.number(),
  rootToken: z.string(),
});

export class KeyFile {
  readonly path: string;

  constructor(
    private readonly context: StepContext,
    model: string,
    application: string,
  ) {
    this.path = `${context.bastion.folder}/vault/${model.replace(":", "-")}-${application}.json`;
  }

  /** Initialises `vault`, whose keys are then here. */
  async init(vault: Vault, shares: number, threshold: number): Promise<void> {
    await this.context.bastion.run(["sh", "-c", PUT_ASIDE, "sh", this.path]);
    await vault.init(this.path, shares, threshold);
  }

  /** The keys: of the bastion, else of the state; an error if neither has them. */
  async read(): Promise<VaultKeys> {
    const { bastion, earlier } = this.context;
    await bastion.run(["sh", "-c", ADOPT, "sh", this.path], { repeatable: true });
    const text = await bastion.readFile(this.path);
    const keys = text === undefined ? ofState(earlier) : this.parse(text);
    if (keys === undefined) {
      throw new StepError(
        `Vault is initialised, but its keys are not in ${this.path} on the bastion. ` +
          "Put them there (mode 0600, JSON with unseal_keys_b64 and root_token, e.g. from the stack's outputs), then run again.",
      );
    }
    [...keys.unseal_keys_b64, keys.root_token].forEach((value) => this.context.secret(value));
    return keys;
  }

  /** Removes the file when it holds what the state has too; to be called when those keys have done their work. */
  async removeIfStateHas(known: { unsealKeys: string[]; rootToken: string }): Promise<void> {
    const { bastion } = this.context;
    const text = await bastion.readFile(this.path);
    if (text === undefined) return;
    const keys = this.parse(text);
    const same =
      known.rootToken === keys.root_token &&
      known.unsealKeys.join() === keys.unseal_keys_b64.join();
    if (!same) return;
    await bastion.run(["rm", "-f", this.path], { repeatable: true });
    this.context.progress(
      "the stack's state has Vault's keys: their copy on the bastion is removed",
    );
  }

  private parse(text: string): VaultKeys {
    return decode(keysShape, text, `cat ${this.path}`);
  }
}

function ofState(earlier: unknown): VaultKeys | undefined {
  const data = reportShape.safeParse(earlier).data;
  return (
    data && {
      unseal_keys_b64: data.unsealKeys,
      unseal_threshold: data.threshold,
      root_token: data.rootToken,
    }
  );
}

/** What the state has of them; undefined before a first run has reported. */
export function reportedKeys(
  earlier: unknown,
): { unsealKeys: string[]; rootToken: string } | undefined {
  return reportShape.safeParse(earlier).data;
}
