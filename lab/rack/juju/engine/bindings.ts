import type { Charm } from "../../charms/types";
import type { Rack } from "../../core/rack";
import { endpointsOf } from "./find";

/** In which spaces the endpoints of an application are. */

export const spacesKnown = (rack: Rack): string[] => [
  "alpha",
  ...rack.maas.spaces.map((each) => each.name),
];

/** What of a charm is bound to a space. Juju 3 binds only what it declares, which `juju-info` mostly is not. */
export const boundNames = (charm: Charm, major: 3 | 4): string[] => {
  const declared = new Set(
    [charm.provides, charm.requires, charm.peers].flatMap((each) => Object.keys(each ?? {})),
  );
  return [
    ...Object.keys(endpointsOf(charm)).filter((name) => major === 4 || declared.has(name)),
    ...(charm.extraBindings ?? []),
  ];
};
