import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import type { Model, Offer, Relation, RelationEnd, Remote } from "../state";
import { enqueue, meetAll } from "./hooks";
import { findApplication } from "./find";
import { allModels, farOf } from "./meeting";
import { offersOf, remoteEndpoints, remotesOf } from "./offers";
import { dropRelation } from "./units";

/** Relations between models: each model has its own record, with a name of its own for the other side. */

const LEAVING = 3000;

/** The model and the offer behind something consumed; undefined once either is gone. */
export const sourceOf = (
  rack: Rack,
  remote: Remote,
): { model: Model; offer: Offer } | undefined => {
  const model = allModels(rack).find((each) => each.uuid === remote.model);
  const offer = model && offersOf(model).find((each) => each.name === remote.offer);
  return model === undefined || offer === undefined ? undefined : { model, offer };
};

type Ends = Record<string, { interface: string; role: "provides" | "requires" }>;

/** Endpoints of something consumed, as those of an application. Throws for what can be related no more. */
export const consumedEndpoints = (rack: Rack, remote: Remote): Ends => {
  const source = sourceOf(rack, remote);
  if (source === undefined || remote.terminated !== undefined)
    throw new JujuError(
      `Offer "${remote.name}" has been removed from the remote model.\nTo integrate with a new offer with the same name, first run\n'juju remove-saas ${remote.name}' to remove the SAAS record from this model.`,
    );
  return Object.fromEntries(
    Object.entries(remoteEndpoints(source.model, source.offer)).map(([name, end]) => [
      name,
      { interface: end.interface, role: end.role === "provider" ? "provides" : "requires" },
    ]),
  );
};

/** What the model that offers calls the application of the other model. */
const proxyName = (rack: Rack, model: Model, application: string): string =>
  `remote-${rack.rng(`consumer:${model.uuid}:${application}`).uuid().replaceAll("-", "")}`;

/** Makes the relation in both models; `consumed` is the end that belongs to the other one. */
export const relateModels = (
  rack: Rack,
  model: Model,
  ends: { local: RelationEnd; consumed: RelationEnd },
  type: string,
): Relation => {
  const { local, consumed } = ends;
  const remote = remotesOf(model).find((each) => each.name === consumed.application);
  const source = remote && sourceOf(rack, remote);
  if (source === undefined) throw new JujuError(`application "${consumed.application}" not found`);
  const { model: there, offer } = source;
  const id = model.nextRelation++;
  const farId = there.nextRelation++;
  const proxy = {
    application: proxyName(rack, model, local.application),
    endpoint: local.endpoint,
  };
  const own = offer.endpoints[consumed.endpoint] ?? consumed.endpoint;
  const relation: Relation = {
    ...{ id, interface: type, container: false, ends: [local, consumed] },
    far: { model: there.uuid, relation: farId, side: "consumer" },
  };
  model.relations.push(relation);
  there.relations.push({
    ...{ id: farId, interface: type, container: false },
    ends: [{ application: offer.application, endpoint: own }, proxy],
    far: { model: model.uuid, relation: id, side: "offer" },
  });
  meetAll(rack, model, relation);
  return relation;
};

/** Relations of other models to an offer, as the model that offers has them. */
export const connectionsOf = (rack: Rack, model: Model, offer: Offer): Relation[] => {
  const own = new Set(Object.values(offer.endpoints));
  return model.relations.filter((relation) => {
    if (relation.far?.side !== "offer") return false;
    const [end] = relation.ends;
    if (end?.application !== offer.application || !own.has(end.endpoint)) return false;
    const far = farOf(rack, relation);
    const name = far?.relation.ends[1]?.application;
    const remote = far && remotesOf(far.model).find((each) => each.name === name);
    return remote?.offer === offer.name && remote.model === model.uuid;
  });
};

/** The offer is gone; whoever consumed it is told so and keeps its record. */
export const removeOffer = (rack: Rack, model: Model, offer: Offer): void => {
  for (const { id } of connectionsOf(rack, model, offer)) dropRelation(rack, model, id);
  for (const consumer of allModels(rack))
    for (const remote of remotesOf(consumer))
      if (remote.model === model.uuid && remote.offer === offer.name) remote.terminated = rack.now;
  model.offers = offersOf(model).filter((each) => each !== offer);
};

/** Forgets what was consumed. Its relations go first, which takes a moment. */
export const removeRemote = (rack: Rack, model: Model, remote: Remote): void => {
  const relations = model.relations.filter(
    (each) =>
      each.far?.side === "consumer" && each.ends.some((end) => end.application === remote.name),
  );
  for (const { id } of relations) dropRelation(rack, model, id);
  remote.goes = rack.now + (relations.length === 0 ? 0 : LEAVING);
};

/** Does what is due of what the model has consumed. */
export const advanceRemotes = (rack: Rack, model: Model): void => {
  if (remotesOf(model).some(({ goes }) => goes !== undefined && goes <= rack.now))
    model.remotes = remotesOf(model).filter(({ goes }) => goes === undefined || goes > rack.now);
};

const broken = (rack: Rack, model: Model, relation: Relation): void => {
  const [end] = relation.ends;
  if (end === undefined) return;
  for (const unit of findApplication(model, end.application)?.units ?? []) {
    unit.received[end.endpoint] = [];
    if (!unit.started) continue;
    enqueue(unit, {
      ...{ kind: "hook", name: `${end.endpoint}-relation-broken` },
      ...{ relation: relation.id, ready: rack.now + 1000 },
    });
  }
};

/** Suspends a relation to an offer of the model, or lets it go on. */
export const setSuspended = (
  rack: Rack,
  model: Model,
  relation: Relation,
  message: string | undefined,
): void => {
  if ((message === undefined) === (relation.suspended === undefined)) return;
  const far = farOf(rack, relation);
  const sides = [{ model, relation }, ...(far === undefined ? [] : [far])];
  for (const side of sides) {
    if (message === undefined) delete side.relation.suspended;
    else {
      side.relation.suspended = { message, from: rack.now + LEAVING };
      broken(rack, side.model, side.relation);
    }
  }
  if (message === undefined) meetAll(rack, model, relation);
};
