import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import type { Call } from "../call";
import { JujuError, Said, usage } from "../errors";
import type { Rack } from "../../core/rack";
import { faultArmed, takeFault } from "../../core/faults";
import { charmOf, findApplication, findMachine, findUnit } from "../engine/find";
import { enqueue } from "../engine/hooks";
import { findTask } from "../engine/operations";
import { parameterFault, withDefaults } from "../engine/validate";
import { taskTime } from "../render/time";
import type { Model, Operation, OperationTask, Unit } from "../state";

/** `run` and `exec`, with their exit statuses. */

const DURATION: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };

export const seconds = (text: string): number => {
  let total = 0;
  for (const [, number, unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(number) * (DURATION[unit] ?? 1);
  return text.startsWith("-") ? -total : total;
};

export const taskJson = (call: Call, task: OperationTask): Record<string, unknown> => {
  const timing: Record<string, string> = {};
  if (call.profile.taskCompleted && task.completed !== null)
    timing.completed = taskTime(task.completed);
  timing.enqueued = taskTime(task.enqueued);
  if (task.started !== null) timing.started = taskTime(task.started);
  return {
    id: task.id,
    ...(task.log.length > 0
      ? { log: task.log.map(({ at, text }) => `${taskTime(at)} ${text}`) }
      : {}),
    ...(task.machine !== "" ? { machine: task.machine } : {}),
    ...(task.message !== "" ? { message: task.message } : {}),
    ...(Object.keys(task.results).length > 0 ? { results: task.results } : {}),
    status: task.status,
    timing,
    ...(task.unit !== "" ? { unit: task.unit } : {}),
  };
};

interface Chosen {
  units: Unit[];
  machines: string[];
  /** What could not be scheduled. */
  problems: string[];
}

const unitFor = (model: Model, name: string, chosen: Chosen): void => {
  if (name.endsWith("/leader")) {
    const application = name.slice(0, -"/leader".length);
    const leader = findApplication(model, application)?.units.find((each) => each.leader);
    if (leader === undefined)
      chosen.problems.push(`could not determine leader for "${application}"`);
    else chosen.units.push(leader);
    return;
  }
  const unit = findUnit(model, name);
  if (unit === undefined) chosen.problems.push(`unit "${name}" not found`);
  else chosen.units.push(unit);
};

const schedule = (
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
    const { id } = task(unit.name, "");
    enqueue(unit, { kind: wanted.kind, name: wanted.action, ready: rack.now, task: id });
  }
  for (const id of chosen.machines) {
    const made = task("", id);
    Object.assign(made, {
      status: "completed",
      started: rack.now,
      completed: rack.now,
      results: { "return-code": 0 },
    });
  }
  model.operations.push(operation);
  return operation;
};

const isDone = (task: OperationTask): boolean =>
  !["pending", "running", "aborting"].includes(task.status);

/** Waits for the tasks; gives up after so many virtual seconds. The tasks go on then. */
const waitFor = async (call: Call, ids: string[], patience: number): Promise<OperationTask[]> => {
  const uuid = call.inModel((model) => model.uuid);
  const look = (): { tasks: OperationTask[]; now: number } =>
    call.open((rack) => {
      const model = rack.juju.controllers
        .flatMap((each) => each.models)
        .find((each) => each.uuid === uuid);
      if (model === undefined) throw new JujuError("model was removed");
      const tasks = ids.flatMap((id) => findTask(model, id)?.task ?? []);
      return { tasks, now: rack.now };
    });
  const begun = look().now;
  for (let pause = 0.5; ; pause = Math.min(pause * 1.5, 5)) {
    const { tasks, now } = look();
    const open = tasks.filter((task) => !isDone(task));
    if (open.length === 0) return tasks;
    if ((now - begun) / 1000 >= patience) {
      const names = open.map((task) =>
        task.unit === "" ? `machine ${task.machine}` : `unit ${task.unit}`,
      );
      throw new JujuError(`timed out waiting for results from: ${names.join(", ")}`);
    }
    await call.wait(pause);
  }
};

const failedTasks = (tasks: OperationTask[]): void => {
  const failed = tasks.filter((task) => Number(task.results["return-code"] ?? 0) !== 0);
  if (failed.length === 0) return;
  const lines = failed.map(
    (task) => ` - id "${task.id}" with return code ${String(task.results["return-code"])}`,
  );
  const head = failed.length === 1 ? "the following task failed:" : "the following tasks failed:";
  throw new JujuError(
    `${head}\n${lines.join("\n")}\n\nuse 'juju show-task' to inspect the failure${failed.length > 1 ? "s" : ""}\n`,
    1,
    true,
  );
};

const key = (task: OperationTask): string => (task.unit === "" ? task.machine : task.unit);

const printPlain = (call: Call, tasks: OperationTask[], isExec: boolean): void => {
  const single = tasks.length === 1;
  for (const task of tasks) {
    const { stdout = "", stderr = "", ...rest } = task.results as Record<string, string>;
    delete rest["return-code"];
    if (!single) call.out(`${key(task)}:\n`);
    if (isExec) {
      call.out(`${stdout}${stderr}`);
      continue;
    }
    if (task.status === "failed") call.out(`Action id ${task.id} failed: ${task.message}\n`);
    const values = Object.entries(rest).map(([name, value]) => {
      const text = String(value);
      return text.includes("\n")
        ? `${name}: |-\n${text
            .split("\n")
            .map((line) => `  ${line}`)
            .join("\n")}\n`
        : `${name}: ${/^[{[]|: /.test(text) ? JSON.stringify(text) : text}\n`;
    });
    call.out(`${values.join("")}${stdout}${stderr}\n`);
  }
};

const report = async (call: Call, tasks: OperationTask[], isExec: boolean): Promise<number> => {
  if (call.format === "json") {
    call.json(Object.fromEntries(tasks.map((task) => [key(task), taskJson(call, task)])));
  } else if (call.format === "yaml") {
    const { dump } = await import("js-yaml");
    call.out(dump(Object.fromEntries(tasks.map((task) => [key(task), taskJson(call, task)]))));
  } else printPlain(call, tasks, isExec);
  failedTasks(tasks);
  return 0;
};

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
  if (file !== undefined)
    Object.assign(result, load(readFileSync(call.path(file), "utf8")) as object);
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
    return load(text) ?? text;
  } catch {
    return text;
  }
};

