/** The `juju` command on the bastion. */
import type { z } from "zod";

import { type Bastion } from "../bastion/bastion";
import { lastLines, type RemoteResult, type RunOptions } from "../bastion/command";
import { decode, IncompleteAnswer } from "../decode";
import { StepError, TryLaterError } from "../errors";

/** juju ended with a status other than 0. */
export class JujuError extends StepError {
  constructor(
    command: string,
    readonly stderr: string,
  ) {
    super(
      `"${command}" failed: ${reasonOf(stderr) || "no reason given"}. Look at that on the bastion, then run again.`,
    );
    this.name = "JujuError";
  }

  get exists(): boolean {
    return /already exists/i.test(this.stderr);
  }

  /** Charmhub could not be reached: that passes, and nothing has been done. */
  get charmhub(): boolean {
    return /charmhub\.io.*(i\/o timeout|timeout|temporary failure|connection (refused|reset)|no such host)/i.test(
      this.stderr,
    );
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
  /unable to connect to API|cannot connect to (the )?API|cannot get API connection|connection is shut down/i;
/** The connection was never made. */
const UNDONE = /unable to connect to API: .*(connection refused|no route to host|i\/o timeout)/i;
const FOREIGN = /certificate signed by unknown authority/i;
/** A controller whose machine is started anew is back within some minutes. */
const PAUSES_MS = [1000, 2000, 4000, 8000, ...Array<number>(20).fill(15_000)];

export class Juju {
  constructor(
    private readonly bastion: Bastion,
    private readonly pauses: number[] = PAUSES_MS,
  ) {}

  /** Reads JSON. Status is looked at first: a failing juju prints `{}`. */
  async read<T>(schema: z.ZodType<T>, ...words: string[]): Promise<T> {
    const argv = [...words, "--format", "json"];
    for (let attempt = 0; ; attempt++) {
      const { stdout } = await this.call(argv, { repeatable: true });
      try {
        return decode(schema, stdout, shownJuju(argv));
      } catch (error) {
        const pause = this.pauses[attempt];
        if (!(error instanceof IncompleteAnswer) || pause === undefined) throw error;
        await this.bastion.clock.sleep(pause);
      }
    }
  }

  /** Asks for something that is printed as text. */
  async ask(...words: string[]): Promise<string> {
    return (await this.call(words, { repeatable: true })).stdout;
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
      const { stderr } = result;
      const pause = this.pauses[attempt];
      const again =
        AGAIN.test(stderr) ||
        UNDONE.test(stderr) ||
        (options.repeatable && UNREACHABLE.test(stderr) && !FOREIGN.test(stderr));
      if (again && pause !== undefined) {
        if (attempt === 2) this.bastion.progress(`juju is asked again: ${lastLines(stderr, 1)}`);
        await this.bastion.clock.sleep(pause);
        continue;
      }
      throw failure(words, stderr);
    }
  }
}

function failure(words: string[], stderr: string): StepError {
  const said = reasonOf(stderr);
  if (FOREIGN.test(stderr)) {
    return new StepError(
      `At the address of Juju's controller something answers "${shownJuju(words)}" with a certificate of another authority (${said}). ` +
        "If the controller was made anew, remove what the bastion knows of the old one (juju unregister NAME), then run again.",
    );
  }
  if (UNREACHABLE.test(stderr)) {
    return new JujuUnreachable(
      `Juju's controller does not answer "${shownJuju(words)}" (${said}). ` +
        "Check that the controller's machine is up, then run again.",
    );
  }
  if (AGAIN.test(stderr)) {
    return new TryLaterError(
      `"${shownJuju(words)}" could not be done now (${said}). ` +
        "Another juju command may hang on the bastion, or an upgrade goes on: look at its processes, then run again.",
    );
  }
  return new JujuError(shownJuju(words), stderr);
}

/** What juju says of its failure: its last error, without the lines in which it told what it did before. */
export function reasonOf(stderr: string): string {
  const at = stderr.lastIndexOf("ERROR ");
  return lastLines(at < 0 ? stderr : stderr.slice(at + "ERROR ".length));
}

function shownJuju(words: string[]): string {
  return ["juju", ...words].join(" ").slice(0, 160);
}
