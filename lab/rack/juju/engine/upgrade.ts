import type { Rack } from "../../core/rack";
import type { Charm } from "../../charms/types";
import { JujuError } from "../errors";
import { playedBy } from "../profile";
import type { Application, Model, RelationEnd } from "../state";
import { definitionOf, optionValue, type Resolved } from "./charms";
import { charmOf, endpointsOf, relationsOf } from "./find";

/** An application gets another charm. */

const text = ({ application, endpoint }: RelationEnd): string => `${application}:${endpoint}`;

const ROLES = { provides: "provider", requires: "requirer", peers: "peer" };

/** Why the charm does not fit what the application is related by; undefined: it does. */
const misfit = (
  model: Model,
  application: Application,
  charm: Charm,
  major: 3 | 4,
): string | undefined => {
  const known = endpointsOf(charm);
  const before = endpointsOf(charmOf(application));
  for (const { own, other } of relationsOf(model, application.name)) {
    const { endpoint } = own;
    const [was, is] = [before[endpoint], known[endpoint]];
    // Peers of Juju 3 may lose what they met by.
    if (was === undefined || (was.role === "peers" && major === 3)) continue;
    if (is !== undefined && is.role === was.role && is.interface === was.interface) continue;
    const ends = was.role === "provides" ? [other, own] : [own, other];
    if (major === 3) return `would break relation "${ends.map(text).join(" ")}"`;
    if (is === undefined && was.role === "peers")
      return `charm has no corresponding peer relation "${endpoint}". Please scale down to 0 units to refresh`;
    if (is === undefined) return `charm has no corresponding relation "${endpoint}"`;
    if (is.role !== was.role)
      return `cannot change role of relation "${endpoint}" from ${ROLES[was.role]} to ${ROLES[is.role]}`;
    return `cannot change interface of relation "${endpoint}" from ${was.interface} to ${is.interface}`;
  }
  return undefined;
};

/** Refuses a charm that the application cannot have: its relations stay, and so does its kind. */
export const refuseUpgrade = (
  rack: Rack,
  model: Model,
  application: Application,
  { charm, revision, origin }: Resolved,
): void => {
  const { major } = playedBy(rack);
  const reason =
    (charm.subordinate === true) === application.subordinate
      ? misfit(model, application, charm, major)
      : "cannot change an application's subordinacy";
  if (reason === undefined) return;
  const url = `${origin === "local" ? "local" : "ch"}:${charm.name}-${revision}`;
  const before = `cannot upgrade application "${application.name}" to charm "${url}": `;
  throw new JujuError(`${major === 3 ? before : ""}${reason}`);
};

const fits = (charm: Charm, name: string, value: unknown): boolean => {
  try {
    optionValue(name, charm.config[name], value);
    return true;
  } catch (error) {
    if (error instanceof JujuError) return false;
    throw error;
  }
};

/** Options that the new charm does not know, or not of that type, are forgotten; peers meet on its new endpoints. */
export const upgradeCharm = (model: Model, application: Application, to: Resolved): void => {
  const before = charmOf(application).peers ?? {};
  const { charm, channel, revision, origin } = to;
  delete application.definition;
  Object.assign(application, { charm: charm.name, channel, revision, origin }, definitionOf(to));
  application.options = Object.fromEntries(
    Object.entries(application.options).filter(([name, value]) => fits(charm, name, value)),
  );
  for (const [endpoint, { interface: kind }] of Object.entries(charm.peers ?? {})) {
    if (Object.hasOwn(before, endpoint)) continue;
    const ends = [{ application: application.name, endpoint }];
    model.relations.push({ id: model.nextRelation++, interface: kind, container: false, ends });
  }
};
