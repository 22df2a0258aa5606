import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import { isCidr } from "../grammar/cidr";
import { playedBy } from "../profile";
import { compareText } from "../render/order";
import type { Application } from "../state";
import { boundNames, spacesKnown } from "./bindings";
import { charmOf, endpointsOf } from "./find";

/** Who may reach the ports of an application, endpoint by endpoint. */

export type Exposures = Application["exposed"];

export const EVERYWHERE = ["0.0.0.0/0", "::/0"];

export const isExposed = ({ exposed }: Application): boolean => Object.keys(exposed).length > 0;

const check = (rack: Rack, application: Application, wanted: Exposures): void => {
  const charm = charmOf(application);
  const spaces = Object.values(wanted).flatMap((each) => each.spaces);
  const missing = spaces.find((space) => !spacesKnown(rack).includes(space));
  if (missing !== undefined) throw new JujuError(`space "${missing}" not found (not found)`);
  const names = Object.keys(wanted).filter((name) => name !== "");
  if (playedBy(rack).major === 4) {
    if (names.some((name) => !(name in endpointsOf(charm))))
      throw new JujuError(
        `one or more of the provided endpoints [${names.join(" ")}] do not exist`,
      );
    return;
  }
  const strange = names.find((name) => !boundNames(charm, 3).includes(name));
  if (strange !== undefined) throw new JujuError(`endpoint "${strange}" not found (not found)`);
  const bad = Object.values(wanted)
    .flatMap((each) => each.cidrs)
    .find((cidr) => !isCidr(cidr));
  if (bad !== undefined)
    throw new JujuError(`unable to parse "${bad}" as a CIDR: invalid CIDR address: ${bad}`);
};

const sorted = (names: string[]): string[] => [...new Set(names)].sort(compareText);

/**
 * Exposes endpoints, the empty name standing for all; what was said of one before is forgotten. Nothing at all: all
 * endpoints. Neither spaces nor CIDRs: everybody.
 */
export const exposeEndpoints = (rack: Rack, application: Application, wanted: Exposures): void => {
  check(rack, application, wanted);
  const all = Object.keys(wanted).length === 0 ? { "": { spaces: [], cidrs: [] } } : wanted;
  for (const [name, { spaces, cidrs }] of Object.entries(all))
    application.exposed[name] = {
      spaces: sorted(spaces),
      cidrs: spaces.length + cidrs.length === 0 ? EVERYWHERE : sorted(cidrs),
    };
};

/** Takes the exposure of some endpoints away, or all of it. */
export const unexposeEndpoints = (rack: Rack, application: Application, names: string[]): void => {
  const left = { ...application.exposed };
  for (const name of names) {
    const known = name === "" || boundNames(charmOf(application), 3).includes(name);
    if (playedBy(rack).major === 3 && !known)
      throw new JujuError(`endpoint "${name}" not found (not found)`);
    if (playedBy(rack).major === 3 && left[name] === undefined)
      throw new JujuError(`endpoint "${name}" is not exposed (bad request)`);
    delete left[name];
  }
  application.exposed = names.length === 0 ? {} : left;
};

/** As Juju's documents have it. */
export const exposedDocument = ({ exposed }: Application): Record<string, object> =>
  Object.fromEntries(
    Object.entries(exposed)
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, { spaces, cidrs }]) => [
        name,
        {
          ...(spaces.length > 0 ? { "expose-to-spaces": spaces } : {}),
          ...(cidrs.length > 0 ? { "expose-to-cidrs": cidrs } : {}),
        },
      ]),
  );