const UNIT = /^[a-z][a-z0-9-]*\/(\d+|leader)$/;

const unscheduled = (call: Call, operation: Operation): number => {
  call.err(`Operation ${operation.id} failed to schedule any tasks:\n${operation.fail}\n`);
  return 0;
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
  const given = parseParameters(call, pairs);
  if (new Set(units.map((unit) => unit.split("/")[0])).size > 1)
    throw usage("all units must be of the same application");
  const operation = call.inModel((model, rack) => {
    const chosen: Chosen = { units: [], machines: [], problems: [] };
    const subject = `${units.join(" ")} ${action}`;
    if (takeFault(rack, "action-not-scheduled", subject) !== undefined)
      chosen.problems.push(`${units[0] ?? ""}: leadership changed`);
    else for (const name of units) unitFor(model, name, chosen);
    const application = findApplication(model, units[0]?.split("/")[0] ?? "");
    const parameters = checkAction(call, application, action, given, chosen);
    if (application !== undefined && faultArmed(rack, "leader-changes", subject) !== undefined)
      changeLeader(rack, application.units);
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
  const tasks = await waitFor(call, ids, seconds(call.flag("wait") ?? "60s"));
  for (const task of tasks)
    for (const { at, text } of task.log) call.err(`${taskTime(at).slice(11, 19)} ${text}\n`);
  return report(call, tasks, false);
};

const changeLeader = (rack: Rack, units: Unit[]): void => {
  const next = units.find((unit) => !unit.leader && unit.stage === 3);
  if (next === undefined || takeFault(rack, "leader-changes", next.name) === undefined) return;
  for (const unit of units) unit.leader = unit === next;
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
  if (wrong !== undefined) refuse(wrong);
  return withDefaults(action, given);
};

const targets = (call: Call): string[] => {
  const list = (name: string): string[] => call.all(name).flatMap((each) => each.split(","));
  const units = list("unit");
  const machines = list("machine");
  const applications = [...list("application"), ...list("app")];
  if (!call.on("all") && units.length + machines.length + applications.length === 0)
    throw usage(
      "You must specify a target, either through --all, --machine, --application or --unit",
    );
  if (call.on("all")) {
    const and = [
      [units, "units"],
      [machines, "machines"],
      [applications, "applications"],
    ].find(([each]) => (each?.length ?? 0) > 0)?.[1];
    if (and !== undefined) throw usage(`You cannot specify --all and individual ${String(and)}`);
  }
  const bad = [
    ...units
      .filter((unit) => !UNIT.test(unit))
      .map((unit) => `  "${unit}" is not a valid unit name`),
    ...machines
      .filter((id) => !/^\d+(\/lxd\/\d+)?$/.test(id))
      .map((id) => `  "${id}" is not a valid machine id`),
    ...applications
      .filter((name) => !/^[a-z][a-z0-9-]*$/.test(name))
      .map((name) => `  "${name}" is not a valid application name`),
  ];
  if (bad.length > 0) throw usage(`The following exec targets are not valid:\n${bad.join("\n")}`);
  return [
    ...units,
    ...machines.map((id) => `machine:${id}`),
    ...applications.map((name) => `app:${name}`),
  ];
};

export const exec = async (call: Call): Promise<number> => {
  if (call.words.length === 0) throw usage("no commands specified");
  const where = targets(call);
  const command = call.words.join(" ");
  const operation = call.inModel((model, rack) => {
    const chosen: Chosen = { units: [], machines: [], problems: [] };
    if (call.on("all")) chosen.machines.push(...model.machines.map((each) => each.id));
    for (const each of where) {
      const [kind, name = ""] = each.includes(":") ? each.split(":") : ["unit", each];
      if (kind === "unit") unitFor(model, name, chosen);
      else if (kind === "machine") {
        if (findMachine(model, name) === undefined)
          chosen.problems.push(`machine ${name} not found`);
        else chosen.machines.push(name);
      } else {
        const application = findApplication(model, name);
        if (application === undefined) throw new JujuError(`application "${name}" not found`);
        chosen.units.push(...application.units);
      }
    }
    return schedule(
      rack,
      model,
      { summary: "", action: command, parameters: {}, kind: "exec" },
      chosen,
    );
  });
  if (operation.tasks.length === 0) return unscheduled(call, operation);
  const ids = operation.tasks.map((task) => task.id);
  const tasks = await waitFor(call, ids, seconds(call.flag("wait") ?? "5m"));
  return report(call, tasks, true);
};

const operationStatus = (operation: Operation): string => {
  const order = ["error", "failed", "aborted", "cancelled", "running", "pending", "completed"];
  return order.find((status) => operation.tasks.some((task) => task.status === status)) ?? "error";
};

const operationJson = (call: Call, operation: Operation): Record<string, unknown> => {
  const ends = operation.tasks.map((task) => task.completed);
  const done = ends.every((end) => end !== null) && ends.length > 0;
  return {
    summary: `${/^[\w-]+$/.test(operation.action) ? "action" : "exec"} "${operation.action}"`,
    status: operationStatus(operation),
    ...(operation.fail === "" ? {} : { error: operation.fail }),
    action: { name: operation.action, parameters: operation.parameters },
    timing: {
      enqueued: taskTime(operation.enqueued),
      ...(done ? { completed: taskTime(Math.max(...ends.map((end) => end ?? 0))) } : {}),
    },
    tasks: Object.fromEntries(
      operation.tasks.map((task) => {
        const rest = taskJson(call, task);
        for (const shownElsewhere of ["id", "unit", "machine"]) delete rest[shownElsewhere];
        return [task.id, { host: key(task), ...rest }];
      }),
    ),
  };
};

const printed = async (call: Call, value: unknown): Promise<number> => {
  const { dump } = await import("js-yaml");
  if (call.format === "json") call.json(value);
  else call.out(dump(value, { lineWidth: -1 }));
  return 0;
};

export const showOperation = async (call: Call): Promise<number> => {
  const [id] = call.words;
  if (id === undefined) throw usage("no operation ID specified");
  if (!/^\d+$/.test(id)) throw usage(`operation ID "${id}" not valid`);
  const find = (model: Model): Operation => {
    const operation = model.operations.find((each) => each.id === id);
    if (operation === undefined) throw new JujuError(`operation "${id}" not found`);
    return operation;
  };
  const wait = call.flag("wait");
  if (wait !== undefined) {
    const ids = call.inModel((model) => find(model).tasks.map((task) => task.id));
    await waitFor(call, ids, seconds(wait)).catch((error: unknown) => {
      if (!(error instanceof JujuError)) throw error;
    });
  }
  return printed(
    call,
    call.inModel((model) => operationJson(call, find(model))),
  );
};

export const operations = async (call: Call): Promise<number> => {
  const shown = call.inModel((model) =>
    Object.fromEntries(model.operations.map((each) => [each.id, operationJson(call, each)])),
  );
  return printed(call, shown);
};

export const showTask = async (call: Call): Promise<number> => {
  const [id] = call.words;
  if (id === undefined) throw usage("no task ID specified");
  const wait = call.flag("wait");
  const look = (): OperationTask =>
    call.inModel((model) => {
      const found = findTask(model, id);
      if (found === undefined) throw new JujuError("id not found");
      return found.task;
    });
  look();
  if (wait !== undefined) {
    await waitFor(call, [id], seconds(wait)).catch((error: unknown) => {
      if (!(error instanceof JujuError)) throw error;
    });
  }
  const task = look();
  if (call.format === "") {
    printPlain(call, [task], false);
    return 0;
  }
  return printed(call, taskJson(call, task));
};

export const cancelTask = (call: Call): number => {
  const ids = call.words;
  if (ids.length === 0) throw usage("no task IDs specified");
  const stuck = call.inModel((model) =>
    ids.filter((id) => {
      const task = findTask(model, id)?.task;
      if (task?.status !== "pending") return true;
      task.status = "cancelled";
      return false;
    }),
  );
  if (stuck.length > 0)
    call.err(
      `WARNING The following tasks could not be canceled:\n${stuck.map((id) => `task: ${id}, error: \n`).join("")}`,
    );
  return 0;
};

export const actions = async (call: Call): Promise<number> => {
  const [name] = call.words;
  if (name === undefined) throw usage("no application name specified");
  const table = call.inModel((model) => {
    const application = findApplication(model, name);
    if (application === undefined) throw new JujuError(`application "${name}" not found`);
    return charmOf(application).actions ?? {};
  });
  const names = Object.keys(table).sort();
  if (call.on("schema"))
    return printed(
      call,
      Object.fromEntries(
        names.map((each) => [
          each,
          {
            additionalProperties: false,
            description: table[each]?.description,
            properties: table[each]?.params ?? {},
            ...(table[each]?.required ? { required: table[each].required } : {}),
            title: each,
            type: "object",
          },
        ]),
      ),
    );
  if (call.format !== "")
    return printed(call, Object.fromEntries(names.map((each) => [each, table[each]?.description])));
  const { table: columns } = await import("../render/tabular");
  call.out(
    columns([
      ["Action", "Description"],
      ...names.map((each) => [each, table[each]?.description ?? ""]),
    ]),
  );
  return 0;
};

export const showStatusLog = (call: Call): number => {
  const unit = call.inModel((model) => findUnit(model, call.words[0] ?? ""));
  if (unit === undefined) throw new Said(1);
  call.json([
    {
      status: unit.workload.current,
      message: unit.workload.message,
      since: new Date(unit.workload.since).toISOString(),
      type: "workload",
    },
    {
      status: unit.agent.current,
      message: unit.agent.message,
      since: new Date(unit.agent.since).toISOString(),
      type: "juju-unit",
    },
  ]);
  return 0;
};
