/** Runs one step: checks what it is given, connects, converges, reports. */
import { Bastion } from "./bastion/bastion";
import { type Clock, systemClock } from "./clock";
import { BadSpecError, ExitCode, StepError } from "./errors";
import { Redactor } from "./redact";
import { findStep } from "./registry";
import { bastionSecrets, bastionSpec, check } from "./schema";
import type { BastionSpec } from "./specs";
import { EARLIER_VARIABLE, SECRETS_VARIABLE } from "./specs";

const LONGEST_LINE = 199;

export interface Invocation {
  name: string;
  remove: boolean;
  /** The spec, JSON text. */
  spec: string;
  /** JSON text of the secrets. */
  secrets: string | undefined;
  /** What the step printed the last time, if the stack's state has it. */
  earlier?: string | undefined;
}

export interface Output {
  /** One JSON line: the step's report. */
  result(line: string): void;
  /** One short line for people. */
  progress(line: string): void;
}

/** A running step, and the way to end it at once. */
export interface Running {
  exitCode: Promise<number>;
  /** Ends the ssh clients; the step then fails with `reason`. */
  stop(reason: string): void;
}

export function runStep(
  invocation: Invocation,
  output: Output,
  clock: Clock = systemClock,
): Running {
  const redactor = new Redactor();
  let bastion: Bastion | undefined;
  const progress = (line: string): void => output.progress(shorten(redactor.clean(line)));
  const work = async (): Promise<void> => {
    const step = await findStep(invocation.name);
    const rawSpec = parse(invocation.spec, "the spec on standard input");
    const rawSecrets = parse(
      invocation.secrets ?? "{}",
      `the environment variable ${SECRETS_VARIABLE}`,
    );
    redactor.add(rawSecrets);
    const spec = check(step.spec, rawSpec, "spec");
    const where = check(
      bastionSpec,
      (rawSpec as { bastion?: BastionSpec }).bastion,
      "spec.bastion",
    );
    const key = check(bastionSecrets, rawSecrets, "secrets");
    const secrets = check(step.secrets, rawSecrets, "secrets");
    bastion = new Bastion(where, key, step.lock(spec), progress, { clock });
    try {
      await bastion.open();
      const context = {
        bastion,
        progress,
        secret: (value: string) => redactor.add(value),
        clock,
        earlier: invocation.earlier ? parse(invocation.earlier, EARLIER_VARIABLE) : undefined,
      };
      if (invocation.remove) {
        await step.remove?.(context, spec, secrets);
        output.result("{}");
      } else {
        output.result(JSON.stringify(await step.converge(context, spec, secrets)));
      }
    } finally {
      await bastion.close();
    }
  };
  const fail = (reason: string, code: number): number => {
    progress(`${invocation.name}: stopped`);
    for (const line of wrap(redactor.clean(reason))) output.progress(line);
    return code;
  };
  let stop: (reason: string) => void = () => undefined;
  const stopped = new Promise<number>((resolve) => {
    stop = (reason) => {
      // The bastion removes the step's files and lock as soon as the connection's clients are gone.
      bastion?.abort();
      resolve(fail(reason, ExitCode.failed));
    };
  });
  const ended = work().then(
    () => ExitCode.done as number,
    (error: unknown) => (bastion?.aborted ? ExitCode.failed : fail(explain(error), codeOf(error))),
  );
  return { exitCode: Promise.race([stopped, ended]), stop };
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text.
    throw new BadSpecError(`${what} is not JSON.`);
  }
}

function codeOf(error: unknown): number {
  return error instanceof StepError ? error.exitCode : ExitCode.failed;
}

/** A user's error is its message; anything else is a fault of this program and needs its stack. */
function explain(error: unknown): string {
  if (error instanceof StepError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function shorten(line: string): string {
  const flat = line.replaceAll(/\s+/g, " ").trim();
  return flat.length > LONGEST_LINE ? `${flat.slice(0, LONGEST_LINE - 1)}…` : flat;
}

/** Long messages in several lines: the command plugin's reader has a limit per line. */
function wrap(text: string): string[] {
  return text
    .split("\n")
    .flatMap(
      (line) =>
        line.match(new RegExp(`.{1,${LONGEST_LINE}}(\\s|$)|\\S{1,${LONGEST_LINE}}`, "g")) ?? [],
    );
}
