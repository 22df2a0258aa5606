import type { Rack } from "../../core/rack";
import type { Application, JujuMachine, Model, Unit } from "../state";
import { applicationOf, charmOf, findApplication, findMachine, lasting, relationsOf } from "./find";
import { enqueue, hook } from "./hooks";
import { isLxd } from "./lxd";
import { detachUnit, unitGone } from "./storageSteps";
import { removeOffer } from "./crossModel";
import { farOf, metBy } from "./meeting";
import { NEVER } from "./never";
import { offersOf } from "./offers";

const WAITING = "waiting for machine";

/** A unit with the next number of its application; it starts when its machine has. */
export const addUnit = (
  rack: Rack,
  model: Model,
  application: Application,
  machine: string,
  principal: string | null = null,
): Unit => {
  const number = application.nextUnit++;
  model.unitNumbers[application.name] = application.nextUnit;
  const { now } = rack;
  const unit: Unit = {
    name: `${application.name}/${number}`,
    machine,
    principal,
    life: "alive",
    stage: 0,
    stageEnds: NEVER,
    started: false,
    leader: false,
    agent: { current: "allocating", message: "", since: now },
    workload: { current: "waiting", message: WAITING, since: now },
    queue: [],
    running: null,
    published: [],
    received: {},
    flags: [],
    failed: null,
    lost: false,
    version: "",
  };
  application.units.push(unit);
  const host = findMachine(model, machine);
  if (host?.agent.current === "started") beginAgent(rack, model, unit);
  return unit;
};

export const beginAgent = (rack: Rack, model: Model, unit: Unit): void => {
  if (unit.stage !== 0) return;
  unit.stage = 1;
  unit.stageEnds = rack.now + lasting(rack, `agent:${unit.name}`, isLxd(model) ? 1 : 20);
  unit.workload = { current: "waiting", message: "installing agent", since: rack.now };
};

const firstHooks = (rack: Rack, application: Application, unit: Unit): void => {
  if (!application.units.some((each) => each.leader)) unit.leader = true;
  const names = [
    "install",
    unit.leader ? "leader-elected" : "leader-settings-changed",
    "config-changed",
    "start",
  ];
  for (const name of names) enqueue(unit, hook(name, rack.now));
};

/** Next stage of a unit before its first hook. */
export const advanceStage = (rack: Rack, model: Model, unit: Unit): void => {
  const application = applicationOf(model, unit.name);
  if (application === undefined) return;
  unit.stage++;
  if (unit.stage === 2) {
    unit.stageEnds = rack.now + lasting(rack, `initialise:${unit.name}`, isLxd(model) ? 1 : 8);
    unit.workload = { current: "waiting", message: "agent initialising", since: rack.now };
    return;
  }
  unit.stageEnds = NEVER;
  firstHooks(rack, application, unit);
};

/** The subordinates that a principal's unit gets through its relations, once it has started. */
export const addSubordinates = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
): void => {
  if (application.subordinate || !unit.started) return;
  for (const { relation, other } of relationsOf(model, application.name)) {
    const subordinate = findApplication(model, other.application);
    if (!relation.container || subordinate?.subordinate !== true) continue;
    if (subordinate.units.some((each) => each.principal === unit.name)) continue;
    addUnit(rack, model, subordinate, unit.machine, unit.name);
  }
};

/** Leadership goes to the next unit that has started. */
export const elect = (rack: Rack, application: Application, without?: Unit): void => {
  const next = application.units.find(
    (each) => each !== without && each.life === "alive" && each.stage === 3 && !each.lost,
  );
  if (next === undefined) return;
  for (const each of application.units) each.leader = each === next;
  enqueue(next, hook("leader-elected", rack.now + 2000));
};

/** How something is removed. */
export interface Removal {
  /** Milliseconds after which the unit is not waited for. Absent: it is, without limit. */
  forceAfter?: number;
  /** Storage that could be left is destroyed too. */
  destroyStorage?: boolean;
}

