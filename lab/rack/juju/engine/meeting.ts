import type { Rack } from "../../core/rack";
import type { Application, Model, Relation, RelationEnd, Unit } from "../state";
import { findApplication, remotesOf } from "./find";

/** Who meets whom over a relation, be it within a model or between two. */

/** The other model's record of a relation between models: its own end comes first. */
export interface Far {
  model: Model;
  relation: Relation;
}

export const allModels = (rack: Rack): Model[] =>
  rack.juju.controllers.flatMap((each) => each.models);

/** The other side of a relation between models; undefined for any other relation, and where it is gone. */
export const farOf = (rack: Rack, { far }: Relation): Far | undefined => {
  if (far === undefined) return undefined;
  const model = allModels(rack).find((each) => each.uuid === far.model);
  const relation = model?.relations.find((each) => each.id === far.relation);
  return model === undefined || relation === undefined ? undefined : { model, relation };
};

/** A unit at the other side, with the names that each side has for the other's unit. */
export interface Met {
  unit: Unit;
  /** What it is called on this side. */
  name: string;
  /** What this side's unit is called there. */
  me: string;
  model: Model;
  relation: Relation;
  /** Its own end of the relation, in its model. */
  end: RelationEnd;
}

const numberOf = (unit: Unit): string => unit.name.slice(unit.name.lastIndexOf("/"));

/** The application at the other side of a relation between models. */
export const farApplication = (rack: Rack, relation: Relation): Application | undefined => {
  const far = farOf(rack, relation);
  return far && findApplication(far.model, far.relation.ends[0]?.application ?? "");
};

/** Addresses from which the other side of a relation between models comes. */
export const farAddresses = (rack: Rack, relation: Relation): string[] => {
  const far = farOf(rack, relation);
  const units = farApplication(rack, relation)?.units ?? [];
  return units.flatMap((unit) =>
    (far?.model.machines.find((each) => each.id === unit.machine)?.addresses ?? []).slice(0, 1),
  );
};

/** Units that a unit meets over a relation: none while the relation is suspended. */
export const metBy = (
  rack: Rack,
  model: Model,
  unit: Unit,
  relation: Relation,
  other: RelationEnd,
): Met[] => {
  if (relation.far === undefined)
    return remotesOf(model, unit, relation, other).map((each) => ({
      ...{ unit: each, name: each.name, me: unit.name },
      ...{ model, relation, end: other },
    }));
  const far = farOf(rack, relation);
  const [end, mine] = far?.relation.ends ?? [];
  if (far === undefined || end === undefined || mine === undefined) return [];
  if (relation.suspended !== undefined) return [];
  return (findApplication(far.model, end.application)?.units ?? []).map((each) => ({
    unit: each,
    name: `${other.application}${numberOf(each)}`,
    me: `${mine.application}${numberOf(unit)}`,
    model: far.model,
    relation: far.relation,
    end,
  }));
};

/** What Juju says of a relation between models. */
export const relationState = (
  rack: Rack,
  model: Model,
  relation: Relation,
): { current: string; message: string } => {
  const { suspended } = relation;
  if (suspended !== undefined)
    return {
      current: rack.now < suspended.from ? "suspending" : "suspended",
      message: suspended.message,
    };
  if (relation.far === undefined) return { current: "joined", message: "" };
  const here = findApplication(model, relation.ends[0]?.application ?? "");
  const sides = [here, farApplication(rack, relation)];
  const joined = sides.every((each) => each?.units.some((unit) => unit.started) === true);
  return { current: joined ? "joined" : "joining", message: "" };
};
