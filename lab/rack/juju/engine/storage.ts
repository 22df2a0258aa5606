import type { Rack } from "../../core/rack";
import type { Charm, StorageOfCharm } from "../../charms/types";
import { JujuError } from "../errors";
import { type Directive, parseDirective } from "../grammar/directive";
import { playedBy } from "../profile";
import type { Model, Storage, Unit } from "../state";
import { applicationOf, charmOf, findMachine, findUnit, isContainer } from "./find";
import { NEVER } from "./never";
import { isBound, needPool } from "./pools";
import { detachUnit, removeInstance, schedule } from "./storageSteps";

/** What is asked of the storage of units. What comes of it with time: `storageSteps.ts`. */

const DEFAULT_MIB = 1024;

const needDirective = (text: string, major: 3 | 4): Directive => {
  const parsed = parseDirective(text, major);
  if (typeof parsed === "string") throw new JujuError(parsed);
  return { ...parsed, sizeMiB: parsed.sizeMiB || DEFAULT_MIB };
};

const nameOf = (id: string): string => id.slice(0, id.lastIndexOf("/"));

/** Storage of one name that the unit has. */
const owned = (model: Model, unit: Unit, name: string): number =>
  (model.storage ?? []).filter(
    (each) => each.unit === unit.name && !each.gone && nameOf(each.id) === name,
  ).length;

/** Would the unit have fewer or more of it than its charm can do with? */
const checkCount = (kind: StorageOfCharm, have: number, change: number): void => {
  const { least = 0, most = Infinity } = kind;
  const action = change < 0 ? "detach" : "attach";
  const total = have + change;
  if (least === 1 && most === 1 && total !== 1)
    throw new JujuError(`cannot ${action}, storage is singular`);
  const count = Math.abs(change);
  const brings = `${action}ing ${count} storage instance${count === 1 ? "" : "s"} brings the total to ${total}`;
  if (total < least) throw new JujuError(`${brings}, which is less than the minimum of ${least}`);
  if (total > most) throw new JujuError(`${brings}, exceeding the maximum of ${most}`);
};

/** Juju 4 counts all of one kind in one row; Juju 3 puts the machine before the number. */
const newBacking = (
  rack: Rack,
  model: Model,
  unit: Unit,
  kind: Storage["kind"],
  bound: boolean,
) => {
  const next = (model.nextBacking ??= { filesystem: 0, block: 0 });
  const number = next[kind]++;
  return bound && playedBy(rack).major === 3 ? `${unit.machine}/${number}` : String(number);
};

const checkPool = (model: Model, unit: Unit, name: string, kind: Storage["kind"]): boolean => {
  const pool = needPool(model, name);
  if (kind === "block" && pool.kind !== "block")
    throw new JujuError(`"${name}" provider does not support "block" storage`);
  if (isContainer(unit.machine) && !pool.inContainers)
    throw new JujuError(`adding storage of type "${name}" to lxd container not supported`);
  if (!pool.dynamic && findMachine(model, unit.machine)?.instance !== "")
    throw new JujuError(`"${name}" storage provider does not support dynamic storage`);
  return pool.bound;
};

/** Where a filesystem is mounted: only the one of a charm that takes no more is right at the charm's own place. */
const locationOf = (kind: StorageOfCharm, id: string): string => {
  if (kind.kind === "block") return "";
  const { location, most } = kind;
  return location !== undefined && most === 1
    ? location
    : `${location ?? "/var/lib/juju/storage"}/${id}`;
};

const defaultPool = (kind: Storage["kind"]): string => (kind === "block" ? "loop" : "rootfs");

/** A directive with everything that it leaves to Juju, by the charm's name for the storage. */
export const fullDirective = (
  charm: Charm,
  directive: string,
  major: 3 | 4,
): Record<string, string> => {
  const [name = "", rest = "1"] = directive.split("=");
  const kind = charm.storage?.[name]?.kind;
  if (kind === undefined) return {};
  const { pool, count, sizeMiB } = needDirective(rest, major);
  return { [name]: `${pool === "" ? defaultPool(kind) : pool},${count},${sizeMiB}M` };
};

