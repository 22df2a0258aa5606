import { JujuError } from "../errors";
import type { Model, Storage } from "../state";

/** Storage pools: each kind of storage provider is a pool of its own name. */
export interface Pool {
  kind: "filesystem" | "block";
  /** Is its storage bound to the machine that it was made on? */
  bound: boolean;
  /** Can it make storage for a machine that runs? */
  dynamic: boolean;
  /** Can its storage be given up without being destroyed? */
  releasable: boolean;
  /** May it be used in a container on a machine? */
  inContainers: boolean;
}

const ON_MACHINE = { bound: true, dynamic: true, releasable: false, inContainers: true };

const COMMON: Record<string, Pool> = {
  loop: { ...ON_MACHINE, kind: "block" },
  rootfs: { ...ON_MACHINE, kind: "filesystem" },
  tmpfs: { ...ON_MACHINE, kind: "filesystem" },
};

const OF_CLOUD: Record<"lxd" | "maas", Pool> = {
  lxd: { kind: "filesystem", bound: false, dynamic: true, releasable: true, inContainers: false },
  maas: { kind: "block", bound: true, dynamic: false, releasable: false, inContainers: false },
};

const poolsOf = (model: Model): Record<string, Pool> => {
  const own = model.provider ?? "maas";
  return { ...COMMON, [own]: OF_CLOUD[own] };
};

export const poolNames = (model: Model): string[] => Object.keys(poolsOf(model)).sort();

export const findPool = (model: Model, name: string): Pool | undefined => poolsOf(model)[name];

export const needPool = (model: Model, name: string): Pool => {
  const pool = findPool(model, name);
  if (pool === undefined) throw new JujuError(`pool "${name}" not found`);
  return pool;
};

/** Is it bound to its machine? Such storage goes with the machine and stays on it when a unit gives it up. */
export const isBound = (model: Model, storage: Storage): boolean =>
  findPool(model, storage.pool)?.bound !== false;

/** What must be destroyed or released before its model can go. */
export const persistent = (model: Model): Storage[] =>
  (model.storage ?? []).filter((each) => !isBound(model, each));
