/** A command on the bastion: how it may be given, what comes of it, and how it is shown to people. */
import { StepError } from "../errors";
import { quote } from "./quote";

/** What is shown of one line of a tool. */
const LONGEST_LINE = 300;

export interface RunOptions {
  stdin?: string;
  /** @default 300 */
  timeoutSeconds?: number;
  /** Return a status other than 0 instead of throwing. @default false */
  allowFailure?: boolean;
  /** The command only reads, or may be given twice: it is repeated when the connection is cut. @default false */
  repeatable?: boolean;
  /** It only waits, and may be ended with this process; so may a repeatable one. @default false */
  waits?: boolean;
  /** Its stderr may hold a secret and is left out of the error. @default false */
  quiet?: boolean;
  /** The command leaves a process behind on purpose, which must not hold the lock of the step's commands. */
  detaches?: boolean;
}

export interface RemoteResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** A command on the bastion ended with a status other than 0. */
export class RemoteError extends StepError {
  constructor(
    argv: string[],
    readonly result: RemoteResult,
    quiet: boolean,
  ) {
    const said = quiet ? "" : lastLines(result.stderr) || lastLines(result.stdout);
    super(
      `On the bastion, "${shown(argv)}" ended with status ${result.status}${said && `: ${said}`}`,
    );
    this.name = "RemoteError";
  }
}

/** The connection was lost; a command that may be repeated is tried again. */
export class CutError extends StepError {
  constructor(cause: unknown) {
    const known = cause instanceof StepError;
    super(known ? cause.message : String(cause), known ? cause.exitCode : 1);
  }
}

/** A command line for people: what a long one does is at its beginning. */
export function shown(argv: string[]): string {
  const [command, flag] = argv;
  const text = command === "sh" && flag === "-c" ? "sh -c …" : quote(argv);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/** The last words of a tool, in one line; of a long line only its beginning, so that none hides the others. */
export function lastLines(text: string, count = 3): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .filter((line) => line !== "");
  return lines.slice(-count).join(" / ").slice(0, 600);
}
