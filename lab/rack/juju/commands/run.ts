import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { takeFault } from "../../core/faults";
import { charmOf, findApplication } from "../engine/find";
import { parameterFault, withDefaults } from "../engine/validate";
import { taskTime } from "../render/time";
import type { Operation, OperationTask } from "../state";
import { report } from "./results";
import { type Chosen, schedule, seconds, UNIT, unitFor, unscheduled, waitFor } from "./tasks";
import { mapIn, valueIn } from "../yaml/read";

/** `juju run`: an action of a charm on units. */

const announce = (call: Call, operation: Operation): void => {
  const { tasks } = operation;
  call.err(
    `Running operation ${operation.id} with ${tasks.length} task${tasks.length === 1 ? "" : "s"}\n`,
  );
  for (const task of tasks) {
    const where =
      task.unit === "" ? `machine-${task.machine}` : `unit-${task.unit.replaceAll("/", "-")}`;
    call.err(`  - task ${task.id} on ${where}\n`);
  }
  call.err("\n");
};

const parseParameters = (call: Call, words: string[]): Record<string, unknown> => {
  const result: Record<string, unknown> = {};
  const file = call.flag("params");
  if (file !== undefined) Object.assign(result, mapIn(call.read(file)));
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 0) throw usage(`argument "${word}" must be of the form key.key.key...=value`);
    const path = word.slice(0, at).split(".");
    const wrong = path.find((each) => !/^[a-z0-9](([a-z0-9-]*)[a-z0-9])?$/.test(each));
    if (wrong !== undefined)
      throw usage(
        `key "${wrong}" must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric and hyphens`,
      );
    const text = word.slice(at + 1);
    let here = result;
    for (const step of path.slice(0, -1)) here = (here[step] ??= {}) as Record<string, unknown>;
    here[path.at(-1) ?? ""] = call.on("string-args") ? text : yamlScalar(text);
  }
  return result;
};

const yamlScalar = (text: string): unknown => {
  try {
    return valueIn(text) ?? text;
  } catch {
    return text;
  }
};

export const run = async (call: Call): Promise<number> => {
  const units: string[] = [];
  const rest = [...call.words];
  while (UNIT.test(rest[0] ?? "")) units.push(rest.shift() ?? "");
  const [action, ...pairs] = rest;
  if (units.length === 0) throw usage("no unit specified");
  if (action === undefined) throw usage("no action specified");
  if (call.on("background") && call.flag("wait") !== undefined)
    throw usage("cannot specify both --wait and --background");
  // Files of parameters are opened once there is a connection.
  if (call.flag("params") !== undefined) call.inModel(() => undefined);
  const given = parseParameters(call, pairs);
  if (new Set(units.map((unit) => unit.split("/")[0])).size > 1)
    throw usage("all units must be of the same application");
  const operation = call.inModel((model, rack) => {
    const chosen: Chosen = { units: [], machines: [], problems: [] };
    const subject = `${units.join(" ")} ${action}`;
    if (takeFault(rack, "action-not-scheduled", subject) !== undefined)
      chosen.problems.push(`${units[0] ?? ""}: leadership changed`);
    else for (const name of units) unitFor(call.profile, model, name, chosen);
    const name = units[0]?.split("/")[0] ?? "";
    const application = findApplication(model, name);
    if (application === undefined && call.profile.major === 4)
      throw new JujuError(
        `adding action operation: adding action operation: getting charm UUID for application "${name}": application "${name}" not found`,
      );
    const parameters = checkAction(call, application, action, given, chosen);
    return schedule(rack, model, { summary: "", action, parameters, kind: "action" }, chosen);
  });
  if (operation.tasks.length === 0) return unscheduled(call, operation);
  if (call.on("background")) {
    const [first] = operation.tasks;
    call.err(
      `Scheduled operation ${operation.id} with task ${first?.id ?? ""}\nCheck operation status with 'juju show-operation ${operation.id}'\nCheck task status with 'juju show-task ${first?.id ?? ""}'\n`,
    );
    return 0;
  }
  announce(call, operation);
  for (const task of operation.tasks) call.err(`Waiting for task ${task.id}...\n`);
  const ids = operation.tasks.map((task) => task.id);
  let shown = 0;
  const watch = (tasks: OperationTask[]): void => {
    const lines = tasks.flatMap((task) => task.log);
    for (const { at, text } of lines.slice(shown))
      call.err(`${taskTime(at).slice(11, 19)} ${text}\n`);
    shown = lines.length;
  };
  const end = (): void => (shown > 0 ? call.err("\n") : undefined);
  const tasks = await waitFor(call, ids, seconds(call.flag("wait") ?? "60s"), watch).finally(end);
  return report(call, tasks, false);
};

const checkAction = (
  call: Call,
  application: ReturnType<typeof findApplication>,
  name: string,
  given: Record<string, unknown>,
  chosen: Chosen,
): Record<string, unknown> => {
  if (application === undefined || chosen.units.length === 0) return given;
  const charm = charmOf(application);
  const action = charm.actions?.[name];
  const refuse = (reason: string): void => {
    chosen.units = [];
    chosen.problems.push(reason);
  };
  if (action === undefined) {
    const none = Object.keys(charm.actions ?? {}).length === 0;
    const unit = chosen.units[0]?.name ?? "";
    if (call.profile.unknownAction === "error")
      throw new JujuError(
        none
          ? `no actions defined for charm ${charm.name}. (not found)`
          : `action "${name}" not defined for unit "${unit}". (not found)`,
      );
    refuse(
      none
        ? `no actions defined on charm "ch:amd64/${charm.name}-${application.revision}"`
        : `action "${name}" not defined on unit "${unit}"`,
    );
    return given;
  }
  const wrong = parameterFault(action, given);
  if (wrong !== undefined && call.profile.unknownAction === "error")
    chosen.fault = `cannot run "${name}" action: ${wrong}`;
  else if (wrong !== undefined) refuse(wrong);
  // Juju 4 remembers what was given, not what it stands for.
  return call.profile.major === 4 ? given : withDefaults(action, given);
};
