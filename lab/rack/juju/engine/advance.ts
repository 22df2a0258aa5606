import { faultArmed } from "../../core/faults";
import type { Rack } from "../../core/rack";
import { type Machine, Status } from "../../maas/state";
import { profileOf } from "../profile";
import type { Controller, JujuMachine, Model, Task, Unit } from "../state";
import { allUnits, findMachine, maasMachineOf } from "./find";
import { advanceRemotes } from "./crossModel";
import { assess, finishTask, startTask } from "./hooks";
import { setStatus } from "./status";
import { advanceStorage, dissolveStorage } from "./storageSteps";
import { advanceMachine, doesNotAnswer, removeMachine } from "./machines";
import { isLxd } from "./lxd";
import { mishapIsDue, strikeDatabases } from "./mishaps";
import { NEVER } from "./never";
import { advanceStage, beginRemoval, forgetApplication } from "./units";

const runnable = (unit: Unit): Task | undefined => {
  if (unit.failed !== null || unit.running !== null || unit.lost || unit.stage < 3)
    return undefined;
  // Hooks run in order; an action or command goes before hooks that wait.
  return unit.queue.find((task) => task.kind !== "hook") ?? unit.queue[0];
};

/** When a removal by force stops to wait for the unit. */
const forcedAt = (unit: Unit): number => (unit.life === "dying" ? (unit.forceAt ?? NEVER) : NEVER);

const nextStep = (unit: Unit): number => {
  if (unit.stage < 3) return unit.stageEnds;
  if (unit.running !== null) return unit.running.until;
  if (unit.failed !== null) return unit.failed.retry;
  return NEVER;
};

/** When each machine's lock is free for the next task. */
const nextOfLocks = (units: Unit[]): number => {
  const busy = new Set(units.filter((unit) => unit.running !== null).map((unit) => unit.machine));
  let next = NEVER;
  for (const unit of units) {
    if (busy.has(unit.machine)) continue;
    const task = runnable(unit);
    if (task !== undefined && task.ready < next) next = task.ready;
  }
  return next;
};

export const nextOfModel = (model: Model): number => {
  let next = NEVER;
  for (const { due } of [...model.machines, ...(model.storage ?? [])]) if (due < next) next = due;
  const units = allUnits(model);
  for (const unit of units) next = Math.min(next, forcedAt(unit), nextStep(unit));
  for (const { goes } of model.remotes ?? []) next = Math.min(next, goes ?? NEVER);
  if (model.destroy?.forced === false) next = Math.min(next, model.destroy.forceAt);
  return Math.min(next, nextOfLocks(units));
};

export const nextJujuEvent = (rack: Rack): number => {
  if (mishapIsDue(rack) || maasHasMoved(rack)) return rack.now;
  let next = NEVER;
  for (const controller of rack.juju.controllers) {
    for (const model of controller.models) next = Math.min(next, nextOfModel(model));
  }
  // What was due before now and could not be done must not stop the clock.
  return next === NEVER ? Infinity : next;
};

const runLocks = (rack: Rack, model: Model): void => {
  const units = allUnits(model);
  const busy = new Set(units.filter((unit) => unit.running !== null).map((unit) => unit.machine));
  const waiting = units
    .map((unit) => ({ unit, task: runnable(unit) }))
    .filter(
      (each): each is { unit: Unit; task: Task } =>
        each.task !== undefined && each.task.ready <= rack.now,
    )
    .sort((a, b) => a.task.ready - b.task.ready);
  for (const { unit, task } of waiting) {
    if (busy.has(unit.machine)) continue;
    busy.add(unit.machine);
    startTask(rack, model, unit, task);
  }
};

const LOST = "agent lost, see `juju debug-logs` or `juju show-status-log` for more information";

/** A unit whose machine is off, or that a fault took away. */
const watchUnit = (rack: Rack, model: Model, unit: Unit): void => {
  const machine = findMachine(model, unit.machine);
  const gone =
    machine?.agent.current === "down" || faultArmed(rack, "unit-lost", unit.name) !== undefined;
  if (unit.stage < 3 || unit.lost === gone) return;
  unit.lost = gone;
  if (gone) {
    unit.running = null;
    setStatus(unit.agent, "lost", "agent is not communicating with the server", rack.now);
    setStatus(unit.workload, "unknown", LOST, rack.now);
  } else {
    setStatus(unit.agent, "idle", "", rack.now);
    unit.queue.unshift({ kind: "hook", name: "config-changed", ready: rack.now });
  }
};