/** Gives a unit storage of its charm, as `NAME=DIRECTIVE` says; returns the ids. */
export const addStorage = (
  rack: Rack,
  model: Model,
  unit: Unit,
  charm: Charm,
  directive: string,
): string[] => {
  const [name = "", rest = "1"] = directive.split("=");
  const kind = charm.storage?.[name];
  if (kind === undefined) throw new JujuError(`charm storage "${name}" not found`);
  const { pool: given, count, sizeMiB } = needDirective(rest, playedBy(rack).major);
  const pool = given === "" ? defaultPool(kind.kind) : given;
  checkCount(kind, owned(model, unit, name), count);
  const bound = checkPool(model, unit, pool, kind.kind);
  return Array.from({ length: count }, () => {
    const next = model.nextStorage ?? 0;
    model.nextStorage = next + 1;
    const storage: Storage = {
      id: `${name}/${next}`,
      backing: newBacking(rack, model, unit, kind.kind, bound),
      provider: "",
      unit: unit.name,
      machine: unit.machine,
      kind: kind.kind,
      location: locationOf(kind, `${name}/${next}`),
      pool,
      size: sizeMiB,
      life: "alive",
      attachment: "alive",
      gone: false,
      releasing: false,
      status: { current: "pending", message: "", since: rack.now },
      due: NEVER,
    };
    (model.storage ??= []).push(storage);
    schedule(rack, model, storage);
    return storage.id;
  });
};

/** The storage of this id; throws where there is none. */
export const needStorage = (model: Model, id: string): Storage => {
  const storage = model.storage?.find((each) => each.id === id && !each.gone);
  if (storage === undefined) throw new JujuError(`storage instance "${id}" not found`);
  return storage;
};

const annotated = <T>(before: string, fn: () => T): T => {
  try {
    return fn();
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(`${before}: ${error.message}`);
  }
};

/** What the unit's charm says of storage of this name; undefined while the unit is going. */
const kindFor = (model: Model, storage: Storage, unit: Unit): StorageOfCharm | undefined => {
  const application = applicationOf(model, unit.name);
  return application === undefined || unit.life === "dying"
    ? undefined
    : charmOf(application).storage?.[nameOf(storage.id)];
};

/** May the unit that has it lose it? */
const checkLoss = (model: Model, storage: Storage): void => {
  const unit = findUnit(model, storage.unit);
  const kind = unit && kindFor(model, storage, unit);
  if (unit !== undefined && kind !== undefined)
    checkCount(kind, owned(model, unit, nameOf(storage.id)), -1);
};

export const attachStorage = (rack: Rack, model: Model, id: string, unitName: string): void =>
  annotated(`cannot attach storage ${id} to unit ${unitName}`, () => {
    const storage = needStorage(model, id);
    const unit = findUnit(model, unitName);
    if (unit === undefined) throw new JujuError(`unit "${unitName}" not found`);
    if (unit.life === "dying") throw new JujuError("unit not alive");
    if (storage.life === "dying") throw new JujuError("storage not alive");
    if (storage.unit === unit.name) return;
    if (storage.unit !== "")
      throw new JujuError(
        `cannot attach storage owned by unit ${storage.unit} to unit ${unit.name}`,
      );
    const kind = kindFor(model, storage, unit);
    if (kind === undefined) {
      const charm = applicationOf(model, unit.name)?.charm ?? "";
      throw new JujuError(`charm ${charm} has no storage called ${nameOf(id)}`);
    }
    const { machine } = storage;
    if (isBound(model, storage) && machine !== unit.machine)
      throw new JujuError(`storage is non-detachable (bound to machine ${machine})`);
    if (isContainer(unit.machine) && !needPool(model, storage.pool).inContainers)
      throw new JujuError(
        `adding storage of type "${storage.pool}" to lxd container not supported`,
      );
    checkCount(kind, owned(model, unit, nameOf(id)), 1);
    Object.assign(storage, { unit: unit.name, machine: unit.machine, attachment: "alive" });
    storage.location = locationOf(kind, id);
    schedule(rack, model, storage);
  });

export const detachStorage = (rack: Rack, model: Model, id: string): void => {
  const storage = needStorage(model, id);
  if (storage.unit === "" || storage.attachment === "dying") return;
  annotated(`cannot destroy storage attachment ${id}:${storage.unit}`, () =>
    checkLoss(model, storage),
  );
  detachUnit(rack, model, storage);
};

/** Why storage that a unit has is not removed. */
export const ATTACHED = "storage is attached";

/** Removes storage; what is behind it is destroyed, or released. `attached`: also what a unit has. */
export const removeStorage = (
  rack: Rack,
  model: Model,
  id: string,
  how: { attached: boolean; release: boolean },
): void =>
  annotated(`cannot ${how.release ? "release" : "destroy"} storage "${id}"`, () => {
    const storage = needStorage(model, id);
    if (storage.life === "dying") return;
    if (storage.unit === "") {
      storage.releasing = how.release;
      removeInstance(rack, model, storage);
      return;
    }
    if (!how.attached) throw new JujuError(ATTACHED);
    checkLoss(model, storage);
    if (how.release && !needPool(model, storage.pool).releasable)
      throw new JujuError(`storage provider "${storage.pool}" does not support releasing storage`);
    Object.assign(storage, { life: "dying", releasing: how.release });
    detachUnit(rack, model, storage);
  });
