import type { Rack } from "../../core/rack";
import { charmOf, findApplication } from "../engine/find";
import { offersOf, remoteEndpoints, remotesOf } from "../engine/offers";
import type { Application, Model, StatusInfo } from "../state";

type Shown = Record<string, unknown>;

/** A charm of the store with its revision. */
export const storeUrl = (application: Application): string =>
  `ch:amd64/${charmOf(application).name}-${application.revision}`;

/** `offers` of a model's status. */
export const offersShown = (rack: Rack, model: Model): Shown => {
  const models = rack.juju.controllers.flatMap((each) => each.models);
  return Object.fromEntries(
    offersOf(model).flatMap((offer) => {
      const application = findApplication(model, offer.application);
      if (application === undefined) return [];
      const url = `admin/${model.name}.${offer.name}`;
      const connected = models.filter((each) => remotesOf(each).some((one) => one.url === url));
      const value = {
        application: offer.application,
        charm: storeUrl(application),
        ...(connected.length > 0
          ? { "total-connected-count": connected.length, "active-connected-count": 0 }
          : {}),
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
): Shown => {
  const models = rack.juju.controllers.flatMap((each) => each.models);
  return Object.fromEntries(
    remotesOf(model).map((remote) => {
      const source = models.find((each) => each.uuid === remote.model);
      const offer = source && offersOf(source).find((each) => each.name === remote.offer);
      const application = source && offer && findApplication(source, offer.application);
      const status = application && statusOf(application);
      return [
        remote.name,
        {
          url: `${remote.controller}:${remote.url}`,
          ...(source && offer ? { endpoints: remoteEndpoints(source, offer) } : {}),
          "application-status": {
            current: status?.current ?? "unknown",
            ...(status && status.message !== "" ? { message: status.message } : {}),
            since: timeOf(status?.since ?? model.since),
          },
        },
      ];
    }),
  );
};
