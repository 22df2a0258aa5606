import type { Model, Offer, Remote } from "../state";
import { charmOf, endpointsOf, needApplication } from "./find";

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
