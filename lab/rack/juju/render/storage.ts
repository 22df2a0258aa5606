import type { Model, Storage } from "../state";
import { compareText, naturally } from "./order";
import { since } from "./time";

/** Storage as `juju storage` and `juju status` show it. */

type Shown = Record<string, unknown>;

const statusOf = ({ status }: Storage): Shown => ({
  current: status.current,
  ...(status.message === "" ? {} : { message: status.message }),
  since: since(status.since, false),
});

const isMade = (storage: Storage): boolean => storage.status.current !== "pending";

const unitOf = (storage: Storage): Shown => ({
  [storage.unit]: {
    machine: storage.machine,
    ...(isMade(storage) && storage.location !== "" ? { location: storage.location } : {}),
    life: storage.attachment,
  },
});

const instance = (storage: Storage): Shown => ({
  kind: storage.kind,
  life: storage.life,
  status: statusOf(storage),
  persistent: false,
  ...(storage.unit === "" ? {} : { attachments: { units: unitOf(storage) } }),
});

const onMachine = (storage: Storage): Shown => {
  const life = storage.gone ? "dying" : "alive";
  if (storage.kind === "filesystem") {
    const mounted = isMade(storage) ? storage.location : "";
    return { "mount-point": mounted, "read-only": false, life };
  }
  const number = storage.backing.split("/").at(-1) ?? "";
  const device = storage.pool === "loop" && isMade(storage) ? { device: `loop${number}` } : {};
  return { ...device, "read-only": false, life };
};

/** What is behind it. Juju 4 names the pool from the start, and says where it is only in its status. */
const backing = (storage: Storage, isFour: boolean, brief: boolean): Shown => {
  const units =
    storage.unit === ""
      ? {}
      : { units: brief ? { [storage.unit]: { machine: storage.machine } } : unitOf(storage) };
  const machines =
    storage.machine === "" ? {} : { machines: { [storage.machine]: onMachine(storage) } };
  const attachments = { ...machines, ...units };
  return {
    ...(isMade(storage) ? { "provider-id": storage.provider } : {}),
    ...(storage.gone ? {} : { storage: storage.id }),
    ...(Object.keys(attachments).length === 0 ? {} : { attachments }),
    ...(isMade(storage) || isFour ? { pool: storage.pool } : {}),
    size: isMade(storage) ? storage.size : 0,
    ...(storage.kind === "block" ? { persistent: false } : {}),
    life: storage.gone && storage.machine === "" ? "dead" : storage.life,
    status: statusOf(storage),
  };
};

export interface StorageDocument {
  storage?: Record<string, Shown>;
  filesystems?: Record<string, Shown>;
  volumes?: Record<string, Shown>;
}

const byKey = (entries: [string, Shown][]): Record<string, Shown> =>
  Object.fromEntries(entries.sort(([a], [b]) => compareText(a, b)));

export const storageDocument = (
  model: Model,
  shown: { isFour: boolean; inStatus: boolean },
): StorageDocument => {
  const all = model.storage ?? [];
  const { isFour, inStatus } = shown;
  const instances = all.filter((each) => !each.gone);
  const behind = (kind: Storage["kind"]): Storage[] => all.filter((each) => each.kind === kind);
  const listed = (kind: Storage["kind"]): Record<string, Shown> =>
    byKey(behind(kind).map((each) => [each.backing, backing(each, isFour, isFour && !inStatus)]));
  return {
    ...(instances.length > 0
      ? { storage: byKey(instances.map((each) => [each.id, instance(each)])) }
      : {}),
    ...(behind("filesystem").length > 0 ? { filesystems: listed("filesystem") } : {}),
    ...(behind("block").length > 0 ? { volumes: listed("block") } : {}),
  };
};

/** One storage instance, as `juju show-storage` has it. */
export const storageShown = instance;

/** `1.0 GiB`, `252 GiB`: the figure after the point only where there is one before it. */
export const humanSize = (mebibytes: number): string => {
  const units = ["MiB", "GiB", "TiB", "PiB"];
  let size = mebibytes;
  let step = 0;
  while (size >= 1024 && step < units.length - 1) {
    size /= 1024;
    step++;
  }
  const rounded = Math.floor(size * 10 + 0.5) / 10;
  return `${rounded < 10 ? rounded.toFixed(1) : rounded.toFixed(0)} ${units[step] ?? ""}`;
};

const ordered = (model: Model): Storage[] =>
  (model.storage ?? [])
    .filter((each) => !each.gone)
    .sort((a, b) => compareText(a.unit, b.unit) || naturally(a.id, b.id));

/** Rows of the table that people see; `mounted`: with the place, as in `juju status --storage`. */
export const storageRows = (model: Model, mounted: boolean): string[][] => {
  const rows = ordered(model).map((each) => [
    ...[each.unit, each.id, each.kind, isMade(each) ? each.pool : ""],
    ...(mounted ? [isMade(each) && each.unit !== "" ? each.location : ""] : []),
    isMade(each) ? humanSize(each.size) : "",
    ...[each.status.current, each.status.message],
  ]);
  const place = mounted ? ["Mountpoint"] : [];
  const head = [mounted ? "Storage Unit" : "Unit", "Storage ID", "Type", "Pool", ...place];
  return rows.length === 0 ? [] : [[...head, "Size", "Status", "Message"], ...rows];
};
