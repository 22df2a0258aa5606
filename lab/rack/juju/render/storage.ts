import type { Model, Storage } from "../state";
import { since } from "./time";

/** Storage as `juju storage` and `juju status` show it; the latter tells more of each attachment. */

const statusOf = (storage: Storage) => ({
  current: "attached",
  since: since(storage.since, false),
});

const instance = (storage: Storage) => ({
  kind: storage.kind,
  life: "alive",
  status: statusOf(storage),
  persistent: false,
  attachments: {
    units: {
      [storage.unit]: { machine: storage.machine, location: storage.location, life: "alive" },
    },
  },
});

const filesystem = (storage: Storage, inStatus: boolean) => ({
  "provider-id": String(storage.number),
  storage: storage.id,
  attachments: {
    machines: {
      [storage.machine]: { "mount-point": storage.location, "read-only": false, life: "alive" },
    },
    units: {
      [storage.unit]: {
        machine: storage.machine,
        ...(inStatus ? { location: storage.location, life: "alive" } : {}),
      },
    },
  },
  pool: storage.pool,
  size: storage.size,
  life: "alive",
  status: statusOf(storage),
});

export const storageDocument = (
  model: Model,
  inStatus: boolean,
): { storage?: Record<string, unknown>; filesystems?: Record<string, unknown> } => {
  const all = model.storage ?? [];
  if (all.length === 0) return {};
  return {
    storage: Object.fromEntries(all.map((each) => [each.id, instance(each)])),
    filesystems: Object.fromEntries(
      all.map((each) => [String(each.number), filesystem(each, inStatus)]),
    ),
  };
};
