import { takeFault } from "../../core/faults";
import type { Rack } from "../../core/rack";
import type { Application, Model, Relation, RelationEnd, Task, Unit } from "../state";
import { holds, workloadOf } from "./conditions";
import {
  applicationOf,
  charmOf,
  findApplication,
  lasting,
  optionOf,
  relationsOf,
  settingOf,
} from "./find";
import { farOf, metBy } from "./meeting";
import { NEVER } from "./never";
import { finishAction, startAction } from "./operations";
import { setStatus } from "./status";
import { unitDetached } from "./storageSteps";
import { addSubordinates, removeUnit } from "./units";

const same = (a: Task, b: Task): boolean =>
  a.kind === "hook" &&
  a.name === b.name &&
  a.remote === b.remote &&
  a.relation === b.relation &&
  a.storage === b.storage;

export const enqueue = (unit: Unit, task: Task): void => {
  if (task.kind === "hook" && unit.queue.some((each) => same(each, task))) return;
  unit.queue.push(task);
};

export const hook = (name: string, ready: number): Task => ({ kind: "hook", name, ready });

/** Something that its configuration says has changed: its units will see. */
export const configChanged = (rack: Rack, application: Application): void => {
  for (const unit of application.units) {
    if (unit.stage >= 3) enqueue(unit, hook("config-changed", rack.now + 1500));
  }
};

const relationHook = (
  kind: "joined" | "changed" | "departed" | "broken",
  own: RelationEnd,
  relation: Relation,
  remote: string | undefined,
  ready: number,
): Task => ({
  kind: "hook",
  name: `${own.endpoint}-relation-${kind}`,
  endpoint: own.endpoint,
  relation: relation.id,
  ready,
  ...(remote === undefined ? {} : { remote }),
});

/** Virtual seconds until a unit's hook begins after it was told something. */
const reactionOf = (application: Application | undefined): number =>
  (application && charmOf(application).reaction) ?? 5;

/** A unit and the one at the other side meet: each runs `joined` and `changed`. */
export const meet = (
  rack: Rack,
  unit: Unit,
  own: RelationEnd,
  relation: Relation,
  remote: string,
  slow: number,
) => {
  const later = rack.now + lasting(rack, `meet:${unit.name}:${remote}:${relation.id}`, slow);
  enqueue(unit, relationHook("joined", own, relation, remote, later));
  enqueue(unit, relationHook("changed", own, relation, remote, later));
};

/** The units of a model learn of those that they are related to, as far as both have started. */
const meetIn = (rack: Rack, model: Model, relation: Relation, only?: Unit): void => {
  for (const own of relation.ends) {
    const other = relation.ends.find((end) => end !== own) ?? own;
    const application = findApplication(model, own.application);
    const slow = reactionOf(application);
    for (const unit of application?.units ?? []) {
      if (!unit.started) continue;
      for (const { unit: remote, name } of metBy(rack, model, unit, relation, other)) {
        if (!remote.started) continue;
        if (only !== undefined && unit !== only && remote !== only) continue;
        meet(rack, unit, own, relation, name, slow);
      }
    }
  }
};

/** Both sides of a relation learn of each other; `only`: as far as one unit is concerned. */
export const meetAll = (rack: Rack, model: Model, relation: Relation, only?: Unit): void => {
  meetIn(rack, model, relation, only);
  const far = farOf(rack, relation);
  if (far !== undefined) meetIn(rack, far.model, far.relation, only);
};

/** Tells the other side of every relation on the endpoint that there is something new. */
const tell = (rack: Rack, model: Model, application: Application, unit: Unit, endpoint: string) => {
  for (const { relation, other } of relationsOf(model, application.name, endpoint)) {
    for (const met of metBy(rack, model, unit, relation, other)) {
      if (!met.unit.started) continue;
      const slow = reactionOf(applicationOf(met.model, met.unit.name));
      const later = rack.now + lasting(rack, `tell:${unit.name}:${met.name}:${endpoint}`, slow);
      enqueue(met.unit, relationHook("changed", met.end, met.relation, met.me, later));
    }
  }
};

const publish = (rack: Rack, model: Model, application: Application, unit: Unit): void => {
  const charm = charmOf(application);
  const endpoints = new Set(relationsOf(model, application.name).map(({ own }) => own.endpoint));
  for (const endpoint of endpoints) {
    const condition = charm.publishes?.[endpoint];
    const can =
      unit.started && (condition === undefined || holds(rack, model, application, unit, condition));
    const did = unit.published.includes(endpoint);
    if (can && !did) {
      unit.published.push(endpoint);
      tell(rack, model, application, unit, endpoint);
    }
  }
};

/** Shows what the charm says now and tells the other sides what has become known. */
export const assess = (rack: Rack, model: Model, application: Application, unit: Unit): void => {
  publish(rack, model, application, unit);
  const { status, message } = workloadOf(rack, model, application, unit);
  setStatus(unit.workload, status, message, rack.now);
};

const nominal = (application: Application, name: string): number => {
  const hooks = charmOf(application).hooks ?? {};
  const family = /-relation-(changed|joined|departed|broken)$/.exec(name)?.[1];
  return (
    hooks[name] ??
    (family === undefined ? undefined : hooks[`*-relation-${family}`]) ??
    hooks["*"] ??
    6
  );
};

const delayed = (application: Application): number => {
  const { delayOption } = charmOf(application);
  return delayOption === undefined ? 0 : Number(optionOf(application, delayOption) ?? 0);
};

