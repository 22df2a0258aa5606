import { isExposed } from "../engine/expose";
import { findMachine } from "../engine/find";
import { modelState } from "../engine/mishaps";
import { overall } from "../render/status";
import { naturally } from "../render/order";
import type { Rack } from "../../core/rack";
import type { Application, JujuMachine, Model, Unit } from "../state";
import { NoIdentifier } from "./problems";
import { bool, integer, type Scope, text, type Value } from "./values";

/** What `juju wait-for` can be asked about a model, an application, a unit or a machine. */

export type Things = "applications" | "units" | "machines";

/** Which names a query has looked at: they are shown when it has come true. */
export class Seen {
  readonly names = new Set<string>();
  readonly children = new Map<Things, Map<string, Seen>>();

  child(things: Things, name: string): Seen {
    const known = this.children.get(things) ?? new Map<string, Seen>();
    this.children.set(things, known);
    const found = known.get(name) ?? new Seen();
    known.set(name, found);
    return found;
  }
}

type Facts = Record<string, () => Value>;

/** Names that are offered in place of a wrong one; some of them Juju itself does not know either. */
const NAMES = {
  ApplicationInfo:
    "charm-url exposed life machines min-units model-uuid name owner-tag subordinate units workload-version",
  MachineInfo:
    "base container-type has-vote hostname id instance-id life model-uuid supported-containers-known wants-vote",
  ModelInfo: "applications controller-uuid is-controller life machines model-uuid name owner units",
  UnitInfo:
    "application base charm-url life machine-id machines model-uuid name principal private-address public-address subordinate",
} as const;

const asScope = (
  type: keyof typeof NAMES,
  seen: Seen,
  facts: Facts,
  unseen: readonly string[] = [],
): Scope => {
  const scope: Scope = {
    type,
    names: NAMES[type].split(" "),
    get: (name) => {
      if (!unseen.includes(name)) seen.names.add(name);
      const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
      if (fact === undefined) throw new NoIdentifier(name, scope);
      return fact();
    },
  };
  return scope;
};

const many = (scopes: Scope[]): Value => ({ kind: "scopes", value: scopes });

const charmUrl = (application: Application): string =>
  application.origin === "local"
    ? `local:${application.charm}-${application.revision}`
    : `ch:amd64/${application.charm}-${application.revision}`;

const baseOf = (base: string): Value => text(`ubuntu@${base}`);

export const machineScope = (seen: Seen, machine: JujuMachine): Scope => {
  const status = () => text(machine.agent.current);
  return asScope("MachineInfo", seen, {
    id: () => text(machine.id),
    life: () => text(machine.life),
    status,
    "agent-status": status,
    "instance-status": () => text(machine.instanceStatus.current),
    base: () => baseOf(machine.base),
    "container-type": () => text(machine.id.includes("/") ? "lxd" : ""),
    config: () => ({ kind: "map", value: {} }),
    "supported-containers": () => ({ kind: "list", value: ["lxd"] }),
  });
};

export const unitScope = (
  seen: Seen,
  model: Model,
  application: Application,
  unit: Unit,
): Scope => {
  const machine = findMachine(model, unit.machine);
  const address = machine?.addresses[0] ?? "";
  return asScope("UnitInfo", seen, {
    name: () => text(unit.name),
    application: () => text(application.name),
    base: () => baseOf(application.base),
    "charm-url": () => text(charmUrl(application)),
    life: () => text(unit.life),
    "public-address": () => text(address),
    "private-address": () => text(address),
    "machine-id": () => text(unit.machine),
    principal: () => text(unit.principal ?? ""),
    subordinate: () => bool(application.subordinate),
    "workload-status": () => text(unit.workload.current),
    "workload-message": () => text(unit.workload.message),
    "agent-status": () => text(unit.agent.current),
    machines: () =>
      many(
        machine === undefined ? [] : [machineScope(seen.child("machines", machine.id), machine)],
      ),
  });
};

const unitsOf = (model: Model, application: Application, seen: Seen): Scope[] =>
  [...application.units]
    .sort((a, b) => naturally(a.name, b.name))
    .map((unit) => unitScope(seen.child("units", unit.name), model, application, unit));

export const applicationScope = (seen: Seen, model: Model, application: Application): Scope =>
  asScope("ApplicationInfo", seen, {
    name: () => text(application.name),
    life: () => text(application.life),
    exposed: () => bool(isExposed(application)),
    "charm-url": () => text(charmUrl(application)),
    "min-units": () => integer(0),
    subordinate: () => bool(application.subordinate),
    status: () => text(overall(application).current),
    "workload-version": () =>
      text(application.units.find((unit) => unit.version !== "")?.version ?? ""),
    // `machines` is offered by Juju and refused all the same.
    units: () => many(unitsOf(model, application, seen)),
  });

export const modelScope = (seen: Seen, rack: Rack, model: Model): Scope =>
  asScope(
    "ModelInfo",
    seen,
    {
      name: () => text(model.name),
      life: () => text(model.life),
      "is-controller": () => bool(model.name === "controller"),
      status: () => text(modelState(rack, model).current),
      config: () => ({
        kind: "map",
        value: { name: model.name, uuid: model.uuid, ...model.inherited, ...model.config },
      }),
      applications: () =>
        many(
          [...model.applications]
            .sort((a, b) => naturally(a.name, b.name))
            .map((each) => applicationScope(seen.child("applications", each.name), model, each)),
        ),
      machines: () =>
        many(model.machines.map((each) => machineScope(seen.child("machines", each.id), each))),
      units: () => many(model.applications.flatMap((each) => unitsOf(model, each, seen))),
    },
    ["applications", "machines", "units"],
  );
