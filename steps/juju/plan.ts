/** Decisions about a bundle and the model it is deployed to. Pure. */
import { expectedUnits } from "../../bundle/topology";
import type { BundleSpec } from "../specs";
import type { Status } from "./shapes";

export interface MachinePlan {
  /** Machine of the model for each machine of the bundle that has one. */
  mapped: Record<string, string>;
  /** Machines of the bundle that must be added, in order. */
  missing: string[];
}

/**
 * Matches the bundle's machines with the model's: first by the units that are placed there already, then machines without
 * any unit, which a killed run may have left. Juju itself would not find those and would add others.
 */
export function planMachines(bundle: BundleSpec, status: Status): MachinePlan {
  const mapped: Record<string, string> = {};
  const taken = new Set<string>();
  const map = (id: string, machine: string): void => {
    mapped[id] = machine;
    taken.add(machine);
  };
  const ids = Object.keys(bundle.machines);
  for (const [name, { to }] of Object.entries(bundle.applications)) {
    const units = Object.entries(status.applications[name]?.units ?? {}).sort(byUnitNumber);
    for (const [index, [, unit]] of units.entries()) {
      const id = to?.[index]?.split(":").at(-1);
      const host = unit.machine?.split("/")[0];
      if (id === undefined || host === undefined || !ids.includes(id)) continue;
      if (mapped[id] === undefined && !taken.has(host)) map(id, host);
    }
  }
  const used = new Set(
    Object.values(status.applications).flatMap(({ units }) =>
      Object.values(units ?? {}).map(({ machine }) => machine?.split("/")[0] ?? ""),
    ),
  );
  const empty = Object.entries(status.machines)
    .filter(([machine]) => !used.has(machine) && !taken.has(machine))
    .sort(([a], [b]) => Number(a) - Number(b));
  for (const id of ids.filter((id) => mapped[id] === undefined)) {
    const wanted = constraintSet(bundle.machines[id]?.constraints);
    const found = empty.find(
      ([machine, facts]) => !taken.has(machine) && constraintSet(facts.constraints) === wanted,
    );
    if (found) map(id, found[0]);
  }
  return { mapped, missing: ids.filter((id) => mapped[id] === undefined) };
}

function byUnitNumber([a]: [string, unknown], [b]: [string, unknown]): number {
  return Number(a.split("/").at(-1)) - Number(b.split("/").at(-1));
}

/** Constraints are a set of words; Juju prints them in its own order. */
function constraintSet(text: string | undefined): string {
  return (text ?? "").split(/\s+/).filter(Boolean).sort().join(" ");
}

/** The value of `--map-machines`. */
export function mapMachines(mapped: Record<string, string>): string {
  return ["existing", ...Object.entries(mapped).map(([id, machine]) => `${id}=${machine}`)].join(
    ",",
  );
}

/** What `juju deploy --dry-run` says it would do. */
export interface DryRun {
  /** Existing applications whose options would change. */
  options: string[];
  /** Everything else. */
  changes: string[];
}

export function readDryRun(stdout: string): DryRun {
  const lines = stdout
    .split("\n")
    .filter((line) => line.startsWith("- "))
    .map((line) => line.slice(2).trim());
  const option = /^set application options for (\S+)$/;
  return {
    options: lines.flatMap((line) => option.exec(line)?.[1] ?? []),
    // `expose` is listed at every deploy, whether it is done or not.
    changes: lines.filter((line) => !option.test(line) && !/^expose /.test(line)),
  };
}

type Options = Record<string, string | number | boolean>;

/** The options, as texts, that differ from what the application has. */
export function optionChanges(
  wanted: Options,
  now: Record<string, { value?: unknown }>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([key, value]) => !same(value, now[key]?.value))
      .map(([key, value]) => [key, String(value)]),
  );
}

function same(wanted: string | number | boolean, now: unknown): boolean {
  if (now === undefined || now === null) return wanted === "";
  if (typeof now !== "string" && typeof now !== "number" && typeof now !== "boolean") return false;
  return String(now) === String(wanted);
}

/** Applications with more units than the bundle asks for, in words. Nothing of them is removed. */
export function surplus(bundle: BundleSpec, status: Status): string[] {
  return Object.entries(expectedUnits(bundle)).flatMap(([name, count]) => {
    const application = status.applications[name];
    const units = Object.keys(application?.units ?? {}).length;
    const principal = !application?.["subordinate-to"]?.length;
    return principal && units > count
      ? [`${name} has ${units} units, ${count} are configured`]
      : [];
  });
}

/** Relations that `bundle` names and an application that it needs lacks in the bundle: an error of the configuration. */
export function danglingRelations(bundle: BundleSpec): string[] {
  return bundle.relations
    .flat()
    .filter((end) => bundle.applications[end.split(":")[0] ?? ""] === undefined);
}
