/**
 * The lock of a step on the bastion. It is held by a remote process that lives as long as its connection, so it cannot be
 * left behind: when the step ends, however it ends, that process removes the step's secret files and lets the lock go.
 */
import type { ChildProcess } from "node:child_process";
import * as os from "node:os";
import { createInterface } from "node:readline";

import { duration } from "../clock";
import { TryLaterError } from "../errors";
import type { BastionSpec } from "../specs";
import type { Connection } from "./connection";
import { Trouble, troubleError } from "./errors";

const HEARTBEAT_MS = 20_000;
/** Silence after which the remote side believes this machine to be gone. */
const SILENCE_SECONDS = 90;

// $1 lock, $2 who wants it, $3 seconds to wait for it.
const HOLDER = `
umask 077
base="$HOME/private-cloud"
mkdir -p "$base/locks" "$base/run" || { echo "broken cannot write to $base"; exit 73; }
exec 9>>"$base/locks/$1"
if ! flock -n 9; then
  echo "held $(cat "$base/locks/$1.owner" 2>/dev/null)"
  flock -w "$3" 9 || { echo busy; exit 75; }
fi
printf '%s\\n' "$2" > "$base/locks/$1.owner"
exec 8>>"$base/locks/$1.commands"
if ! flock -n 8; then
  echo draining
  flock -w "$3" 8 || { echo busy; exit 75; }
fi
exec 8>&-
rm -rf "$base/run/$1"
mkdir -p "$base/run/$1"
echo "locked $HOME"
while [ -n "$(timeout ${SILENCE_SECONDS} head -c 1)" ]; do :; done
rm -rf "$base/run/$1"
`;

export class Session {
  /** Home folder of the user on the bastion. */
  readonly home: string;
  private ended = false;
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly holder: ChildProcess,
    readonly lock: string,
    home: string,
  ) {
    this.home = home;
    holder.once("close", () => (this.ended = true));
    holder.stdin?.on("error", () => undefined);
    this.heartbeat = setInterval(() => holder.stdin?.write("."), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /** False when the connection was cut: the lock is then gone too. */
  get alive(): boolean {
    return !this.ended;
  }

  /** Folder on the bastion for files that vanish with the session. */
  get folder(): string {
    return `${this.home}/private-cloud/run/${this.lock}`;
  }

  /** Lock file that the session's commands share while they run. */
  get commandLock(): string {
    return `${this.home}/private-cloud/locks/${this.lock}.commands`;
  }

  /** Lets the lock go; waits until the remote side has removed the session's files. */
  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    if (this.ended) return;
    const closed = new Promise((resolve) => this.holder.once("close", resolve));
    this.holder.stdin?.end();
    await closed;
  }

  /** Takes `lock` on the bastion; says who holds it while it waits at most `waitSeconds`. */
  static async open(
    connection: Connection,
    bastion: BastionSpec,
    lock: string,
    waitSeconds: number,
    progress: (line: string) => void,
  ): Promise<Session> {
    for (let attempt = 1; ; attempt++) {
      await connection.open();
      const owner = `${os.userInfo().username}@${os.hostname()} pid ${process.pid}`;
      const holder = connection.start(["sh", "-c", HOLDER, "sh", lock, owner, String(waitSeconds)]);
      const answer = await greeting(holder, lock, progress);
      if (answer.home !== undefined) return new Session(holder, lock, answer.home);
      if (answer.problem !== undefined) throw new TryLaterError(answer.problem);
      // Nothing but the lock was asked for: that may be done again, whatever went wrong.
      if (attempt === 10) throw troubleError(Trouble.cut, bastion, answer.stderr);
      await connection.pause(attempt * 100);
    }
  }
}

interface Greeting {
  home?: string;
  problem?: string;
  stderr: string;
}

function greeting(
  holder: ChildProcess,
  lock: string,
  progress: (line: string) => void,
): Promise<Greeting> {
  const began = Date.now();
  let stderr = "";
  let heldBy = "another run";
  holder.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  return new Promise((resolve, reject) => {
    holder.once("error", reject);
    if (!holder.stdout) throw new Error("The holder of a lock needs a pipe.");
    const lines = createInterface({ input: holder.stdout });
    holder.once("close", () => resolve({ stderr }));
    lines.on("line", (line) => {
      const [word = "", rest = ""] = split(line);
      if (word === "locked") resolve({ home: rest, stderr });
      else if (word === "held") {
        heldBy = rest || heldBy;
        progress(`waiting for the lock ${lock} on the bastion, held by ${heldBy}`);
      } else if (word === "draining")
        progress(`waiting for a command of an earlier run of ${lock} to end`);
      else if (word === "busy") {
        const problem =
          `The lock ${lock} on the bastion is held by ${heldBy} for more than ${duration(Date.now() - began)}. ` +
          "Wait for that run or end it, then run again.";
        resolve({ problem, stderr });
      } else if (word === "broken") {
        resolve({ problem: `The bastion ${rest}: check its disk, then run again.`, stderr });
      }
    });
  });
}

function split(line: string): [string, string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}
