import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { findRelation, relate } from "../engine/deploy";
import { dropRelation } from "../engine/units";
import { takeFault } from "../../core/faults";

export const integrate = (call: Call): number => {
  const { words } = call;
  if (words.length !== 2)
    throw usage(
      `${call.profile.relationWord === "integration" ? "an integration" : "a relation"} must involve two applications`,
    );
  for (const word of words) {
    if (word.split(":").length > 2) throw usage(`endpoint "${word}" not valid`);
  }
  const [left = "", right = ""] = words;
  call.inModel((model, rack) => {
    if (takeFault(rack, "relation-not-made", `${left} ${right}`) !== undefined) return;
    relate(rack, model, left, right);
  });
  return 0;
};

export const removeRelation = (call: Call): number => {
  const { words } = call;
  if (words.length !== 2 && !(words.length === 1 && /^\d+$/.test(words[0] ?? "")))
    throw usage("a relation must involve two applications");
  const [left = "", right = ""] = words;
  call.inModel((model, rack) => {
    const relation =
      right === ""
        ? model.relations.find((each) => each.id === Number(left))
        : findRelation(model, left, right);
    if (relation === undefined)
      throw new JujuError(
        right === ""
          ? `relation ${left} not found`
          : call.profile.words.relationMissing(left, right),
      );
    dropRelation(rack, model, relation.id);
  });
  return 0;
};
