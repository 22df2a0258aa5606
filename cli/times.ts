/** How long the last runs of `npm run up` took, for `npm run bench`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { replaceFile } from "./files";
import { CACHE, LAB_CACHE, OWN, STATE } from "./folders";
import { PROJECT, STACK } from "./stack";

/** Kinds of runs that have a limit of their own. */
export type UpKind = "bare" | "cached" | "unchanged";

export interface UpTime {
  seconds: number;
  light: boolean;
  at: string;
  /** Load average of the last minute when it ended. */
  load: number;
}

const FILE = join(OWN, "times.json");

/** Whether tool chain, root filesystem and guest image are there, so that an `up` builds none of them. */
export function cachesAreFilled(light: boolean): boolean {
  const images = existsSync(LAB_CACHE) ? readdirSync(LAB_CACHE) : [];
  return (
    existsSync(join(CACHE, "toolchain", ".stamps", "openstack")) &&
    images.some((name) => name.startsWith("rootfs-")) &&
    (light || images.includes("guest.qcow2"))
  );
}

/** What the newest operation on the stack did, e.g. `{ same: 80 }`, as the file backend records it. */
export function lastChanges(): Record<string, number> {
  const folder = join(STATE, ".pulumi", "history", PROJECT, STACK);
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith(".history.json"))
    .sort()
    .at(-1);
  if (newest === undefined) return {};
  const { resourceChanges = {} } = JSON.parse(readFileSync(join(folder, newest), "utf8")) as {
    resourceChanges?: Record<string, number>;
  };
  return resourceChanges;
}

export function isUnchanged(changes: Record<string, number>): boolean {
  return Object.entries(changes).every(([kind, count]) => kind === "same" || count === 0);
}

export function recalledTimes(): Partial<Record<UpKind, UpTime>> {
  try {
    return JSON.parse(readFileSync(FILE, "utf8")) as Partial<Record<UpKind, UpTime>>;
  } catch {
    return {}; // none yet, or cut short: they are figures for `npm run bench` alone
  }
}

/** Remembers a run that began with nothing of the stack, or that changed nothing of a whole one; others have no limit. */
export function rememberTime(kind: UpKind, seconds: number, light: boolean): void {
  const load = Number((loadavg()[0] ?? 0).toFixed(1));
  const times = {
    ...recalledTimes(),
    [kind]: { seconds, light, at: new Date().toISOString(), load },
  };
  replaceFile(FILE, `${JSON.stringify(times, null, 2)}\n`);
}
