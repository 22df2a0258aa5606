/** The bastion as the steps use it: short commands, files that vanish, long commands that outlive the connection. */
import { randomBytes } from "node:crypto";

import { type Clock, systemClock } from "../clock";
import { StepError, TryLaterError } from "../errors";
import type { BastionSecrets, BastionSpec } from "../specs";
import {
  CutError,
  lastLines,
  RemoteError,
  type RemoteResult,
  type RunOptions,
  shown,
} from "./command";
import { Connection } from "./connection";
import { Detached } from "./detached";
import { sessionTrouble, Trouble, troubleError } from "./errors";
import { collect, type Finished } from "./execute";
import { Guard } from "./guard";
import { Session } from "./session";

/** A command that takes longer is ended, unless its caller says otherwise. */
const TIMEOUT_SECONDS = 300;
/** Output above this ends a command: nothing that steps read comes near it. */
const OUTPUT_BYTES = 32 * 1024 * 1024;
const LOCK_WAIT_SECONDS = 600;
/** Pauses before a command that may be repeated is tried again after its connection was cut. */
const REPEAT_PAUSES_MS = [500, 2000, 5000, 10_000, 20_000];
const DISK_FULL = /no space left on device|disk quota exceeded|disk is full/i;

// Standard input stays open as long as this process lives: when it ends, so does the command, and the connection with it.
const LIFELINE = `
exec 3<&0
"$@" < /dev/null &
command=$!
( cat <&3; kill "$command" ) > /dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$command"
status=$?
kill "$watcher" 2> /dev/null
exit "$status"
`;

// $1 file; its text comes on standard input.
const WRITE = 'umask 077; mkdir -p "${1%/*}" && cat > "$1.new" && mv "$1.new" "$1"';

export interface BastionOptions {
  /** How long another step's lock is waited for. @default 600 */
  lockWaitSeconds?: number;
  clock?: Clock;
}

export class Bastion {
  readonly clock: Clock;
  private readonly guard = new Guard();
  private readonly connection: Connection;
  private readonly lockWaitSeconds: number;
  private session: Session | undefined;
  private opening: Promise<Session> | undefined;
  /** Files of {@link withFile} by path: they vanish with a session, and the next one needs them again. */
  private readonly files = new Map<string, string>();
  /** Set by {@link abort}: nothing is started any more. */
  aborted = false;
  private closed = false;

  constructor(
    private readonly spec: BastionSpec,
    secrets: BastionSecrets,
    private readonly lock: string,
    /** Tells the user, in one line, what is waited for. */
    readonly progress: (line: string) => void,
    options: BastionOptions = {},
  ) {
    this.clock = options.clock ?? systemClock;
    this.lockWaitSeconds = options.lockWaitSeconds ?? LOCK_WAIT_SECONDS;
    this.connection = new Connection(spec, secrets, this.guard, this.clock, progress);
  }

  /** Connects and takes the step's lock. */
  async open(): Promise<void> {
    await this.current();
  }

  /** Home folder of the user on the bastion. */
  get home(): string {
    if (!this.session) throw new Error("The bastion is not open.");
    return this.session.home;
  }

  /** Folder on the bastion that the snaps of maas and juju can read, for files that stay. */
  get folder(): string {
    return `${this.home}/private-cloud`;
  }

