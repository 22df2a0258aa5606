import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import type { Application, Model, Relation, RelationEnd, Unit } from "../state";
import type { Resolved } from "./charms";
import { mergeConstraints } from "./constraints";
import { charmOf, endpointsOf, findApplication, findMachine, findUnit } from "./find";
import { meetAll } from "./hooks";
import { addMachine, newContainerId, newMachineId } from "./machines";
import { addSubordinates, addUnit } from "./units";

export const defaultSpace = (rack: Rack, model: Model): string => {
  const configured = String(model.config["default-space"] ?? "");
  if (configured !== "") return configured;
  return rack.maas.spaces.length > 0 ? "alpha" : "alpha";
};

export interface NewApplication {
  name: string;
  resolved: Resolved;
  constraints?: string;
  options?: Record<string, string | number | boolean>;
  bindings?: Record<string, string>;
  trust?: boolean;
}

export const addApplication = (rack: Rack, model: Model, wanted: NewApplication): Application => {
  const { name, resolved } = wanted;
  if (findApplication(model, name) !== undefined)
    throw new JujuError(`cannot add application "${name}": application already exists`);
  const { charm, channel, revision, base, origin } = resolved;
  const application: Application = {
    name,
    charm: charm.name,
    channel,
    revision,
    base,
    origin,
    subordinate: charm.subordinate === true,
    life: "alive",
    created: rack.now,
    exposed: false,
    constraints: wanted.constraints ?? "",
    options: wanted.options ?? {},
    bindings: { "": defaultSpace(rack, model), ...wanted.bindings },
    trust: wanted.trust === true,
    flags: [],
    units: [],
    nextUnit: model.unitNumbers[name] ?? 0,
  };
  model.applications.push(application);
  for (const [endpoint, peer] of Object.entries(charm.peers ?? {})) {
    model.relations.push({
      id: model.nextRelation++,
      interface: peer.interface,
      container: false,
      ends: [{ application: name, endpoint }],
    });
  }
  return application;
};

/** The machine for a unit, made if need be. `placement` as for `--to`; empty = a new machine. */
export const placeOn = (
  rack: Rack,
  model: Model,
  application: Application,
  placement: string,
): string => {
  const constraints = mergeConstraints(model.constraints, application.constraints);
  const fresh = (extra = ""): string => {
    const id = newMachineId(model);
    addMachine(rack, model, id, { base: application.base, constraints, placement: extra });
    return id;
  };
  const [kind, target = ""] = placement.includes(":") ? placement.split(":") : ["", placement];
  if (kind === "lxd" || placement === "lxd") {
    const host = placement === "lxd" || target === "new" ? fresh() : existing(model, target);
    const id = newContainerId(model, host);
    addMachine(rack, model, id, { base: application.base, constraints });
    return id;
  }
  if (kind !== "") throw new JujuError(`invalid placement scope "${kind}"`);
  if (target === "" || target === "new") return fresh();
  if (/^\d+(\/lxd\/\d+)?$/.test(target)) return existing(model, target);
  const known = target.includes("=") || rack.maas.machines.some((each) => each.hostname === target);
  if (!known) throw new JujuError(`invalid placement directive "${target}"`);
  return fresh(target);
};

const existing = (model: Model, target: string): string => {
  const unit = findUnit(model, target);
  if (unit !== undefined) return unit.machine;
  if (findMachine(model, target) === undefined) throw new JujuError(`machine ${target} not found`);
  return target;
};

export const addUnits = (
  rack: Rack,
  model: Model,
  application: Application,
  count: number,
  placements: string[],
): Unit[] =>
  Array.from({ length: count }, (_none, index) =>
    addUnit(rack, model, application, placeOn(rack, model, application, placements[index] ?? "")),
  );

interface Candidate {
  a: RelationEnd;
  b: RelationEnd;
  interface: string;
  container: boolean;
}

const candidates = (model: Model, left: string, right: string): Candidate[] => {
  const split = (text: string): [string, string | undefined] => {
    const [application = "", endpoint] = text.split(":");
    return [application, endpoint];
  };
  const [[nameA, endpointA], [nameB, endpointB]] = [split(left), split(right)];
  const of = (name: string) => {
    const application = findApplication(model, name);
    if (application === undefined) throw new JujuError(`application "${name}" not found`);
    return Object.entries(endpointsOf(charmOf(application)));
  };
  const found: Candidate[] = [];
  for (const [a, x] of of(nameA)) {
    if (endpointA !== undefined && a !== endpointA) continue;
    for (const [b, y] of of(nameB)) {
      if (endpointB !== undefined && b !== endpointB) continue;
      const roles = [x.role, y.role].sort().join();
      if (roles !== "provides,requires" || x.interface !== y.interface) continue;
      found.push({
        a: { application: nameA, endpoint: a },
        b: { application: nameB, endpoint: b },
        interface: x.interface,
        container: x.container === true || y.container === true,
      });
    }
  }
  // Endpoints that every charm has are chosen only where nothing else fits.
  const explicit = found.filter(
    ({ a, b }) => a.endpoint !== "juju-info" && b.endpoint !== "juju-info",
  );
  return explicit.length > 0 ? explicit : found;
};

const text = (end: RelationEnd): string => `${end.application}:${end.endpoint}`;

export const findRelation = (model: Model, left: string, right: string): Relation | undefined => {
  const fits = (end: RelationEnd, wanted: string): boolean =>
    text(end) === wanted || end.application === wanted;
  return model.relations.find(
    ({ ends: [a, b] }) =>
      a !== undefined &&
      b !== undefined &&
      ((fits(a, left) && fits(b, right)) || (fits(a, right) && fits(b, left))),
  );
};

export const relate = (rack: Rack, model: Model, left: string, right: string): Relation => {
  const found = candidates(model, left, right);
  const [first] = found;
  if (first === undefined) throw new JujuError("no relations found");
  if (found.length > 1) {
    const choices = found.map(({ a, b }) => `"${text(a)} ${text(b)}"`).join("; ");
    throw new JujuError(`ambiguous relation: "${left} ${right}" could refer to ${choices}`);
  }
  if (findRelation(model, text(first.a), text(first.b)) !== undefined) {
    const names = `${text(first.a)} ${text(first.b)}`;
    throw new JujuError(
      `cannot add relation "${names}": relation ${names} already exists (already exists)\n\nUse 'juju status --relations' to view the current relations.`,
    );
  }
  const relation: Relation = {
    id: model.nextRelation++,
    interface: first.interface,
    container: first.container,
    ends: [first.a, first.b],
  };
  model.relations.push(relation);
  for (const end of relation.ends) {
    const application = findApplication(model, end.application);
    for (const unit of application?.units ?? []) addSubordinates(rack, model, application!, unit);
  }
  meetAll(rack, model, relation);
  return relation;
};
