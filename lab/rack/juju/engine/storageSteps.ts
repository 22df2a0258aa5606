import type { Rack } from "../../core/rack";
import type { Controller, JujuMachine, Model, Storage } from "../state";
import { findMachine, findUnit, hostOf, lasting, maasMachineOf } from "./find";
import { enqueue } from "./hooks";
import { NEVER } from "./never";
import { isBound } from "./pools";
import { setStatus } from "./status";

/**
 * Storage in time: pending until its machine has started, then attached; a unit gives it up in a hook of its own; what
 * is not bound to the machine is then taken off it.
 */

const MEBIBYTE = 1024 ** 2;

const hookName = (storage: Storage, what: "attached" | "detaching"): string =>
  `${storage.id.slice(0, storage.id.lastIndexOf("/"))}-storage-${what}`;

const tellUnit = (
  rack: Rack,
  model: Model,
  storage: Storage,
  what: "attached" | "detaching",
): boolean => {
  const unit = findUnit(model, storage.unit);
  // A unit takes what it gets before its first hook for granted.
  if (unit === undefined || unit.stage < 3) return false;
  enqueue(unit, {
    kind: "hook",
    name: hookName(storage, what),
    storage: storage.id,
    ready: rack.now + 1000,
  });
  return true;
};

/** Storage waits for its machine; what is on it already only has to be told to the unit. */
export const schedule = (rack: Rack, model: Model, storage: Storage): void => {
  if (storage.gone) return;
  const { current } = storage.status;
  if (current === "attached") {
    tellUnit(rack, model, storage, "attached");
    return;
  }
  if (current !== "pending") setStatus(storage.status, "attaching", "", rack.now);
  const started = findMachine(model, storage.machine)?.agent.current === "started";
  storage.due = started ? rack.now + lasting(rack, `storage:${storage.id}`, 2) : NEVER;
};

/** The machine has started: its storage is made. */
export const scheduleAll = (rack: Rack, model: Model, machine: JujuMachine): void => {
  for (const storage of model.storage ?? [])
    if (storage.machine === machine.id && storage.status.current !== "attached")
      schedule(rack, model, storage);
};

/** A filesystem of the machine's own is as large as the disk that it starts from. */
const sizeOf = (rack: Rack, model: Model, storage: Storage): number => {
  const machine = findMachine(model, hostOf(storage.machine));
  const there = machine && maasMachineOf(rack, machine);
  const disk = there?.blockDevices.find((each) => each.id === there.bootDisk);
  return storage.pool === "rootfs" && disk !== undefined
    ? Math.floor(disk.size / MEBIBYTE)
    : storage.size;
};

const providerOf = (model: Model, storage: Storage): string => {
  if (storage.pool === "rootfs") return storage.backing;
  const tag = `${storage.kind === "block" ? "volume" : "filesystem"}-${storage.backing.replaceAll("/", "-")}`;
  return storage.pool === "lxd" ? `juju:juju-${model.uuid.slice(-6)}-${tag}` : tag;
};

const attached = (rack: Rack, model: Model, storage: Storage): void => {
  setStatus(storage.status, "attached", "", rack.now);
  if (storage.provider === "") {
    storage.provider = providerOf(model, storage);
    storage.size = sizeOf(rack, model, storage);
  }
  tellUnit(rack, model, storage, "attached");
};

const drop = (model: Model, storage: Storage): void => {
  model.storage = (model.storage ?? []).filter((each) => each !== storage);
};

/** The charm's storage is gone; what is behind it goes a little later. */
export const removeInstance = (rack: Rack, model: Model, storage: Storage): void => {
  if (storage.provider === "") {
    drop(model, storage);
    return;
  }
  Object.assign(storage, { gone: true, life: "dying", unit: "" });
  setStatus(storage.status, storage.machine === "" ? "destroying" : "detaching", "", rack.now);
  storage.due = rack.now + lasting(rack, `destroy:${storage.id}`, 3);
};

/** No unit has it any more. */
export const unitDetached = (rack: Rack, model: Model, storage: Storage): void => {
  Object.assign(storage, { unit: "", attachment: "alive" });
  if (storage.life === "dying") {
    removeInstance(rack, model, storage);
    return;
  }
  if (isBound(model, storage) || storage.provider === "") return;
  setStatus(storage.status, "detaching", "", rack.now);
  storage.due = rack.now + lasting(rack, `detach:${storage.id}`, 2);
};

/** The unit gives it up: in a hook, once it runs hooks and there is something to give up. */
export const detachUnit = (rack: Rack, model: Model, storage: Storage): void => {
  if (storage.attachment === "dying") return;
  storage.attachment = "dying";
  const told = storage.provider !== "" && tellUnit(rack, model, storage, "detaching");
  if (!told) unitDetached(rack, model, storage);
};

/** What the units of a model that goes have, and what nobody has. */
export const dissolveStorage = (rack: Rack, model: Model): void => {
  for (const storage of model.storage ?? []) {
    if (storage.life === "dying") continue;
    storage.life = "dying";
    storage.releasing = model.destroy?.storage === "release" && !isBound(model, storage);
    if (storage.unit === "") removeInstance(rack, model, storage);
    else detachUnit(rack, model, storage);
  }
};

/** The unit is gone: what it still had is taken from it. */
export const unitGone = (rack: Rack, model: Model, unit: string): void => {
  for (const storage of model.storage ?? [])
    if (storage.unit === unit) unitDetached(rack, model, storage);
};

/** The machine is gone, and with it what was bound to it. */
export const machineGone = (rack: Rack, model: Model, machine: string): void => {
  for (const storage of model.storage ?? []) {
    if (storage.machine !== machine) continue;
    if (isBound(model, storage)) drop(model, storage);
    else {
      storage.machine = "";
      if (!storage.gone) setStatus(storage.status, "detached", "", rack.now);
    }
  }
};

const advanceOne = (rack: Rack, controller: Controller, model: Model, storage: Storage): void => {
  storage.due = NEVER;
  if (storage.gone) {
    drop(model, storage);
    if (!storage.releasing) return;
    const { provider, size } = storage;
    controller.released = [...(controller.released ?? []), { provider, size }];
  } else if (storage.status.current === "detaching") {
    storage.machine = "";
    setStatus(storage.status, "detached", "", rack.now);
  } else attached(rack, model, storage);
};

/** Does what is due of the model's storage. */
export const advanceStorage = (rack: Rack, controller: Controller, model: Model): void => {
  for (const storage of model.storage ?? [])
    if (storage.due <= rack.now) advanceOne(rack, controller, model, storage);
};
