import type { Rack } from "../../core/rack";
import { charmOf, endpointsOf, findApplication } from "../engine/find";
import { relationState } from "../engine/meeting";
import type { Model, Relation, RelationEnd } from "../state";
import { compareText } from "./order";

/** The table of `juju status --relations`. */

const head = (word: string): string[] => [
  `${word[0]?.toUpperCase() ?? ""}${word.slice(1)} provider`,
  ...["Requirer", "Interface", "Type", "Message"],
];

/** The role of an end whose application is the model's own. */
const roleOf = (model: Model, end: RelationEnd): string | undefined => {
  const application = findApplication(model, end.application);
  return application && endpointsOf(charmOf(application))[end.endpoint]?.role;
};

/** Is the second end the provider? Of what was consumed only the other end's role is known. */
const isTurned = (model: Model, a: RelationEnd | undefined, b: RelationEnd | undefined): boolean =>
  a !== b &&
  ((b !== undefined && roleOf(model, b) === "provides") ||
    (a !== undefined && roleOf(model, a) === "requires"));

const text = (end: RelationEnd | undefined): string =>
  end === undefined ? "" : `${end.application}:${end.endpoint}`;

const row = (rack: Rack, model: Model, relation: Relation): string[] => {
  const [a, b = a] = relation.ends;
  const [provider, requirer] = isTurned(model, a, b) ? [b, a] : [a, b];
  const type = relation.ends.length === 1 ? "peer" : relation.container ? "subordinate" : "regular";
  const { current, message } = relationState(rack, model, relation);
  const state =
    current === "joined" ? "" : [current, message].filter((each) => each !== "").join("  ");
  return [text(provider), text(requirer), relation.interface, type, state];
};

/** The relations of the model: without those that others have to its offers. `word`: what the version calls them. */
export const relationRows = (rack: Rack, model: Model, word: string): string[][] => {
  const rows = model.relations
    .filter(({ far }) => far?.side !== "offer")
    .map((relation) => row(rack, model, relation))
    .sort(([a = "", x = ""], [b = "", y = ""]) => compareText(a, b) || compareText(x, y));
  return rows.length === 0 ? [] : [head(word), ...rows];
};

/** How Juju names a relation in its messages: the one that requires first. */
export const relationKey = (model: Model, { ends }: Relation): string => {
  const [a, b = a] = ends;
  const [provider, requirer] = isTurned(model, a, b) ? [b, a] : [a, b];
  return provider === requirer ? text(provider) : `${text(requirer)} ${text(provider)}`;
};
