import type { Rack } from "../../core/rack";
import { charmOf, findApplication } from "../engine/find";
import { offersOf, remoteEndpoints, remotesOf } from "../engine/offers";
import { connectionsOf, sourceOf } from "../engine/crossModel";
import { relationState } from "../engine/meeting";
import type { Application, Model, Offer, Relation, Remote, StatusInfo } from "../state";

type Shown = Record<string, unknown>;

/** A charm of the store with its revision. */
export const storeUrl = (application: Application): string =>
  `ch:amd64/${charmOf(application).name}-${application.revision}`;

/** How many relations an offer has, and how many of them work. */
export const connected = (
  rack: Rack,
  model: Model,
  offer: Offer,
): { total: number; active: number } => {
  const all = connectionsOf(rack, model, offer);
  const works = (each: Relation): boolean => relationState(rack, model, each).current === "joined";
  return { total: all.length, active: all.filter(works).length };
};

/** What uses the consumed, endpoint by endpoint. */
const usersOf = (model: Model, remote: Remote): Record<string, string[]> => {
  const used: Record<string, string[]> = {};
  for (const { far, ends } of model.relations) {
    const [local, end] = ends;
    if (far?.side !== "consumer" || end?.application !== remote.name) continue;
    (used[end.endpoint] ??= []).push(local?.application ?? "");
  }
  return Object.fromEntries(
    Object.entries(used).map(([endpoint, names]) => [endpoint, [...new Set(names)].sort()]),
  );
};

/** `offers` of a model's status. */
export const offersShown = (rack: Rack, model: Model): Shown => {
  return Object.fromEntries(
    offersOf(model).flatMap((offer) => {
      const application = findApplication(model, offer.application);
      if (application === undefined) return [];
      const { total, active } = connected(rack, model, offer);
      const value = {
        application: offer.application,
        charm: storeUrl(application),
        ...(total > 0 ? { "total-connected-count": total } : {}),
        ...(active > 0 ? { "active-connected-count": active } : {}),
        endpoints: remoteEndpoints(model, offer),
      };
      return [[offer.name, value]];
    }),
  );
};

/** `application-endpoints` of a model's status. `statusOf`: an application's status in its own model. */
export const remotesShown = (
  rack: Rack,
  model: Model,
  statusOf: (application: Application) => StatusInfo,
  timeOf: (at: number) => string,
): Shown =>
  Object.fromEntries(
    remotesOf(model).map((remote) => {
      const source = sourceOf(rack, remote);
      const application = source && findApplication(source.model, source.offer.application);
      const status =
        remote.terminated === undefined
          ? application && statusOf(application)
          : { current: "terminated", message: "offer has been removed", since: remote.terminated };
      const relations = usersOf(model, remote);
      return [
        remote.name,
        {
          url: `${remote.controller}:${remote.url}`,
          ...(source ? { endpoints: remoteEndpoints(source.model, source.offer) } : {}),
          ...(remote.goes === undefined ? {} : { life: "dying" }),
          "application-status": {
            current: status?.current ?? "unknown",
            ...(status && status.message !== "" ? { message: status.message } : {}),
            since: timeOf(status?.since ?? model.since),
          },
          ...(Object.keys(relations).length > 0 ? { relations } : {}),
        },
      ];
    }),
  );
