/** Waits until a model has settled: one question per look, with reasons, and an end when nothing moves any more. */
import { duration } from "../clock";
import { StepError } from "../errors";
import type { PatienceSpec } from "../specs";
import type { StepContext } from "../step";
import { type Juju, JujuUnreachable } from "./cli";
import { hints } from "./hints";
import { DAY_SECONDS, type Expectation, judge, type Judgement } from "./settle";
import { statusShape, type Status } from "./shapes";

/** Hooks are run again by Juju and agents come back: an error must last so long before it counts. */
const GRACE_SECONDS = 300;
const REPORT_MS = 60_000;
const SHOWN = 3;
const LISTED = 10;

export function readStatus(juju: Juju, model: string): Promise<Status> {
  return juju.read(statusShape, "status", "-m", model, "--utc");
}

/** Returns the status in which everything expected has stayed settled. */
export async function waitSettled(
  context: StepContext,
  read: () => Promise<Status>,
  expected: Expectation,
  patience: PatienceSpec,
): Promise<Status> {
  const wait = new Wait(context, patience);
  for (;;) {
    const status = await read().catch((error: unknown) => {
      if (!(error instanceof JujuUnreachable)) throw error;
      wait.unreachable(error);
    });
    if (status && wait.look(judge(status, expected))) return status;
    await context.clock.sleep(patience.pollSeconds * 1000);
  }
}

class Wait {
  private readonly since: number;
  private changed: number;
  private fingerprint = "";
  private settled: number | undefined;
  /** The controller's time of day at the first look. */
  private clockAtBegin: number | undefined;
  private readonly errors = new Map<string, number>();
  private told = { text: "", at: -Infinity };

  constructor(
    private readonly context: StepContext,
    private readonly patience: PatienceSpec,
  ) {
    this.since = this.changed = context.clock.now();
  }

  /** A controller that is away for a moment is no reason to give up; one that stays away is. */
  unreachable(error: JujuUnreachable): void {
    this.settled = undefined;
    this.tell("the controller does not answer");
    if (this.age(this.changed) > this.patience.stallSeconds) throw error;
  }

  /** Takes in one judgement. True when the model has settled. */
  look(judgement: Judgement): boolean {
    const now = this.context.clock.now();
    this.clockAtBegin ??= judgement.clockSeconds;
    if (judgement.fingerprint !== this.fingerprint) {
      this.fingerprint = judgement.fingerprint;
      this.changed = now;
      this.settled = undefined;
    }
    if (judgement.fatal.length > 0) throw this.failure("cannot settle", judgement.fatal);
    this.failOnLastingErrors(judgement.errors, now);
    const open = [...judgement.errors, ...judgement.waiting];
    if (open.length === 0) {
      this.settled ??= now;
      const quiet = Math.max(this.quiet(judgement), this.age(this.settled));
      if (quiet >= this.patience.quietSeconds) return true;
    } else {
      this.settled = undefined;
      if (this.age(this.changed) > this.patience.stallSeconds) {
        throw this.failure(
          `stands still, nothing has changed for ${duration(now - this.changed)}`,
          open,
        );
      }
    }
    if (this.age(this.since) > this.patience.ceilingSeconds) {
      throw this.failure(
        `is not settled after ${duration(now - this.since)}`,
        open.length > 0 ? open : ["everything is ready, but some status changes again and again"],
      );
    }
    this.tell(
      open.length > 0 ? summary(open) : "everything is settled; it must stay so for a moment",
    );
    return false;
  }

  /**
   * By the controller's clock, and only since the wait began: a change that was asked for just now does not show yet, and what
   * was quiet before it says nothing.
   */
  private quiet({ quietSeconds, clockSeconds }: Judgement): number {
    if (quietSeconds === undefined || clockSeconds === undefined) return 0;
    const begin = this.clockAtBegin ?? clockSeconds;
    return Math.min(quietSeconds, (clockSeconds - begin + DAY_SECONDS) % DAY_SECONDS);
  }

  private failOnLastingErrors(errors: string[], now: number): void {
    for (const known of [...this.errors.keys()])
      if (!errors.includes(known)) this.errors.delete(known);
    for (const error of errors) if (!this.errors.has(error)) this.errors.set(error, now);
    const grace = Math.min(GRACE_SECONDS, this.patience.stallSeconds);
    const lasting = [...this.errors]
      .filter(([, first]) => this.age(first) >= grace)
      .map(([error]) => error);
    if (lasting.length > 0)
      throw this.failure(`is in error for ${duration(grace * 1000)}`, lasting);
  }

  private failure(what: string, reasons: string[]): StepError {
    const shown = reasons.slice(0, LISTED).join("; ");
    const more = reasons.length > LISTED ? `; and ${reasons.length - LISTED} more` : "";
    return new StepError(`The model ${what}: ${shown}${more}. ${hints(reasons)} Then run again.`);
  }

  private age(since: number): number {
    return (this.context.clock.now() - since) / 1000;
  }

  private tell(text: string): void {
    const now = this.context.clock.now();
    const due = text === this.told.text ? REPORT_MS : REPORT_MS / 12;
    if (now - this.told.at < due) return;
    this.context.progress(`${duration(now - this.since)}: ${text}`);
    this.told = { text, at: now };
  }
}

function summary(open: string[]): string {
  const more = open.length > SHOWN ? ` and ${open.length - SHOWN} more` : "";
  return `waiting for ${open.slice(0, SHOWN).join("; ")}${more}`;
}
