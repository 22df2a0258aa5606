import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { findTask, writeLogs } from "../engine/operations";
import { taskTime } from "../render/time";
import type { Model, Operation, OperationTask } from "../state";
import { key, printPlain, taskJson } from "./results";
import { seconds, waitFor } from "./tasks";

/** Operations that have been begun: looked at, waited for, cancelled. */

const operationStatus = (operation: Operation): string => {
  const order = ["error", "failed", "aborted", "cancelled", "running", "pending", "completed"];
  return order.find((status) => operation.tasks.some((task) => task.status === status)) ?? "error";
};

const operationJson = (call: Call, operation: Operation): Record<string, unknown> => {
  const ends = operation.tasks.map((task) => task.completed);
  const isFour = call.profile.major === 4;
  const done = ends.every((end) => end !== null) && ends.length > 0;
  return {
    summary: `${/^[\w-]+$/.test(operation.action) ? "action" : "exec"} "${operation.action}"`,
    status: operationStatus(operation),
    ...(operation.fail === "" || isFour ? {} : { error: operation.fail }),
    ...(operation.tasks.length === 0 && isFour
      ? {}
      : { action: { name: operation.action, parameters: operation.parameters } }),
    timing: {
      enqueued: taskTime(operation.enqueued),
      ...(done ? { completed: taskTime(Math.max(...ends.map((end) => end ?? 0))) } : {}),
    },
    ...(operation.tasks.length === 0 && isFour
      ? {}
      : {
          tasks: Object.fromEntries(
            operation.tasks.map((task) => {
              const rest = taskJson(call, task);
              for (const elsewhere of ["id", "unit", "machine", ...(isFour ? ["results"] : [])])
                delete rest[elsewhere];
              return [task.id, { host: key(task), ...rest }];
            }),
          ),
        }),
  };
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
  return call.show(
    call.inModel((model, rack) => {
      writeLogs(rack, model);
      return operationJson(call, find(model));
    }),
  );
};

export const operations = async (call: Call): Promise<number> => {
  const wanted = [...call.all("apps"), ...call.all("applications")].flatMap((each) =>
    each.split(","),
  );
  const isWanted = (operation: Operation): boolean =>
    wanted.length === 0 ||
    operation.tasks.some((task) => wanted.includes(task.unit.split("/")[0] ?? ""));
  const shown = call.inModel((model, rack) => {
    writeLogs(rack, model);
    return Object.fromEntries(
      model.operations.filter(isWanted).map((each) => [each.id, operationJson(call, each)]),
    );
  });
  return call.show(shown);
};

export const showTask = async (call: Call): Promise<number> => {
  const [id] = call.words;
  if (id === undefined) throw usage("no task ID specified");
  const wait = call.flag("wait");
  const look = (): OperationTask =>
    call.inModel((model, rack) => {
      writeLogs(rack, model);
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
  return call.show(taskJson(call, task));
};

export const cancelTask = (call: Call): number => {
  const ids = call.words;
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
