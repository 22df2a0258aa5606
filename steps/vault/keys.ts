/**
 * The keys of a Vault on the bastion: one 0600 file per Vault, readable by the bastion's user alone. They are written there
 * before anything else is done with them and stay: no run is told whether the stack's state has them, so none may remove
 * the only copy that it knows of. Who has them elsewhere may delete the file by hand.
 */
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

  /** The keys; an error if the bastion does not have them. */
  async read(): Promise<VaultKeys> {
    const { bastion } = this.context;
    await bastion.run(["sh", "-c", ADOPT, "sh", this.path], { repeatable: true });
    const text = await bastion.readFile(this.path);
    if (text === undefined) {
      throw new StepError(
        `Vault is initialised, but its keys are not in ${this.path} on the bastion. ` +
          "Put them there (mode 0600, JSON with unseal_keys_b64 and root_token, e.g. from the stack's outputs), then run again.",
      );
    }
    const keys = decode(keysShape, text, `cat ${this.path}`);
    [...keys.unseal_keys_b64, keys.root_token].forEach((value) => this.context.secret(value));
    return keys;
  }
}
