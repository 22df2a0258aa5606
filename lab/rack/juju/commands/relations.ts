import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { findRelation, relate } from "../engine/deploy";
import { dropRelation } from "../engine/units";
import { takeFault } from "../../core/faults";
import type { Rack } from "../../core/rack";
import type { Controller, Model } from "../state";
import { consumeOffer } from "./consume";

/** An endpoint; that of an offer is consumed before it is related. */
const consumed = (
  call: Call,
  where: { rack: Rack; controller: Controller; model: Model },
  word: string,
): string => {
  const [, url = "", endpoint = ""] =
    /^((?:[^/:]+:)?(?:[^/:]+\/)?[^/:.]+\.[^/:.]+)(:.*)?$/.exec(word) ?? [];
  return url === "" ? word : `${consumeOffer(call, where, url).name}${endpoint}`;
};

export const integrate = (call: Call): number => {
  const { words } = call;
  if (words.length !== 2)
    throw usage(
      `${call.profile.relationWord === "integration" ? "an integration" : "a relation"} must involve two applications`,
    );
  const [left = "", right = ""] = words;
  call.inModel((model, rack, controller) => {
    if (takeFault(rack, "relation-not-made", `${left} ${right}`) !== undefined) return;
    const [a = "", b = ""] = words.map((word) => consumed(call, { rack, controller, model }, word));
    relate(rack, model, a, b);
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
