/** The `juju` command on the bastion. */
import type { z } from "zod";

import { lastLines, type Bastion, type RemoteResult, type RunOptions } from "../bastion/bastion";
import { decode } from "../decode";
import { StepError, TryLaterError } from "../errors";

/** juju ended with a status other than 0. */
export class JujuError extends StepError {
  constructor(
    command: string,
    readonly stderr: string,
  ) {
    super(`"${command}" failed: ${lastLines(stderr).replace(/^ERROR /, "") || "no reason given"}`);
    this.name = "JujuError";
  }

  get exists(): boolean {
    return /already exists/i.test(this.stderr);
  }

  get gone(): boolean {
    return /not found|has been removed from the controller/i.test(this.stderr);
  }
}

/** The controller does not answer. Nothing has been done. */
export class JujuUnreachable extends TryLaterError {}

/** Refused before anything was done: such a command may be given again. */
const AGAIN =
  /cannot acquire lock file|timeout acquiring mutex|upgrade in progress|please try again/i;
const UNREACHABLE =
  /unable to connect to API|cannot connect to API|connection is shut down|i\/o timeout|connection refused/i;
const PAUSES_MS = [1000, 2000, 4000, 8000, 8000];

export class Juju {
  constructor(
    private readonly bastion: Bastion,
    private readonly pauses: number[] = PAUSES_MS,
  ) {}

  /** Reads JSON. Status is looked at first: a failing juju prints `{}`. */
  async read<T>(schema: z.ZodType<T>, ...words: string[]): Promise<T> {
    const argv = [...words, "--format", "json"];
    const { stdout } = await this.call(argv, { repeatable: true });
    return decode(schema, stdout, shownJuju(argv));
  }

  /** Gives a command; throws {@link JujuError} if it fails. */
  async change(words: string[], options: RunOptions = {}): Promise<RemoteResult> {
    return this.call(words, options);
  }

  /** Gives a command whatever its outcome. */
  async attempt(words: string[], options: RunOptions = {}): Promise<RemoteResult> {
    return this.bastion.run(["juju", ...words], { ...options, allowFailure: true });
  }

  private async call(words: string[], options: RunOptions): Promise<RemoteResult> {
    for (let attempt = 0; ; attempt++) {
      const result = await this.attempt(words, options);
      if (result.status === 0) return result;
      const pause = this.pauses[attempt];
      const again =
        AGAIN.test(result.stderr) || (options.repeatable && UNREACHABLE.test(result.stderr));
      if (again && pause !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        continue;
      }
      if (UNREACHABLE.test(result.stderr)) {
        throw new JujuUnreachable(
          `Juju's controller does not answer "${shownJuju(words)}" (${lastLines(result.stderr, 1)}). ` +
            "Check that the controller's machine is up, then run again.",
        );
      }
      throw new JujuError(shownJuju(words), result.stderr);
    }
  }
}

function shownJuju(words: string[]): string {
  return ["juju", ...words].join(" ").slice(0, 160);
}
