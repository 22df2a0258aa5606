import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ProcessId } from "../processes";
import { startTimeOf } from "../processes";
import { UserError } from "../userError";

/** What the file backend writes into a lock (pulumi/pulumi pkg/backend/diy/lock.go `lockContent`). */
interface LockContent {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/**
 * A lock, or one that had not got its name yet when its pulumi was killed (gocloud.dev/blob/fileblob `createTemp`): the engine
 * counts whatever is in the folder.
 */
const LOCK = /\.json(\.[0-9a-f]+\.tmp)?$/;

/**
 * Removes the locks that the given, ended `pulumi` processes of our own killed run left on the stack, and no other.
 *
 * @throws UserError naming the holder when a lock is another's.
 * @returns how many locks were removed
 */
export function clearOwnLocks(folder: string, ours: ProcessId[]): number {
  if (!existsSync(folder)) return 0;
  const pids = new Set(ours.map((p) => p.pid));
  let removed = 0;
  for (const name of readdirSync(folder).filter((n) => LOCK.test(n))) {
    const file = join(folder, name);
    const lock = read(file);
    if (!lock) {
      rmSync(file);
      removed += 1;
      continue;
    }
    // A pid of ours that lives again under another start time is somebody else's process, but the lock is still ours.
    const own = lock.hostname === hostname() && pids.has(lock.pid);
    const holderLives =
      startTimeOf(lock.pid) !== undefined &&
      ours.some((p) => p.pid === lock.pid && startTimeOf(p.pid) === p.startTime);
    if (!own || holderLives)
      throw new UserError(
        `the stack is locked by process ${lock.pid} of ${lock.username} on ${lock.hostname} since ${lock.timestamp}, ` +
          "which this command did not start. Wait until it has ended; if it is dead, remove its lock with: npm run pulumi -- cancel --yes --stack dev",
        75,
      );
    rmSync(file);
    removed += 1;
  }
  return removed;
}

/** Undefined for one that is cut short: only a kill or a power cut leaves it so, and that has ended its holder too. */
function read(file: string): LockContent | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockContent;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