/** Begins the removal: departed hooks at the other sides, then stop and remove. */
export const beginRemoval = (rack: Rack, model: Model, unit: Unit, how: Removal = {}): void => {
  const application = applicationOf(model, unit.name);
  const storage = (model.storage ?? []).filter((each) => each.unit === unit.name);
  if (how.destroyStorage === true) for (const each of storage) each.life = "dying";
  if (application === undefined) return;
  const goes = unit.life === "dying";
  unit.life = "dying";
  if (how.forceAfter !== undefined) unit.forceAt = rack.now + how.forceAfter;
  for (const child of subordinatesOf(model, unit)) beginRemoval(rack, model, child, how);
  if (unit.stage < 3 || how.forceAfter === 0) {
    removeUnit(rack, model, application, unit);
    return;
  }
  if (goes) return;
  unit.failed = null;
  unit.queue = unit.queue.filter((task) => task.storage !== undefined);
  for (const each of storage) detachUnit(rack, model, each);
  unit.workload = {
    current: "maintenance",
    message: "stopping charm software",
    since: rack.now,
  };
  enqueue(unit, hook("stop", rack.now));
  enqueue(unit, hook("remove", rack.now));
};

export const subordinatesOf = (model: Model, unit: Unit): Unit[] =>
  model.applications.flatMap((each) => each.units.filter((sub) => sub.principal === unit.name));

const departed = (rack: Rack, model: Model, application: Application, unit: Unit): void => {
  for (const { relation, other } of relationsOf(model, application.name)) {
    for (const met of metBy(rack, model, unit, relation, other)) {
      const { end } = met;
      if (!met.unit.started || !(met.unit.received[end.endpoint] ?? []).includes(met.me)) continue;
      enqueue(met.unit, {
        kind: "hook",
        name: `${end.endpoint}-relation-departed`,
        endpoint: end.endpoint,
        relation: met.relation.id,
        remote: met.me,
        ready: rack.now + 1000,
      });
    }
  }
};

/** The unit is gone; so is its application after its last unit, and a machine that was only for it. */
export const removeUnit = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
): void => {
  departed(rack, model, application, unit);
  unitGone(rack, model, unit.name);
  application.units = application.units.filter((each) => each !== unit);
  if (unit.leader) elect(rack, application);
  if (application.life === "dying" && application.units.length === 0) {
    forgetApplication(rack, model, application);
  }
  const machine = findMachine(model, unit.machine);
  const left = model.applications.some((each) =>
    each.units.some((other) => other.machine === unit.machine),
  );
  if (machine !== undefined && !left && unit.principal === null) dismiss(rack, model, machine);
};

/** A machine without units is removed with its last one, unless containers are on it. */
const dismiss = (rack: Rack, model: Model, machine: JujuMachine): void => {
  const containers = model.machines.some((each) => each.id.startsWith(`${machine.id}/`));
  if (containers) return;
  machine.life = "dying";
  machine.due = rack.now + 5000;
  const host = findMachine(model, machine.id.split("/")[0] ?? "");
  if (host === undefined || host === machine || host.life === "dying") return;
  const used =
    model.applications.some((each) => each.units.some((unit) => unit.machine === host.id)) ||
    model.machines.some((each) => each !== machine && each.id.startsWith(`${host.id}/`));
  if (!used) Object.assign(host, { life: "dying", due: rack.now + 10_000 });
};

export const forgetApplication = (rack: Rack, model: Model, application: Application): void => {
  for (const { relation } of relationsOf(model, application.name)) {
    dropRelation(rack, model, relation.id);
  }
  for (const offer of offersOf(model).filter((each) => each.application === application.name))
    removeOffer(rack, model, offer);
  model.applications = model.applications.filter((each) => each !== application);
  model.unitNumbers[application.name] = charmOf(application).subordinate
    ? (model.unitNumbers[application.name] ?? 0)
    : application.nextUnit;
};

/** Ends a relation: what was heard over it is forgotten; subordinates that lived of it go. */
export const dropRelation = (rack: Rack, model: Model, id: number): void => {
  const relation = model.relations.find((each) => each.id === id);
  if (relation === undefined) return;
  const far = farOf(rack, relation);
  model.relations = model.relations.filter((each) => each !== relation);
  for (const end of relation.ends) {
    const application = findApplication(model, end.application);
    const still = relationsOf(model, end.application, end.endpoint).length > 0;
    for (const unit of application?.units ?? []) {
      if (!still) {
        unit.received[end.endpoint] = [];
        unit.published = unit.published.filter((each) => each !== end.endpoint);
      }
      if (!unit.started) continue;
      enqueue(unit, {
        kind: "hook",
        name: `${end.endpoint}-relation-broken`,
        relation: id,
        ready: rack.now + 2000,
      });
    }
    if (relation.container && application?.subordinate === true) {
      for (const unit of [...application.units]) beginRemoval(rack, model, unit);
    }
  }
  if (far !== undefined) dropRelation(rack, far.model, far.relation.id);
};
