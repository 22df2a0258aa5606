/** Long commands on the bastion: started apart from the connection, waited for with short looks, found again later. */
import { duration, pollPause } from "../clock";
import { StepError } from "../errors";
import type { StepContext } from "../step";

export interface LongResult {
  /** Exit status; undefined if the process vanished without one. */
  status: number | undefined;
  stdout: string;
  stderr: string;
}

export interface LongOptions {
  /** What the user calls it, e.g. `bootstrap`. */
  what: string;
  ceilingSeconds: number;
  /** What is worth saying about it now; asked at every look. */
  report?: () => Promise<string>;
}

const REPORT_MS = 60_000;

/** Waits for a command that an earlier run started under `name`. Returns nothing if none is running. */
export async function attach(
  context: StepContext,
  name: string,
  options: LongOptions,
): Promise<LongResult | undefined> {
  const job = context.bastion.detached(name);
  if ((await job.look()).kind !== "running") return undefined;
  context.progress(`${options.what} of an earlier run still goes on; waiting for it`);
  return wait(context, name, options);
}

/** Starts `argv` under `name` and waits for its end. */
export async function runLong(
  context: StepContext,
  name: string,
  argv: string[],
  options: LongOptions,
): Promise<LongResult> {
  await attach(context, name, options);
  await context.bastion.detached(name).start(options.what, argv);
  return wait(context, name, options);
}

async function wait(context: StepContext, name: string, options: LongOptions): Promise<LongResult> {
  const { clock } = context;
  const job = context.bastion.detached(name);
  const since = clock.now();
  let told = { text: "", at: since };
  for (;;) {
    const state = await job.look();
    if (state.kind !== "running") {
      const status = state.kind === "ended" ? state.status : undefined;
      return { status, ...(await job.output()) };
    }
    const elapsed = clock.now() - since;
    if (elapsed > options.ceilingSeconds * 1000) {
      throw new StepError(
        `${options.what}: has not ended after ${duration(elapsed)} and goes on (on the bastion, in ${job.folder}: err is what it says, pid is its process). ` +
          "Run again to wait longer, or end that process first.",
      );
    }
    const text = (await options.report?.()) ?? "";
    if ((text !== "" && text !== told.text) || clock.now() - told.at > REPORT_MS) {
      context.progress(`${options.what}: ${duration(elapsed)}${text && `, ${text}`}`);
      told = { text, at: clock.now() };
    }
    await pollPause(clock, since);
  }
}