/** Takes the next task of the unit; its machine must be free. */
export const startTask = (rack: Rack, model: Model, unit: Unit, task: Task): void => {
  const application = applicationOf(model, unit.name);
  if (application === undefined) return;
  unit.queue.splice(unit.queue.indexOf(task), 1);
  const seconds =
    task.kind === "hook"
      ? nominal(application, task.name) + delayed(application)
      : startAction(rack, model, application, unit, task);
  const until = rack.now + lasting(rack, `${unit.name}:${task.name}:${task.remote ?? ""}`, seconds);
  unit.running = { ...task, began: rack.now, until };
  if (task.name === "update-status") return;
  const what = task.kind === "hook" ? `${task.name} hook` : `action ${task.name}`;
  const whom = task.remote === undefined ? "" : ` for ${task.remote}`;
  if (task.kind !== "exec") setStatus(unit.agent, "executing", `running ${what}${whom}`, rack.now);
  if (task.name === "install")
    setStatus(unit.workload, "maintenance", "installing charm software", rack.now);
};

const hear = (rack: Rack, model: Model, application: Application, unit: Unit, task: Task): void => {
  const { endpoint, remote } = task;
  if (endpoint === undefined || remote === undefined) return;
  const there = relationsOf(model, application.name, endpoint)
    .filter(({ relation }) => relation.id === task.relation)
    .flatMap(({ relation, other }) => metBy(rack, model, unit, relation, other))
    .find(({ name }) => name === remote);
  if (there?.unit.published.includes(there.end.endpoint) !== true) return;
  const seen = (unit.received[endpoint] ??= []);
  const first = seen.length === 0;
  if (!seen.includes(remote)) seen.push(remote);
  if (endpoint !== "certificates" || !first) return;
  for (const again of charmOf(application).afterCertificates ?? []) {
    if (unit.published.includes(again)) tell(rack, model, application, unit, again);
  }
};

/** The unit has started: it meets everybody it is related to, and its subordinates come. */
const onStarted = (rack: Rack, model: Model, application: Application, unit: Unit): void => {
  unit.started = true;
  const { version } = charmOf(application);
  unit.version = version[application.channel] ?? version["*"] ?? "";
  addSubordinates(rack, model, application, unit);
  for (const { relation } of relationsOf(model, application.name)) {
    meetAll(rack, model, relation, unit);
  }
};

const forget = (unit: Unit, task: Task): void => {
  if (task.endpoint === undefined || task.remote === undefined) return;
  unit.received[task.endpoint] = (unit.received[task.endpoint] ?? []).filter(
    (name) => name !== task.remote,
  );
};

/** The storage that the hook was about is the unit's no more. */
const giveUp = (rack: Rack, model: Model, task: Task): void => {
  const storage = model.storage?.find((each) => each.id === task.storage && each.unit !== "");
  if (storage !== undefined) unitDetached(rack, model, storage);
};

/** Does the charm itself make this hook fail, because its option says so? */
const failsByOption = (application: Application, task: Task): boolean => {
  const { failOption } = charmOf(application);
  return failOption !== undefined && optionOf(application, failOption) === task.name;
};

const failed = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  task: Task,
): boolean => {
  const subject = `${unit.name} ${task.name}`;
  const resolves = takeFault(rack, "hook-error", subject);
  const stays = resolves ?? takeFault(rack, "hook-error-stays", subject);
  if (stays === undefined && !failsByOption(application, task)) return false;
  const again = resolves !== undefined || stays === undefined;
  const retries = settingOf(model, "automatically-retry-hooks") !== false && again;
  unit.failed = {
    task: { ...task, ready: rack.now },
    stays: resolves === undefined,
    retry: retries ? rack.now + 1000 * Number(resolves?.with?.seconds ?? 60) : NEVER,
  };
  setStatus(unit.workload, "error", `hook failed: "${task.name}"`, rack.now);
  setStatus(unit.agent, "idle", "", rack.now);
  return true;
};

/** The controller's own unit runs when bootstrap ends. */
export const settle = (rack: Rack, model: Model, application: Application, unit: Unit): void => {
  Object.assign(unit, { stage: 3, stageEnds: NEVER, leader: true });
  onStarted(rack, model, application, unit);
  assess(rack, model, application, unit);
  setStatus(unit.agent, "idle", "", rack.now);
};

/** Ends what the unit is doing. */
export const finishTask = (rack: Rack, model: Model, unit: Unit): void => {
  const task = unit.running;
  const application = applicationOf(model, unit.name);
  unit.running = null;
  if (task === null || application === undefined) return;
  if (task.kind !== "hook") {
    const before = application.flags.join();
    finishAction(rack, model, application, unit, task);
    if (application.flags.join() !== before)
      for (const other of application.units)
        if (other !== unit && other.started) assess(rack, model, application, other);
  } else {
    if (failed(rack, model, application, unit, task)) return;
    if (task.name === "start") onStarted(rack, model, application, unit);
    if (task.name.endsWith("-relation-changed")) hear(rack, model, application, unit, task);
    if (task.name.endsWith("-relation-departed")) forget(unit, task);
    if (task.name.endsWith("-storage-detaching")) giveUp(rack, model, task);
    if (task.name === "remove") {
      removeUnit(rack, model, application, unit);
      return;
    }
  }
  if (unit.started && !unit.queue.some((each) => each.name === "remove")) {
    assess(rack, model, application, unit);
  }
  if (!unit.queue.some((each) => each.ready <= rack.now)) {
    setStatus(unit.agent, "idle", "", rack.now);
  }
};
