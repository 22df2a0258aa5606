import type { Rack } from "../../core/rack";
import { findCharm } from "../../charms";
import type { Charm, Endpoint } from "../../charms/types";
import { JujuError } from "../errors";
import type { Application, JujuMachine, Model, Relation, RelationEnd, Unit } from "../state";

/** Look-ups in a model. */

/** The user that bootstraps: it owns the controller, and models of which nothing else is said. */
export const OWNER = "admin";

export const ownerOf = (model: Model): string => model.owner ?? OWNER;

/** `owner/name`: names are unique among the models of one owner. */
export const qualifiedName = (model: Model): string => `${ownerOf(model)}/${model.name}`;

/** How a model is called where its owner need not be told to `user`. */
export const nameFor = (model: Model, user: string): string =>
  ownerOf(model) === user ? model.name : qualifiedName(model);

export const charmOf = (application: Application): Charm => {
  const charm = application.definition ?? findCharm(application.charm, application.origin);
  if (charm === undefined) throw new Error(`no behaviour table for charm ${application.charm}`);
  return charm;
};

/** A cloud and its region, as Juju shows them to people. */
export const placeOf = ({
  cloud,
  region,
}: {
  cloud: string;
  region?: string | undefined;
}): string => (region === undefined ? cloud : `${cloud}/${region}`);

/** A model's setting: its own, or what the controller gave it. */
export const settingOf = (model: Model, key: string): string | number | boolean | undefined =>
  model.config[key] ?? model.inherited?.[key];

export const applicationOf = (model: Model, unit: string): Application | undefined =>
  model.applications.find((each) => each.name === unit.slice(0, unit.lastIndexOf("/")));

export const findApplication = (model: Model, name: string): Application | undefined =>
  model.applications.find((each) => each.name === name);

/** The application of this name; throws where there is none. */
export const needApplication = (model: Model, name: string): Application => {
  const application = findApplication(model, name);
  if (application === undefined) throw new JujuError(`application "${name}" not found`);
  return application;
};

export const findUnit = (model: Model, name: string): Unit | undefined =>
  applicationOf(model, name)?.units.find((each) => each.name === name);

export const findMachine = (model: Model, id: string): JujuMachine | undefined =>
  model.machines.find((each) => each.id === id);

export const allUnits = (model: Model): Unit[] => model.applications.flatMap((each) => each.units);

export const unitsOn = (model: Model, machine: string): Unit[] =>
  allUnits(model).filter((unit) => unit.machine === machine);

/** The machine that a container is on, or the machine itself. */
export const hostOf = (id: string): string => id.split("/")[0] ?? id;

export const isContainer = (id: string): boolean => id.includes("/");

const JUJU_INFO: Endpoint = { interface: "juju-info" };

/** All endpoints of a charm by name; every charm provides `juju-info`. */
export const endpointsOf = (
  charm: Charm,
): Record<string, Endpoint & { role: "provides" | "requires" | "peers" }> => {
  const of = (role: "provides" | "requires" | "peers") =>
    Object.entries(charm[role] ?? {}).map(([name, endpoint]) => [name, { ...endpoint, role }]);
  const implied =
    charm.requires?.["juju-info"] === undefined
      ? [["juju-info", { ...JUJU_INFO, role: "provides" }]]
      : [];
  return Object.fromEntries([
    ...implied,
    ...of("provides"),
    ...of("requires"),
    ...of("peers"),
  ]) as Record<string, Endpoint & { role: "provides" | "requires" | "peers" }>;
};

export const relationsOf = (
  model: Model,
  application: string,
  endpoint?: string,
): { relation: Relation; own: RelationEnd; other: RelationEnd }[] =>
  model.relations.flatMap((relation) => {
    const [a, b = a] = relation.ends;
    if (a === undefined || b === undefined) return [];
    const seen = (own: RelationEnd, other: RelationEnd) =>
      own.application === application && (endpoint === undefined || own.endpoint === endpoint)
        ? [{ relation, own, other }]
        : [];
    return relation.ends.length === 1 ? seen(a, a) : [...seen(a, b), ...seen(b, a)];
  });

/** Units that a unit meets over a relation. */
export const remotesOf = (
  model: Model,
  unit: Unit,
  relation: Relation,
  other: RelationEnd,
): Unit[] => {
  const units = findApplication(model, other.application)?.units ?? [];
  return units.filter((each) => {
    if (each.name === unit.name) return false;
    if (!relation.container) return true;
    return each.principal === unit.name || unit.principal === each.name;
  });
};

export const optionOf = (
  application: Application,
  key: string,
): string | number | boolean | undefined =>
  application.options[key] ?? charmOf(application).config[key]?.default;

/** Virtual milliseconds that something takes which takes so many seconds nominally: up to 30 % less or more. */
export const lasting = (rack: Rack, key: string, seconds: number): number =>
  Math.round(rack.rng(`${key}:${rack.now}`).jitter(seconds, 0.3) * 1000);

export const maasMachineOf = (rack: Rack, machine: JujuMachine) =>
  rack.maas.machines.find((each) => each.systemId === machine.instance);
