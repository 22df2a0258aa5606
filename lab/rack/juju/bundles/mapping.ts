import { findApplication, findMachine, hostOf, isContainer } from "../engine/find";
import { JujuError } from "../errors";
import { compareText, naturally } from "../render/order";
import type { Model, Unit } from "../state";
import type { Bundle } from "./read";

/** Which machines of a model stand for the machines of a bundle. */

export interface MachineMap {
  /** Machines of the model stand for those of the bundle with the same number. */
  mapExisting: boolean;
  /** Bundle's machine → model's machine, as the caller says. */
  map: Record<string, string>;
}

const split = (place: string): { container: boolean; target: string } => {
  const [kind, target] = place.includes(":") ? place.split(":") : ["", place];
  return { container: kind === "lxd", target: target ?? "" };
};

const isOn = (unit: Unit, machine: string, container: boolean): boolean =>
  container
    ? isContainer(unit.machine) && hostOf(unit.machine) === machine
    : unit.machine === machine;

/** What the caller says; machines that are not there stand for nothing. */
const given = (model: Model, { map, mapExisting }: MachineMap): Map<string, string> => {
  const own = model.machines.filter(({ id }) => mapExisting && !isContainer(id));
  const all = { ...Object.fromEntries(own.map(({ id }) => [id, id])), ...map };
  return new Map(
    Object.entries(all).filter(([, machine]) => findMachine(model, machine) !== undefined),
  );
};

/**
 * The caller's mapping and what can be concluded: a machine with the same number that already has the unit that is to
 * be placed there, then the machine of the next unit that nothing has been concluded from.
 */
export const mapMachines = (
  model: Model,
  bundle: Bundle,
  options: MachineMap,
): Map<string, string> => {
  const mapping = given(model, options);
  const taken = new Set(mapping.values());
  const names = Object.keys(bundle.applications).sort(compareText);
  const left = new Map<string, Unit[]>();
  const open = new Map<string, string[]>();
  for (const name of names) {
    const units = [...(findApplication(model, name)?.units ?? [])].sort((a, b) =>
      naturally(a.name, b.name),
    );
    const free = units.filter((unit) => !taken.has(hostOf(unit.machine)));
    left.set(name, free);
    const unused = (bundle.applications[name]?.to ?? []).filter((place) => {
      const { container, target } = split(place);
      const unit = units.find((each) => isOn(each, target, container));
      if (mapping.has(target) || !/^\d+$/.test(target) || unit === undefined) return true;
      mapping.set(target, target);
      taken.add(target);
      left.set(
        name,
        free.filter((each) => each !== unit),
      );
      return false;
    });
    open.set(name, unused);
  }
  for (const id of Object.keys(bundle.machines).sort(naturally)) {
    if (mapping.has(id)) continue;
    for (const name of names) {
      const [unit, ...rest] = left.get(name) ?? [];
      const wanted = open.get(name)?.some((place) => split(place).target === id) === true;
      if (!wanted || unit === undefined || taken.has(hostOf(unit.machine))) continue;
      mapping.set(id, hostOf(unit.machine));
      left.set(name, rest);
      break;
    }
  }
  return mapping;
};

/** A machine that would be added and get nothing to do: the mapping must have missed one. */
export const refuseUnused = (
  model: Model,
  bundle: Bundle,
  mapping: ReadonlyMap<string, string>,
): void => {
  const used = new Set(
    Object.entries(bundle.applications).flatMap(([name, spec]) => {
      const units = findApplication(model, name)?.units ?? [];
      const have = units.filter((unit) => unit.life === "alive").length;
      const to = spec?.to ?? [];
      return Array.from(
        { length: Math.max(0, (spec.num_units ?? 0) - have) },
        (_none, index) => split(to[have + index] ?? to.at(-1) ?? "").target,
      );
    }),
  );
  const id = Object.keys(bundle.machines)
    .sort(naturally)
    .find((each) => !mapping.has(each) && !used.has(each));
  if (id === undefined) return;
  const referred = new Set(Object.keys(bundle.machines).flatMap((each) => mapping.get(each) ?? []));
  const targets = model.machines
    .map((each) => each.id)
    .filter((each) => !referred.has(each))
    .sort(naturally)
    .map((each) => `"${each}"`);
  const perhaps =
    targets.length === 0
      ? ""
      : targets.length === 1
        ? `, perhaps to unreferenced model machine ${targets[0] ?? ""}`
        : `, perhaps to one of model machines [${targets.join(", ")}]`;
  const hosted = Object.keys(bundle.applications)
    .filter((name) => (bundle.applications[name]?.to ?? []).includes(id))
    .sort(naturally);
  const should = hosted.length === 0 ? "" : ` - the target should host [${hosted.join(", ")}]`;
  throw new JujuError(
    `cannot deploy bundle: bundle and machine mapping are inconsistent: need an explicit entry mapping bundle machine "${id}"${perhaps}${should}`,
  );
};