  /** Runs a command on the bastion. Secrets go through `stdin` or {@link withFile}, never into `argv`. */
  async run(argv: string[], options: RunOptions = {}): Promise<RemoteResult> {
    const pauses = options.repeatable ? REPEAT_PAUSES_MS : [];
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.runOnce(argv, options);
      } catch (error) {
        const pause = pauses[attempt];
        const over = this.aborted || this.closed;
        if (!(error instanceof CutError) || pause === undefined || over) throw error;
        this.progress("the connection to the bastion was cut; connecting again");
        await this.clock.sleep(pause);
      }
    }
  }

  /**
   * Puts `text` into a 0600 file on the bastion for as long as `use` runs, and gives it the path, which ends with `suffix`.
   */
  async withFile<T>(text: string, use: (path: string) => Promise<T>, suffix = ""): Promise<T> {
    const session = await this.current();
    const path = `${session.folder}/${randomBytes(8).toString("hex")}${suffix}`;
    this.files.set(path, text);
    try {
      await this.writeFile(path, text);
      return await use(path);
    } finally {
      this.files.delete(path);
      // If this fails, the session's end removes the folder.
      await this.run(["rm", "-f", path], { allowFailure: true }).catch(() => undefined);
    }
  }

  /** The same for several texts; the paths are in their order. */
  withFiles<T>(
    texts: string[],
    use: (paths: string[]) => Promise<T>,
    paths: string[] = [],
  ): Promise<T> {
    const [text, ...rest] = texts;
    if (text === undefined) return use(paths);
    return this.withFile(text, (path) => this.withFiles(rest, use, [...paths, path]));
  }

  /** Writes a 0600 file; a reader never sees half of it. */
  async writeFile(path: string, text: string): Promise<void> {
    await this.run(["sh", "-c", WRITE, "sh", path], { stdin: text, repeatable: true });
  }

  /** The text of a file on the bastion, or undefined if there is none. */
  async readFile(path: string): Promise<string | undefined> {
    const program = 'if [ -e "$1" ]; then cat "$1"; else exit 44; fi';
    const result = await this.run(["sh", "-c", program, "sh", path], {
      allowFailure: true,
      repeatable: true,
    });
    if (result.status === 44) return undefined;
    if (result.status !== 0) throw new RemoteError(["cat", path], result, false);
    return result.stdout;
  }

  /** A long command that goes on without us; `name` finds it again. */
  detached(name: string): Detached {
    return new Detached(this, `${this.folder}/steps/${name}`);
  }

  /** Ends every ssh client of this process at once, e.g. on a signal. */
  abort(): void {
    this.aborted = true;
    this.guard.close();
  }

  /** Lets the lock go. The shared connection stays a few seconds for the next step. */
  async close(): Promise<void> {
    // A command beside the one that failed must not take the lock again.
    this.closed = true;
    await this.session?.close().catch(() => undefined);
    this.guard.close();
  }

  /** Closes the shared connection for all who use it, instead of seconds after the last command. */
  async disconnect(): Promise<void> {
    await this.close();
    await this.connection.close();
  }

  /** The session; a new one where there is none or the connection was cut. All who need it wait for the same. */
  private async current(): Promise<Session> {
    if (this.aborted || this.closed) throw new StepError("The step has been stopped.");
    if (this.session?.alive && !this.opening) return this.session;
    this.opening ??= this.openSession().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async openSession(): Promise<Session> {
    const session = await Session.open(
      this.connection,
      this.spec,
      this.lock,
      this.lockWaitSeconds,
      this.progress,
    );
    this.session = session;
    for (const [path, text] of this.files) {
      const child = this.connection.start(["sh", "-c", WRITE, "sh", path]);
      const { status, stderr } = await collect(child, text, {
        milliseconds: TIMEOUT_SECONDS * 1000,
        stdoutBytes: OUTPUT_BYTES,
      });
      if (status === 0) continue;
      await session.close();
      throw troubleError(Trouble.cut, this.spec, stderr);
    }
    return session;
  }

  private async runOnce(argv: string[], options: RunOptions): Promise<RemoteResult> {
    const seconds = options.timeoutSeconds ?? TIMEOUT_SECONDS;
    for (let attempt = 1; ; attempt++) {
      const session = await this.current().catch((error: unknown) => {
        throw options.repeatable ? new CutError(error) : error;
      });
      const limited = ["timeout", "--kill-after=10", `${seconds}`, ...argv];
      const endsWithUs = (options.repeatable || options.waits) && options.stdin === undefined;
      const child = this.connection.start(
        endsWithUs
          ? ["sh", "-c", LIFELINE, "sh", ...limited]
          : [...sharedLock(session, options), ...limited],
      );
      const finished = await collect(child, endsWithUs ? undefined : (options.stdin ?? ""), {
        milliseconds: (seconds + 30) * 1000,
        stdoutBytes: OUTPUT_BYTES,
      });
      if (
        finished.status === 255 &&
        sessionTrouble(finished.stderr) === Trouble.noSession &&
        attempt < 10
      ) {
        await this.clock.sleep(attempt * 100);
        await this.connection.open();
        continue;
      }
      return this.judge(argv, options, seconds, finished);
    }
  }

  private judge(
    argv: string[],
    options: RunOptions,
    seconds: number,
    finished: Finished,
  ): RemoteResult {
    if (finished.ended === "size") {
      throw new StepError(
        `On the bastion, "${shown(argv)}" printed more than ${OUTPUT_BYTES / 1024 / 1024} MiB and was ended. ` +
          "Run it there by hand to see why.",
      );
    }
    if (finished.status === 124 || finished.status === 137 || finished.ended === "time") {
      throw new StepError(
        `On the bastion, "${shown(argv)}" did not end within ${seconds} s. ` +
          "Run it there by hand to see what it waits for; then run again.",
      );
    }
    if (finished.status === 255 || finished.status === null) {
      throw new CutError(troubleError(Trouble.cut, this.spec, finished.stderr));
    }
    if (finished.status === 127) {
      throw new StepError(
        `The bastion has no command "${missingCommand(argv, finished.stderr)}" (${lastLines(finished.stderr)}). Install it there, then run again.`,
      );
    }
    if (finished.status !== 0 && DISK_FULL.test(finished.stderr)) {
      throw new TryLaterError(
        `The bastion's disk is full: "${shown(argv)}" said ${lastLines(finished.stderr, 1)}. ` +
          "Make room there (df -h shows where), then run again.",
      );
    }
    const result = { status: finished.status, stdout: finished.stdout, stderr: finished.stderr };
    if (result.status !== 0 && !options.allowFailure) {
      throw new RemoteError(argv, result, options.quiet ?? false);
    }
    return result;
  }
}

/** What `env`, `timeout` or a shell in front of it did not find. */
function missingCommand(argv: string[], stderr: string): string {
  const named =
    /exec: (?:\d+: )?([^\s:]+): not found/.exec(stderr) ??
    /['‘]([^'’]+)['’]: No such file/.exec(stderr) ??
    /([^\s:]+): (?:command )?not found/.exec(stderr);
  return named?.[1] ?? argv[0] ?? "";
}

/** Tells the next run that a change of a killed step still works; what only reads need not be waited for. */
function sharedLock(session: Session, options: RunOptions): string[] {
  return options.detaches || options.repeatable ? [] : ["flock", "-sF", session.commandLock];
}
