import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A process told apart from a later one with the same pid. */
export interface ProcessId {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat (proc(5)). */
  startTime: string;
}

/** The start time of a process, or undefined when there is none or it is a zombie. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; the numbered fields begin after the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessId | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

export function isAlive(id: ProcessId): boolean {
  return startTimeOf(id.pid) === id.startTime;
}

/** Every process that inherited `NAME=value` in its environment, but this one itself. */
export function withEnvironment(name: string, value: string): ProcessId[] {
  const wanted = `${name}=${value}`;
  const found: ProcessId[] = [];
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    let environment: string;
    try {
      environment = readFileSync(`/proc/${pid}/environ`, "utf8");
    } catch {
      continue; // ended meanwhile, or another user's
    }
    if (!environment.split("\0").includes(wanted)) continue;
    const id = identify(pid);
    if (id) found.push(id);
  }
  return found;
}

function signal(ids: ProcessId[], name: NodeJS.Signals): void {
  for (const id of ids) {
    if (!isAlive(id)) continue;
    try {
      process.kill(id.pid, name);
    } catch {
      // ended between the look and the signal
    }
  }
}

/** Ends processes: SIGTERM, and SIGKILL for what is left after `graceSeconds`. */
export async function end(ids: ProcessId[], graceSeconds = 10): Promise<void> {
  signal(ids, "SIGTERM");
  const deadline = Date.now() + graceSeconds * 1000;
  while (ids.some(isAlive) && Date.now() < deadline) await pause(100);
  signal(ids, "SIGKILL");
  while (ids.some(isAlive) && Date.now() < deadline + 10_000) await pause(50);
}

/**
 * Ends all that inherited `NAME=value`, and looks again until there is nothing: one that was just starting another program
 * shows no environment for a moment. Returns what it found.
 */
export async function endWithEnvironment(name: string, value: string): Promise<ProcessId[]> {
  const ended: ProcessId[] = [];
  // Two looks that find nothing, and an end to it where something cannot be ended.
  for (let look = 0, quiet = 0; quiet < 2 && look < 10; look++) {
    if (look > 0) await pause(100);
    const left = withEnvironment(name, value);
    quiet = left.length === 0 ? quiet + 1 : 0;
    ended.push(...left);
    await end(left);
  }
  return ended;
}
