import { JujuError } from "../errors";
import type { Call } from "../call";
import { taskTime } from "../render/time";
import type { OperationTask } from "../state";

/** How the results of tasks are shown, and the exit status that they mean. */

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

export const key = (task: OperationTask): string => (task.unit === "" ? task.machine : task.unit);

export const printPlain = (call: Call, tasks: OperationTask[], isExec: boolean): void => {
  const single = tasks.length === 1;
  for (const task of tasks) {
    const { stdout = "", stderr = "", ...rest } = task.results as Record<string, string>;
    delete rest["return-code"];
    if (!single) call.out(`${key(task)}:\n`);
    if (isExec) {
      call.out(`${stdout}${stderr}`);
      continue;
    }
    if (task.status === "failed") call.out(`Action id ${task.id} failed: ${task.message}\n\n`);
    const values = Object.entries(rest).map(([name, value]) => {
      const text = String(value);
      return text.includes("\n")
        ? `${name}: |-\n${text
            .split("\n")
            .map((line) => `  ${line}`)
            .join("\n")}\n`
        : `${name}: ${/^[{[]|: /.test(text) ? JSON.stringify(text) : text}\n`;
    });
    const said = `${values.join("")}${stdout}${stderr}`;
    if (said !== "" || task.status !== "failed")
      call.out(said.endsWith("\n") && stdout + stderr !== "" ? said : `${said}\n`);
  }
};

export const report = async (
  call: Call,
  tasks: OperationTask[],
  isExec: boolean,
): Promise<number> => {
  if (call.format === "json" || call.format === "yaml")
    await call.show(Object.fromEntries(tasks.map((task) => [key(task), taskJson(call, task)])));
  else printPlain(call, tasks, isExec);
  failedTasks(tasks);
  return 0;
};
