import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import type { Application, Model, Relation, RelationEnd, Remote, Unit } from "../state";
import { playedBy } from "../profile";
import type { Charm } from "../../charms/types";
import { refuseUnknown } from "./bindings";
import { definitionOf, type Resolved } from "./charms";
import { machineConstraints, mergeConstraints } from "./constraints";
import { charmOf, endpointsOf, findApplication, findMachine, findUnit, settingOf } from "./find";
import { consumedEndpoints, relateModels } from "./crossModel";
import { meetAll } from "./hooks";
import { remotesOf } from "./offers";
import { addMachine, newContainerId, newMachineId } from "./machines";
import { addSubordinates, addUnit } from "./units";

const defaultSpace = (model: Model): string => {
  const configured = String(settingOf(model, "default-space") ?? "");
  return configured === "" ? "alpha" : configured;
};

/** A principal keeps the architecture it was deployed for. */
const ownConstraints = (charm: Charm, given: string): string =>
  charm.subordinate === true ? given : mergeConstraints("arch=amd64", given);

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
    throw new JujuError(playedBy(rack).words.applicationExists(name));
  const { charm, channel, revision, base, origin } = resolved;
  refuseUnknown(rack, charm, name, wanted.bindings ?? {});
  const application: Application = {
    name,
    charm: charm.name,
    channel,
    revision,
    base,
    origin,
    ...definitionOf(resolved),
    subordinate: charm.subordinate === true,
    life: "alive",
    created: rack.now,
    exposed: {},
    constraints: ownConstraints(charm, wanted.constraints ?? ""),
    options: wanted.options ?? {},
    bindings: { "": defaultSpace(model), ...wanted.bindings },
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
  const own = application.subordinate ? "arch=amd64" : application.constraints;
  const constraints = machineConstraints(rack, model, own);
  const fresh = (extra = ""): string => {
    const id = newMachineId(model);
    addMachine(rack, model, id, { base: application.base, constraints, placement: extra });
    return id;
  };
  const [kind, target = ""] = placement.includes(":") ? placement.split(":") : ["", placement];
  if (kind === "lxd" || placement === "lxd") {
    const host = placement === "lxd" || target === "new" ? fresh() : existing(rack, model, target);
    const id = newContainerId(model, host);
    addMachine(rack, model, id, { base: application.base, constraints });
    return id;
  }
  if (kind !== "") throw new JujuError(`invalid placement scope "${kind}"`);
  refuseProviderPlacement(rack, model, target, "making unit args: ");
  if (target === "" || target === "new") return fresh();
  if (/^\d+(\/lxd\/\d+)?$/.test(target)) return existing(rack, model, target);
  const known = target.includes("=") || rack.maas.machines.some((each) => each.hostname === target);
  if (!known) throw new JujuError(`invalid placement directive "${target}"`);
  return fresh(target);
};

const existing = (rack: Rack, model: Model, target: string): string => {
  const unit = findUnit(model, target);
  if (unit !== undefined) return unit.machine;
  if (findMachine(model, target) === undefined)
    throw new JujuError(playedBy(rack).words.noMachineForUnit(target));
  return target;
};

/** Some versions take what is meant for the provider for the name of a container type. */
export const refuseProviderPlacement = (
  rack: Rack,
  model: Model,
  target: string,
  before = "",
): void => {
  if (playedBy(rack).providerPlacement || target === "" || target === "new") return;
  if (/^\d+(\/lxd\/\d+)?$/.test(target)) return;
  throw new JujuError(`${before}invalid placement: invalid container type "${model.uuid}"`);
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

interface Endpoints {
  interface: string;
  role: "provides" | "requires" | "peers";
  container?: boolean;
}

const consumed = (
  rack: Rack,
  remote: Remote,
  endpoint: string | undefined,
): [string, Endpoints][] => {
  const known = consumedEndpoints(rack, remote);
  if (endpoint !== undefined && !(endpoint in known))
    throw new JujuError(`saas application "${remote.name}" has no "${endpoint}" relation`);
  return Object.entries(known);
};

const candidates = (rack: Rack, model: Model, left: string, right: string): Candidate[] => {
  const split = (text: string): [string, string | undefined] => {
    const [application = "", endpoint] = text.split(":");
    return [application, endpoint];
  };
  const [[nameA, endpointA], [nameB, endpointB]] = [split(left), split(right)];
  const { words } = playedBy(rack);
  const of = (name: string, endpoint: string | undefined) => {
    const application = findApplication(model, name);
    const shown = endpoint === undefined ? name : `${name}:${endpoint}`;
    const remote = remotesOf(model).find((each) => each.name === name);
    if (application === undefined && remote !== undefined) return consumed(rack, remote, endpoint);
    if (application === undefined) throw new JujuError(words.noEndpoint(left, right, shown, true));
    const endpoints: Record<string, Endpoints> = endpointsOf(charmOf(application));
    if (endpoint !== undefined && !(endpoint in endpoints))
      throw new JujuError(words.noEndpoint(left, right, shown, false));
    return Object.entries(endpoints);
  };
  const found: Candidate[] = [];
  for (const [a, x] of of(nameA, endpointA)) {
    if (endpointA !== undefined && a !== endpointA) continue;
    for (const [b, y] of of(nameB, endpointB)) {
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

/** Is there a relation between exactly these, both written with their endpoints? */
export const hasRelation = (model: Model, left: string, right: string): boolean => {
  const wanted = [left, right].sort().join(" ");
  return model.relations.some(({ ends }) => ends.map(text).sort().join(" ") === wanted);
};

export const relate = (rack: Rack, model: Model, left: string, right: string): Relation => {
  const found = candidates(rack, model, left, right);
  const [first] = found;
  const { words } = playedBy(rack);
  if (first === undefined) throw new JujuError(words.incompatible(left, right));
  if (found.length > 1) {
    const choices = found.map(({ a, b }) => `"${text(a)} ${text(b)}"`).join("; ");
    throw new JujuError(`ambiguous relation: "${left} ${right}" could refer to ${choices}`);
  }
  if (findRelation(model, text(first.a), text(first.b)) !== undefined) {
    throw new JujuError(words.relationExists(text(first.a), text(first.b)));
  }
  const far = [first.a, first.b].find(
    (end) => findApplication(model, end.application) === undefined,
  );
  if (far !== undefined) {
    const local = far === first.a ? first.b : first.a;
    return relateModels(rack, model, { local, consumed: far }, first.interface);
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
