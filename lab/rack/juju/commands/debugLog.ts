import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { allUnits } from "../engine/find";
import type { Model, Unit } from "../state";

/** What the agents of a model have logged last: the rack keeps no older lines. */

interface Line {
  at: number;
  entity: string;
  level: string;
  module: string;
  text: string;
}

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"];

const linesOf = (unit: Unit): Line[] => {
  const entity = `unit-${unit.name.replaceAll("/", "-")}`;
  const failed = unit.failed === null ? undefined : unit.failed.task.name;
  const lines: Line[] = [
    {
      at: unit.workload.since,
      entity,
      level: "INFO",
      module: `unit.${unit.name}.juju-log`,
      text: unit.workload.message === "" ? unit.workload.current : unit.workload.message,
    },
  ];
  if (unit.agent.current === "executing")
    lines.push({
      at: unit.agent.since,
      entity,
      level: "INFO",
      module: "juju.worker.uniter",
      text: unit.agent.message,
    });
  if (failed !== undefined)
    lines.push({
      at: unit.workload.since,
      entity,
      level: "ERROR",
      module: "juju.worker.uniter.operation",
      text: `hook "${failed}" (via hook dispatching script: dispatch) failed: exit status 1`,
    });
  return lines;
};

const machinesOf = (model: Model): Line[] =>
  model.machines
    .filter((each) => each.agent.current === "started")
    .map((each) => ({
      at: each.agent.since,
      entity: `machine-${each.id.replaceAll("/", "-")}`,
      level: "INFO",
      module: "juju.worker.apicaller",
      text: "connected to the controller",
    }));

const chosen = (call: Call, line: Line): boolean => {
  const hits = (flag: string): boolean =>
    call.all(flag).some((word) => {
      const entity = word.replaceAll("/", "-").replace(/\*$/, "");
      return (
        line.entity === entity || line.entity.replace(/^(unit|machine)-/, "").startsWith(entity)
      );
    });
  const least = LEVELS.indexOf((call.flag("level") ?? "TRACE").toUpperCase());
  return (
    LEVELS.indexOf(line.level) >= least &&
    (call.all("include").length === 0 || hits("include")) &&
    !(call.all("exclude").length > 0 && hits("exclude"))
  );
};

const shown = (call: Call, line: Line): string => {
  const stamp = new Date(line.at).toISOString();
  const date = call.on("date") ? `${stamp.slice(0, 10)} ` : "";
  const time = call.on("ms") ? stamp.slice(11, 23) : stamp.slice(11, 19);
  return `${line.entity}: ${date}${time} ${line.level} ${line.module} ${line.text}\n`;
};

const last = (call: Call): number => {
  const count = Number(call.flag("limit") ?? call.flag("lines") ?? 0);
  if (count > 0) return count;
  return call.on("replay") ? Infinity : 10;
};

/** `juju debug-log`. It ends with the last line also where the real one would wait for more. */
export const debugLog = (call: Call): number => {
  const lines = call.inModel((model: Model, _rack: Rack) =>
    [...machinesOf(model), ...allUnits(model).flatMap(linesOf)]
      .filter((line) => chosen(call, line))
      .sort((a, b) => a.at - b.at),
  );
  const count = last(call);
  const picked = count === Infinity ? lines : lines.slice(-count);
  if (call.format === "json") {
    for (const { at, entity, level, module, text } of picked)
      call.json({ entity, timestamp: new Date(at).toISOString(), level, module, message: text });
  } else call.out(picked.map((line) => shown(call, line)).join(""));
  return 0;
};