/** A machine of MAAS that was taken away or switched off under Juju's feet. */
const isOff = (there: Machine | undefined): boolean =>
  there === undefined || there.powerState === "off" || there.status !== Status.Deployed;

const isWatched = (machine: JujuMachine): boolean =>
  machine.step === "done" && !machine.id.includes("/");

/** Has something happened in MAAS to a machine that Juju has not noticed yet? */
const maasHasMoved = (rack: Rack): boolean => {
  const models = rack.juju.controllers
    .flatMap((each) => each.models)
    .filter((each) => !isLxd(each));
  if (models.every((model) => model.machines.length === 0)) return false;
  const there = new Map(rack.maas.machines.map((each) => [each.systemId, each]));
  return models.some((model) =>
    model.machines.some(
      (each) =>
        isWatched(each) && isOff(there.get(each.instance)) !== (each.agent.current === "down"),
    ),
  );
};

const watchMachine = (rack: Rack, machine: JujuMachine): void => {
  if (!isWatched(machine)) return;
  const off = isOff(maasMachineOf(rack, machine));
  const down = machine.agent.current === "down";
  if (off && !down)
    setStatus(machine.agent, "down", "agent is not communicating with the server", rack.now);
  if (!off && down) setStatus(machine.agent, "started", "", rack.now);
};

const watchContainers = (rack: Rack, model: Model): void => {
  for (const machine of model.machines) {
    if (!machine.id.includes("/") || machine.step !== "done") continue;
    const host = findMachine(model, machine.id.split("/")[0] ?? "");
    const state = host?.agent.current === "down" ? "down" : "started";
    if (machine.agent.current === state) continue;
    const message = state === "down" ? "agent is not communicating with the server" : "";
    setStatus(machine.agent, state, message, rack.now);
  }
};

/** Takes a dying model apart: applications first, then machines. */
const dissolve = (rack: Rack, model: Model, wipes: boolean): void => {
  const { destroy } = model;
  if (destroy !== null && destroy.forceAt <= rack.now) destroy.forced = true;
  const forced = destroy?.forced === true;
  dissolveStorage(rack, model);
  for (const application of [...model.applications]) {
    application.life = "dying";
    if (application.subordinate && application.units.length > 0) continue;
    for (const unit of [...application.units]) {
      beginRemoval(rack, model, unit, forced ? { forceAfter: 0 } : {});
    }
  }
  for (const application of model.applications.filter((each) => each.units.length === 0))
    forgetApplication(rack, model, application);
  if (model.applications.length > 0 && !forced) return;
  // A machine that does not answer cannot say that it is done.
  for (const machine of [...model.machines])
    if (forced || !doesNotAnswer(machine)) removeMachine(rack, model, machine, wipes);
};

const advanceModel = (rack: Rack, controller: Controller, model: Model): void => {
  const wipes = profileOf(controller.agentVersion).deletesMachines;
  for (const machine of [...model.machines]) {
    if (model.machines.includes(machine)) advanceMachine(rack, controller, model, machine, wipes);
  }
  if (!isLxd(model)) for (const machine of model.machines) watchMachine(rack, machine);
  watchContainers(rack, model);
  advanceStorage(rack, controller, model);
  advanceRemotes(rack, model);
  for (const application of strikeDatabases(rack, model))
    for (const unit of application.units) if (unit.started) assess(rack, model, application, unit);
  for (const unit of allUnits(model)) {
    watchUnit(rack, model, unit);
    if (forcedAt(unit) <= rack.now) beginRemoval(rack, model, unit, { forceAfter: 0 });
    else if (unit.stage < 3 && unit.stageEnds <= rack.now) advanceStage(rack, model, unit);
    else if (unit.running !== null && unit.running.until <= rack.now) finishTask(rack, model, unit);
    else if (unit.failed !== null && unit.failed.retry <= rack.now) {
      unit.queue.unshift(unit.failed.task);
      unit.failed = null;
    }
  }
  runLocks(rack, model);
  if (model.life === "dying") dissolve(rack, model, wipes);
};

/** Does everything in every model that is due now. */
export const advanceJuju = (rack: Rack): void => {
  for (const controller of rack.juju.controllers) {
    for (const model of [...controller.models]) {
      advanceModel(rack, controller, model);
      const empty = [model.machines, model.applications, model.storage ?? []].every(
        (each) => each.length === 0,
      );
      if (model.life === "dying" && empty) {
        controller.models = controller.models.filter((each) => each !== model);
      }
    }
  }
};
