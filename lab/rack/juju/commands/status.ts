import type { Call } from "../call";
import { JujuError } from "../errors";
import { findMachine } from "../engine/find";
import { MACHINE_HEAD, machineRows, statusTable, table } from "../render/tabular";
import { relationRows } from "../render/relations";
import { storageRows } from "../render/storage";
import { StatusView, type Shown } from "../render/status";
import type { Application, JujuMachine, Model } from "../state";

const asPattern = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);

/** What the patterns choose: applications, units, machines or states. */
const choose = (
  model: Model,
  patterns: string[],
): { applications: Application[]; machines: JujuMachine[] } => {
  if (patterns.length === 0) return { applications: model.applications, machines: model.machines };
  const tests = patterns.map(asPattern);
  const hit = (text: string): boolean => tests.some((test) => test.test(text));
  const applications = model.applications.flatMap((application) => {
    const units = application.units.filter(
      (unit) => hit(unit.name) || hit(unit.workload.current) || hit(unit.agent.current),
    );
    if (hit(application.name)) return [application];
    return units.length > 0 ? [{ ...application, units }] : [];
  });
  const used = new Set(
    applications.flatMap((each) => each.units.map((unit) => unit.machine.split("/")[0])),
  );
  const machines = model.machines.filter((each) => used.has(each.id.split("/")[0]) || hit(each.id));
  return { applications, machines };
};

/** YAML leaves out what JSON shows empty. */
const withoutEmpty = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, each]) => key !== "modification-status" || Object.keys(each as object).length > 0,
      )
      .map(([key, each]) => [key, withoutEmpty(each)]),
  );
};

const printed = async (call: Call, value: Shown, tabular: () => string): Promise<void> => {
  const { goYaml } = await import("../render/yaml");
  const { oneline, summary } = await import("../render/brief");
  if (call.format === "json") call.json(value);
  else if (call.format === "yaml") call.out(goYaml(withoutEmpty(value)));
  else if (/^(oneline|line|short)$/.test(call.format)) call.out(oneline(value));
  else if (call.format === "summary") call.out(summary(value));
  else call.out(tabular());
};

export const status = async (call: Call): Promise<number> => {
  const { document, now, relations, storage, empty, matched, name } = call.inModel(
    (model, rack, controller) => {
      const view = new StatusView(rack, controller, model, call.on("utc"));
      const { applications, machines } = choose(model, call.words);
      return {
        document: view.document(applications, machines),
        now: rack.now,
        storage: call.on("storage") ? storageRows(model, true) : [],
        relations:
          call.on("relations") || call.on("integrations")
            ? relationRows(rack, model, call.profile.relationWord)
            : [],
        empty: model.machines.length === 0 && model.applications.length === 0,
        matched: applications.length + machines.length > 0,
        name: model.name,
      };
    },
  );
  if (call.words.length > 0 && !matched) {
    call.err("Nothing matched specified filter.\n");
  } else if (empty) {
    call.err(
      call.format === "json" ? `\nModel "${name}" is empty.\n` : `\nModel "${name}" is empty.\n`,
    );
  }
  if (call.format === "json") call.json(document);
  else await printed(call, document, () => statusTable(document, now, relations, storage));
  return 0;
};

export const machines = async (call: Call): Promise<number> => {
  const document = call.inModel((model, rack, controller) => {
    const view = new StatusView(rack, controller, model, call.on("utc"));
    const shown = view.document().machines;
    return { model: model.name, machines: shown };
  });
  await printed(call, document, () => table([MACHINE_HEAD, ...machineRows(document.machines)]));
  return 0;
};

export const showMachine = async (call: Call): Promise<number> => {
  const document = call.inModel((model, rack, controller) => {
    const view = new StatusView(rack, controller, model, call.on("utc"));
    const found = call.words.map((id) => {
      const machine = findMachine(model, id);
      if (machine === undefined) throw new JujuError(`machine ${id} not found`);
      return [id, view.machine(machine)] as const;
    });
    return { model: model.name, machines: Object.fromEntries(found) };
  });
  await printed(call, document, () => table([MACHINE_HEAD, ...machineRows(document.machines)]));
  return 0;
};
