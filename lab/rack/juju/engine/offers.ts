import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import { parseOffer } from "../grammar/offerUrl";
import type { OfferWords } from "../words";
import { playedBy } from "../profile";
import type { Controller, Model, Offer, Remote } from "../state";
import {
  charmOf,
  endpointsOf,
  findApplication,
  needApplication,
  OWNER,
  qualifiedName,
} from "./find";

/** Cross-model relations: what a model offers, and what it has consumed. */

export const offersOf = (model: Model): Offer[] => (model.offers ??= []);

export const remotesOf = (model: Model): Remote[] => (model.remotes ??= []);

interface RemoteEndpoint {
  interface: string;
  role: "provider" | "requirer";
}

/** The endpoints of an offer by the names that consumers use. */
export const remoteEndpoints = (model: Model, offer: Offer): Record<string, RemoteEndpoint> => {
  const charm = charmOf(needApplication(model, offer.application));
  const known = endpointsOf(charm);
  return Object.fromEntries(
    Object.entries(offer.endpoints).map(([name, own]): [string, RemoteEndpoint] => [
      name,
      {
        interface: known[own]?.interface ?? "",
        role: charm.requires?.[own] === undefined ? "provider" : "requirer",
      },
    ]),
  );
};

export interface OfferUrl {
  /** Empty: the controller that is spoken to. */
  controller: string;
  /** `owner/model`. */
  model: string;
  name: string;
}

/** An offer's place as a person writes it; undefined if it is none, or has an endpoint. `user`: the owner that is meant where none is told. */
export const parseUrl = (text: string, words: OfferWords, user = OWNER): OfferUrl | undefined => {
  const url = parseOffer(text, words, false);
  if (typeof url === "string" || url.name.includes(":")) return undefined;
  const { source, qualifier, model, name } = url;
  return { controller: source, model: `${qualifier || user}/${model}`, name };
};

/** An offer's place on its controller. */
export const path = (model: Model, name: string): string => `${qualifiedName(model)}.${name}`;

const checkEndpoints = (model: Model, application: string, names: string[]): void => {
  const known = endpointsOf(charmOf(needApplication(model, application)));
  const missing = names.find((name) => !(name in known));
  if (missing !== undefined)
    throw new JujuError(
      `getting relation endpoint for relation "${missing}" and application "${application}": application "${application}" has no "${missing}" relation`,
    );
};

/** Offers endpoints of an application. Juju 3 changes an offer that is there, Juju 4 only takes the same one again. */
export const makeOffer = (
  rack: Rack,
  model: Model,
  wanted: { name: string; application: string; names: string[] },
): void => {
  const { name, application, names } = wanted;
  checkEndpoints(model, application, names);
  const old = offersOf(model).find((each) => each.name === name);
  const endpoints = Object.fromEntries(names.map((each) => [each, each]));
  if (old === undefined) {
    offersOf(model).push({ name, application, endpoints, created: rack.now });
    return;
  }
  const same =
    old.application === application &&
    Object.keys(old.endpoints).sort().join() === [...names].sort().join();
  if (!same && playedBy(rack).major === 4)
    throw new JujuError(`offer "${name}" already exists, updating offers is not supported`);
  Object.assign(old, { application, endpoints });
};

/** The offer of this place. */
export const findOffer = (source: Controller, url: OfferUrl): { from: Model; found: Offer } => {
  const from = source.models.find((each) => qualifiedName(each) === url.model);
  const found = from && offersOf(from).find((each) => each.name === url.name);
  if (from === undefined || found === undefined)
    throw new JujuError(`application offer "${url.model}.${url.name}" not found`);
  return { from, found };
};

/** Takes an offer into the model under a name; to do so again changes nothing. */
export const takeOffer = (
  model: Model,
  name: string,
  offered: { source: Controller; from: Model; found: Offer },
): void => {
  const { source, from, found } = offered;
  if (findApplication(model, name) !== undefined)
    throw new JujuError(
      `cannot add remote application "${name}": local application with same name already exists`,
    );
  const old = remotesOf(model).find((each) => each.name === name);
  if (old !== undefined && old.model !== from.uuid)
    throw new JujuError(`saas application called "${name}" from a different model already exists`);
  if (old?.goes !== undefined)
    throw new JujuError(`saas application called "${name}" exists but is terminating`);
  if (old !== undefined && old.terminated === undefined) return;
  model.remotes = [
    ...remotesOf(model).filter((each) => each !== old),
    {
      name,
      url: path(from, found.name),
      controller: source.name,
      model: from.uuid,
      offer: found.name,
    },
  ];
};
