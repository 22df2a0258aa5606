import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { removeRemote, setSuspended } from "../engine/crossModel";
import { findOffer, parseUrl, remotesOf, takeOffer } from "../engine/offers";
import { JujuError, Said } from "../errors";
import { relationKey } from "../render/relations";
import type { Controller, Model } from "../state";

/** Offers of other models, taken into a model, related there and given back. */

/** A controller of the client's, to which it then speaks too. */
export const otherController = (call: Call, rack: Rack, name: string): Controller => {
  if (!(name in call.client.controllers().controllers))
    throw new JujuError(`controller ${name} not found`);
  return call.controller(rack, name);
};

/** Takes an offer into the model; to do so again changes nothing. Returns the offer's whole name. */
export const consumeOffer = (
  call: Call,
  where: { rack: Rack; controller: Controller; model: Model },
  text: string,
  alias?: string,
): { full: string; name: string } => {
  const url = parseUrl(text, call.profile.words, call.user);
  if (url === undefined) throw new JujuError(`application offer URL "${text}" not valid`);
  const { rack, controller, model } = where;
  const name = alias ?? url.name;
  const full = `${url.controller === "" ? "" : `${url.controller}:`}${url.model}.${url.name}`;
  const source = url.controller === "" ? controller : otherController(call, rack, url.controller);
  const offered = findOffer(source, url);
  try {
    takeOffer(model, name, { source, ...offered });
  } catch (error) {
    if (error instanceof JujuError)
      throw new JujuError(`could not consume ${full}: ${error.message}`);
    throw error;
  }
  return { full, name };
};

export const consume = (call: Call): number => {
  const [text = "", alias] = call.words;
  const { full, name } = call.inModel((model, rack, controller) =>
    consumeOffer(call, { rack, controller, model }, text, alias),
  );
  call.err(`Added ${full} as ${name}\n`);
  return 0;
};

export const removeSaas = (call: Call): number => {
  if (call.on("no-wait") && !call.on("force")) throw new JujuError("--no-wait requires --force");
  const missing = call.inModel((model, rack) =>
    call.words.filter((word) => {
      const remote = remotesOf(model).find((each) => each.name === word);
      if (remote !== undefined) removeRemote(rack, model, remote);
      return remote === undefined;
    }),
  );
  for (const name of missing)
    call.err(`removing SAAS application ${name} failed: saas application "${name}" not found\n`);
  if (missing.length > 0) throw new Said(1);
  return 0;
};

const setEach = (call: Call, message: string | undefined): number => {
  const wrong = call.inModel((model, rack) =>
    call.words.flatMap((word) => {
      const relation = model.relations.find((each) => each.id === Number(word));
      if (relation === undefined) return [`relation ${Number(word)} not found`];
      if ((relation.suspended !== undefined) === (message !== undefined)) return [];
      if (relation.far?.side !== "offer")
        return [
          `cannot set suspend status for "${relationKey(model, relation)}" which is not associated with an offer`,
        ];
      setSuspended(rack, model, relation, message);
      return [];
    }),
  );
  if (wrong.length > 0) throw new JujuError(wrong.join("\n"));
  return 0;
};

export const suspendRelation = (call: Call): number => setEach(call, call.flag("message") ?? "");

export const resumeRelation = (call: Call): number => setEach(call, undefined);
