import { takeFault } from "../../core/faults";
import type { Rack } from "../../core/rack";
import type { Action } from "../../charms/types";
import { withDefaults } from "./validate";
import type { Application, Model, Operation, OperationTask, Task, Unit } from "../state";
import { answers } from "./answers";
import { holds } from "./conditions";
import { applicationOf, charmOf } from "./find";
import { shell } from "./shell";

/** Actions and commands that units run. */

export const findTask = (
  model: Model,
  id: string,
): { operation: Operation; task: OperationTask } | undefined => {
  for (const operation of model.operations) {
    const task = operation.tasks.find((each) => each.id === id);
    if (task !== undefined) return { operation, task };
  }
  return undefined;
};

/** Virtual seconds that the task will take; marks it as running. */
export const startAction = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  task: Task,
): number => {
  const found = findTask(model, task.task ?? "");
  if (found === undefined) return 0.1;
  found.task.status = "running";
  found.task.started = rack.now;
  if (task.kind === "exec") return shell.seconds(found.operation.action);
  const action = charmOf(application).actions?.[task.name];
  const slow = takeFault(rack, "action-slow", `${unit.name} ${task.name}`);
  if (slow !== undefined) return Number(slow.with?.seconds ?? 600);
  return Number(filled(String(action?.seconds ?? 4), all(action, found.operation.parameters)));
};

const all = (
  action: Action | undefined,
  given: Record<string, unknown>,
): Record<string, unknown> => (action === undefined ? given : withDefaults(action, given));

/** Text with parameters in the place of their names in braces. */
const filled = (text: string, parameters: Record<string, unknown>): string =>
  text.replace(/\{([\w-]+)\}/g, (all, name: string) =>
    name in parameters ? String(parameters[name]) : all,
  );

/** Brings the log of every action that runs up to now. */
export const writeLogs = (rack: Rack, model: Model): void => {
  for (const operation of model.operations) {
    for (const task of operation.tasks) {
      const application = applicationOf(model, task.unit);
      if (task.status === "running" && application !== undefined)
        writeLog(rack, application, operation, task);
    }
  }
};

/** Adds the lines of log that are due; an action that runs shows them while it does. */
const writeLog = (
  rack: Rack,
  application: Application,
  operation: Operation,
  task: OperationTask,
  ended = false,
): void => {
  const line = charmOf(application).actions?.[operation.action]?.logEverySecond;
  if (line === undefined || task.started === null || task.completed !== null) return;
  const action = charmOf(application).actions?.[operation.action];
  const whole = Number(filled(String(action?.seconds ?? 0), all(action, operation.parameters)));
  while (task.log.length < whole) {
    const at = task.started + 20 + task.log.length * 1000;
    if (at >= rack.now && !ended) break;
    task.log.push({ at, text: line.replace("{n}", String(task.log.length + 1)) });
  }
};

interface Outcome {
  results?: Record<string, unknown>;
  fail?: string;
  code?: number;
}

const conclude = (rack: Rack, task: OperationTask, outcome: Outcome): void => {
  const code = outcome.code ?? 0;
  task.completed = rack.now;
  task.results = { ...outcome.results, "return-code": code };
  task.status = outcome.fail !== undefined || code !== 0 ? "failed" : "completed";
  task.message = outcome.fail ?? (code === 0 ? "" : `exit status ${code}`);
};

/** Another unit leads now; a lone one has lost its lease for a moment only. */
const passLeadership = (application: Application, unit: Unit): void => {
  const next = application.units.find((each) => each !== unit && each.started && !each.lost);
  if (next === undefined) return;
  unit.leader = false;
  next.leader = true;
};

const outcomeOf = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  operation: Operation,
): Outcome => {
  const action = charmOf(application).actions?.[operation.action];
  if (action === undefined) return {};
  const failing = takeFault(rack, "action-fails", `${unit.name} ${operation.action}`);
  if (failing !== undefined) return { fail: String(failing.with?.text ?? "action failed") };
  const deposed = takeFault(rack, "leader-changes", `${unit.name} ${operation.action}`);
  if (deposed !== undefined) passLeadership(application, unit);
  if (action.leaderOnly !== undefined && (deposed !== undefined || !unit.leader))
    return { fail: action.leaderOnly };
  if (
    action.requires !== undefined &&
    !holds(rack, model, application, unit, action.requires.when)
  ) {
    return { fail: action.requires.message };
  }
  const answer = action.answer === undefined ? undefined : answers[action.answer];
  const outcome = answer?.(rack, model, application, unit, operation.parameters) ?? {};
  if (outcome.fail !== undefined) return outcome;
  for (const flag of action.sets ?? []) if (!unit.flags.includes(flag)) unit.flags.push(flag);
  for (const holder of [unit, application])
    holder.flags = holder.flags.filter((flag) => !(action.clears ?? []).includes(flag));
  const streams = {
    ...(action.stdout === undefined ? {} : { stdout: action.stdout }),
    ...(action.stderr === undefined ? {} : { stderr: action.stderr }),
  };
  const results = Object.fromEntries(
    Object.entries(action.results ?? {}).map(([key, text]) => [
      key,
      filled(text, all(action, operation.parameters)),
    ]),
  );
  return {
    results: { ...streams, ...results, ...outcome.results },
    ...(action.fail === undefined ? {} : { fail: action.fail }),
    ...(action.exit === undefined
      ? {}
      : { code: Number(filled(String(action.exit), all(action, operation.parameters))) }),
  };
};

export const finishAction = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  running: Task,
): void => {
  const found = findTask(model, running.task ?? "");
  if (found === undefined) return;
  const { operation, task } = found;
  if (running.kind === "exec") {
    const { stdout, stderr, code } = shell.run(rack, model, application, unit, operation.action);
    task.completed = rack.now;
    task.status = "completed";
    task.results = {
      "return-code": code,
      ...(stderr === "" ? {} : { stderr }),
      ...(stdout === "" ? {} : { stdout }),
    };
    return;
  }
  for (const text of charmOf(application).actions?.[operation.action]?.log ?? []) {
    task.log.push({ at: rack.now, text });
  }
  writeLog(rack, application, operation, task, true);
  conclude(rack, task, outcomeOf(rack, model, application, unit, operation));
};
