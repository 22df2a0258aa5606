import { linkSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";

const sleep = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

const startTime = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name may contain spaces and brackets; starttime is field 22, the 20th after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
};

const holderIsAlive = (holder: string): boolean => {
  const [pid, started] = holder.split(" ");
  return started !== "" && startTime(Number(pid)) === started;
};

const readHolder = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

const exclusively = (path: string, content: string): boolean => {
  // Made whole under another name and linked: nobody ever reads a lock without its holder.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, content, { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    unlinkSync(own);
  }
};

/** Removes a dead holder's lock. A second lock keeps two waiters from removing each other's new one. */
const takeOver = (path: string, dead: string, self: string): void => {
  const guard = `${path}.takeover`;
  if (!exclusively(guard, self)) {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 5000) rmSync(guard, { force: true });
    return;
  }
  try {
    if (readHolder(path) === dead) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
};

/** Runs `fn` while holding the lock file. Waits for a living holder, takes over from a dead one. */
export const withLock = <T>(path: string, fn: () => T, timeoutSeconds = 60): T => {
  const self = `${process.pid} ${startTime(process.pid)}`;
  const deadline = Date.now() + timeoutSeconds * 1000;
  let pause = 1;
  while (!exclusively(path, self)) {
    const holder = readHolder(path);
    if (holder !== undefined && !holderIsAlive(holder)) {
      takeOver(path, holder, self);
    } else if (Date.now() > deadline) {
      throw new Error(`${path}: held by process ${holder ?? "?"} for over ${timeoutSeconds} s`);
    }
    sleep(pause);
    pause = Math.min(pause * 2, 16);
  }
  try {
    return fn();
  } finally {
    rmSync(path, { force: true });
  }
};
