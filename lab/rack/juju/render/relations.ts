import { charmOf, endpointsOf, findApplication } from "../engine/find";
import type { Model, Relation, RelationEnd } from "../state";
import { compareText } from "./order";

/** The table of `juju status --relations`. */

export const RELATION_HEAD = ["Relation provider", "Requirer", "Interface", "Type", "Message"];

const isProvider = (model: Model, end: RelationEnd): boolean => {
  const application = findApplication(model, end.application);
  return (
    application !== undefined &&
    endpointsOf(charmOf(application))[end.endpoint]?.role === "provides"
  );
};

const text = (end: RelationEnd | undefined): string =>
  end === undefined ? "" : `${end.application}:${end.endpoint}`;

const row = (model: Model, relation: Relation): string[] => {
  const [a, b = a] = relation.ends;
  const [provider, requirer] = b !== undefined && a !== b && isProvider(model, b) ? [b, a] : [a, b];
  const type = relation.ends.length === 1 ? "peer" : relation.container ? "subordinate" : "regular";
  return [text(provider), text(requirer), relation.interface, type, ""];
};

export const relationRows = (model: Model): string[][] =>
  model.relations
    .map((relation) => row(model, relation))
    .sort(([a = "", x = ""], [b = "", y = ""]) => compareText(a, b) || compareText(x, y));
