import { JujuError } from "../errors";
import type { Call } from "../call";
import type { Rack } from "../../core/rack";
import { findApplication, findUnit } from "../engine/find";
import { enqueue } from "../engine/hooks";
import { findTask, writeLogs } from "../engine/operations";
import { playedBy, type Profile } from "../profile";
import { shell } from "../engine/shell";
import type { Model, Operation, OperationTask, Unit } from "../state";

/** Operations and their tasks: how they are scheduled and waited for. */

const DURATION: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };

export const seconds = (text: string): number => {
  let total = 0;
  for (const [, number, unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(number) * (DURATION[unit] ?? 1);
  return text.startsWith("-") ? -total : total;
};

export interface Chosen {
  units: Unit[];
  machines: string[];
  /** What could not be scheduled. */
  problems: string[];
  /** Why no unit can run the action with these parameters; the tasks are made all the same. */
  fault?: string;
}

export const unitFor = (profile: Profile, model: Model, name: string, chosen: Chosen): void => {
  if (name.endsWith("/leader")) {
    const application = name.slice(0, -"/leader".length);
    const leader = findApplication(model, application)?.units.find((each) => each.leader);
    if (
      leader === undefined &&
      profile.major === 4 &&
      findApplication(model, application) === undefined
    )
      throw new JujuError(
        `getting leader unit for ${application}: application "${application}" not found in leases (not found)`,
      );
    if (leader === undefined)
      chosen.problems.push(`could not determine leader for "${application}"`);
    else chosen.units.push(leader);
    return;
  }
  const unit = findUnit(model, name);
  if (unit === undefined) chosen.problems.push(profile.words.noUnitForTask(name));
  else chosen.units.push(unit);
};

export const schedule = (
  rack: Rack,
  model: Model,
  wanted: {
    summary: string;
    action: string;
    parameters: Record<string, unknown>;
    kind: "action" | "exec";
  },
  chosen: Chosen,
): Operation => {
  const operation: Operation = {
    id: String(model.nextTask++),
    summary: wanted.summary,
    action: wanted.action,
    kind: wanted.kind,
    parameters: wanted.parameters,
    enqueued: rack.now,
    tasks: [],
    fail: chosen.problems.join("\n"),
  };
  const task = (unit: string, machine: string): OperationTask => {
    const made: OperationTask = {
      id: String(model.nextTask++),
      unit,
      machine,
      status: "pending",
      message: "",
      results: {},
      log: [],
      enqueued: rack.now,
      started: null,
      completed: null,
    };
    operation.tasks.push(made);
    return made;
  };
  for (const unit of chosen.units) {
    const made = task(unit.name, "");
    const { id } = made;
    if (chosen.fault !== undefined) {
      Object.assign(made, { status: "error", message: chosen.fault, completed: rack.now });
      continue;
    }
    enqueue(unit, { kind: wanted.kind, name: wanted.action, ready: rack.now, task: id });
  }
  for (const id of chosen.machines) {
    const made = task("", id);
    const { stdout, stderr, code } = shell.onMachine(model, id, wanted.action);
    Object.assign(made, {
      status: "completed",
      started: rack.now,
      completed: rack.now,
      results: {
        "return-code": code,
        ...(stderr === "" ? {} : { stderr }),
        ...(stdout === "" ? {} : { stdout }),
      },
    });
  }
  // Juju 4 counts the tasks that it could not make.
  if (playedBy(rack).major === 4) model.nextTask += chosen.problems.length;
  model.operations.push(operation);
  return operation;
};

/** A clock that runs fast can show a task done only long after it was given up. */
const isDone = (task: OperationTask, deadline: number): boolean =>
  !["pending", "running", "aborting"].includes(task.status) && (task.completed ?? 0) <= deadline;

/** Waits for the tasks; gives up after so many virtual seconds. The tasks go on then. */
export const waitFor = async (
  call: Call,
  ids: string[],
  patience: number,
  /** Sees the tasks each time they are looked at. */
  watch: (tasks: OperationTask[]) => void = () => undefined,
): Promise<OperationTask[]> => {
  const uuid = call.inModel((model) => model.uuid);
  const look = (): { tasks: OperationTask[]; now: number } =>
    call.open((rack) => {
      const model = rack.juju.controllers
        .flatMap((each) => each.models)
        .find((each) => each.uuid === uuid);
      if (model === undefined) throw new JujuError("model was removed");
      const tasks = ids.flatMap((id) => findTask(model, id)?.task ?? []);
      writeLogs(rack, model);
      return { tasks, now: rack.now };
    });
  const begun = look().tasks[0]?.enqueued ?? 0;
  const deadline = begun + patience * 1000;
  for (let pause = 0.5; ; pause = Math.min(pause * 1.5, 5)) {
    const { tasks, now } = look();
    watch(tasks);
    const open = tasks.filter((task) => !isDone(task, deadline));
    if (open.length === 0) return tasks;
    if (now >= deadline) {
      const names = open.map((task) =>
        task.unit === "" ? `machine ${task.machine}` : `unit ${task.unit}`,
      );
      throw new JujuError(`timed out waiting for results from: ${names.join(", ")}`);
    }
    await call.wait(Math.min(pause, Math.max(0.1, (deadline - now) / 1000)));
  }
};

export const unscheduled = (call: Call, operation: Operation): number => {
  const space = operation.kind === "exec" || call.profile.major === 3 ? "" : "\n";
  call.err(`${space}Operation ${operation.id} failed to schedule any tasks:\n${operation.fail}\n`);
  return 0;
};

export const UNIT = /^[a-z][a-z0-9-]*\/(\d+|leader)$/;
