/** Facts about processes of this machine, and a lock file that does not outlive its holder. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";

export interface ProcessFacts {
  parent: number;
  name: string;
  /** Differs between two processes that had the same pid. */
  started: string;
}

/** Facts about process `pid`, or undefined if there is none. */
export function processFacts(pid: number): ProcessFacts | undefined {
  try {
    if (process.platform !== "linux") {
      const line = execFileSync("ps", ["-o", "ppid=,lstart=,comm=", "-p", String(pid)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      const found = /^\s*(\d+)\s+(.{24})\s+(.*)$/.exec(line.trimEnd());
      if (!found) return undefined;
      const [, parent = "", started = "", name = ""] = found;
      return { parent: Number(parent), started, name: name.split("/").at(-1) ?? name };
    }
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = stat.lastIndexOf(")");
    // Fields after the name start at number 3 of proc(5): 4 is the parent, 22 the start time.
    const fields = stat.slice(close + 2).split(" ");
    if (fields[0] === "Z") return undefined;
    return {
      parent: Number(fields[1]),
      name: stat.slice(stat.indexOf("(") + 1, close),
      started: fields[19] ?? "",
    };
  } catch {
    return undefined;
  }
}

function holderLives(path: string): boolean {
  try {
    const [pid = "", started = ""] = fs.readFileSync(path, "utf8").split("\n");
    // An empty file belongs to a holder that has not yet written its name: leave it a moment.
    if (pid === "") return Date.now() - fs.statSync(path).mtimeMs < 2000;
    return processFacts(Number(pid))?.started === started;
  } catch {
    return false;
  }
}

/** Runs `work` while no other process runs with the same lock file. The lock of a dead process is taken over. */
export async function exclusively<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const file = fs.openSync(path, "wx", 0o600);
      fs.writeSync(file, `${process.pid}\n${processFacts(process.pid)?.started ?? ""}\n`);
      fs.closeSync(file);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (!holderLives(path)) takeAway(path);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  try {
    return await work();
  } finally {
    fs.rmSync(path, { force: true });
  }
}

/** Removes a dead holder's lock; by renaming first, so that of several waiters only one does. */
function takeAway(path: string): void {
  const grave = `${path}.${process.pid}`;
  try {
    fs.renameSync(path, grave);
    // Between the look and the renaming another waiter may have taken the lock: then it is given back.
    if (holderLives(grave)) fs.renameSync(grave, path);
    else fs.rmSync(grave, { force: true });
  } catch {
    fs.rmSync(grave, { force: true });
  }
}
