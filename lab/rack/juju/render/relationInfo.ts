import type { Rack } from "../../core/rack";
import { charmOf, findApplication, findMachine, relationsOf } from "../engine/find";
import { metBy } from "../engine/meeting";
import type { Model, Relation, Unit } from "../state";

/** What `juju show-unit` tells of a unit's relations. */

type Data = Record<string, string>;

/** What a unit has written on an endpoint: where it is reached, and what its charm publishes. */
const dataOf = (model: Model, unit: Unit, endpoint: string): Data => {
  const application = findApplication(model, unit.name.split("/")[0] ?? "");
  const address = findMachine(model, unit.machine)?.addresses[0] ?? "";
  const own = application === undefined ? {} : (charmOf(application).data?.[endpoint] ?? {});
  const published = unit.published.includes(endpoint) ? own : {};
  return {
    ...Object.fromEntries(
      Object.entries(published).map(([key, value]) => [key, value.replace("{address}", address)]),
    ),
    "egress-subnets": `${address}/32`,
    "ingress-address": address,
  };
};

const isPeer = (relation: Relation): boolean => relation.ends.length === 1;

export const relationInfo = (rack: Rack, model: Model, unit: Unit): Record<string, unknown>[] =>
  relationsOf(model, unit.name.split("/")[0] ?? "")
    .sort((a, b) => Number(isPeer(a.relation)) - Number(isPeer(b.relation)))
    .map(({ relation, own, other }) => {
      const peer = isPeer(relation);
      const remotes = metBy(rack, model, unit, relation, other).filter((each) => each.unit.started);
      return {
        "relation-id": relation.id,
        endpoint: own.endpoint,
        "related-endpoint": other.endpoint,
        "application-data": {},
        // Of a relation with others only their side is shown.
        "local-unit": {
          "in-scope": peer,
          data: peer ? dataOf(model, unit, own.endpoint) : null,
        },
        ...(remotes.length === 0
          ? {}
          : {
              "related-units": Object.fromEntries(
                remotes.map((remote) => [
                  remote.name,
                  {
                    "in-scope": true,
                    data: dataOf(remote.model, remote.unit, remote.end.endpoint),
                  },
                ]),
              ),
            }),
      };
    });
