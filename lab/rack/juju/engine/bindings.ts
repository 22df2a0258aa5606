import type { Charm } from "../../charms/types";
import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import { playedBy } from "../profile";
import { spaceOf } from "../render/hardware";
import { compareText } from "../render/order";
import type { Application, Model } from "../state";
import { endpointsOf, findMachine } from "./find";

/** In which spaces the endpoints of an application are. */

type Bindings = Record<string, string>;

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

const malformed = (reason: string): JujuError =>
  new JujuError(
    `--bind must be in the form '[<default-space>] [<endpoint-name>=<space> ...]'; ${reason}`,
  );

/** `[SPACE] [ENDPOINT=SPACE …]`; the empty name stands for all that is not named. */
export const parseBindings = (rack: Rack, words: string[]): Bindings => {
  const bindings: Bindings = {};
  for (const word of words.flatMap((each) => each.split(/\s+/)).filter((each) => each !== "")) {
    const parts = word.split("=");
    const [first = "", second] = parts;
    if (parts.length > 2)
      throw malformed(
        'found multiple "=" in binding. Did you forget to space-separate the binding list?',
      );
    if (second !== undefined && first === "")
      throw malformed('found "=" without endpoint name. Use a lone space name to set the default.');
    const space = (second ?? first).replace(/^"+|"+$/g, "");
    if (!spacesKnown(rack).includes(space)) throw new JujuError(`space "${space}" not found`);
    bindings[second === undefined ? "" : first] = space;
  }
  return bindings;
};

/** Names that a new application's charm does not know are refused. */
export const refuseUnknown = (rack: Rack, charm: Charm, name: string, bindings: Bindings): void => {
  const { major, words } = playedBy(rack);
  const known = ["", ...boundNames(charm, major)];
  const strange = Object.keys(bindings).find((each) => !known.includes(each));
  if (strange !== undefined) throw new JujuError(words.unknownBinding(name, strange));
};

const named = (application: Application, charm: Charm, major: 3 | 4): Bindings => {
  const fallback = application.bindings[""] ?? "alpha";
  const names = boundNames(charm, major).map((name) => [name, application.bindings[name]] as const);
  return Object.fromEntries(names.map(([name, space]) => [name, space ?? fallback]));
};

/**
 * An application's bindings with what is wanted of them, and what is told of each endpoint. Whatever is in the default
 * space moves along with it, also where it was put there by name.
 */
const merge = (
  before: { all: Bindings; fallback: string },
  names: string[],
  wanted: Bindings,
): { bindings: Bindings; told: string[] } => {
  const { all, fallback } = before;
  const { "": other = fallback } = wanted;
  const bindings: Bindings = { "": other };
  const told: string[] = [];
  const stays = new Map<string, string[]>();
  for (const name of [...names].sort(compareText)) {
    const old = all[name];
    const moved = wanted[name] ?? (old === fallback ? other : (old ?? fallback));
    bindings[name] = moved;
    if (old === undefined)
      told.push(
        `adding endpoint "${name}" to ${wanted[name] === undefined ? "default space" : "space"} "${moved}"`,
      );
    else if (old !== moved)
      told.push(`moving endpoint "${name}" from space "${old}" to "${moved}"`);
    else stays.set(old, [...(stays.get(old) ?? []), name]);
  }
  for (const [space, own] of [...stays].sort(([a], [b]) => compareText(a, b)))
    told.push(
      `no change to endpoint${own.length > 1 ? "s" : ""} in space "${space}": ${own.join(", ")}`,
    );
  return { bindings, told };
};

/** The application's units whose machines have no address in a space. */
const unitsOutside = (rack: Rack, model: Model, application: Application, space: string) =>
  application.units.filter(({ machine }) => {
    const addresses = findMachine(model, machine)?.addresses ?? [];
    return !addresses.some((address) => spaceOf(rack, address) === space);
  });

const refuseUnreachable = (
  rack: Rack,
  model: Model,
  application: Application,
  bindings: Bindings,
): void => {
  const outside = (space: string) => unitsOutside(rack, model, application, space);
  if (playedBy(rack).major === 4) {
    // The client does not send a default space that stays.
    const { "": fallback = "alpha", ...others } = bindings;
    const stays = fallback === (application.bindings[""] ?? "alpha");
    const spaces = [...(stays ? [] : [fallback]), ...Object.values(others)];
    const missing = [...new Set(spaces)].flatMap((space) =>
      outside(space).map(({ name }) => `unit "${name}" not in space "${space}"`),
    );
    if (missing.length > 0) throw new JujuError(missing.join("\n"));
    return;
  }
  const away = Object.entries(bindings).find(
    ([, space]) => space !== "alpha" && outside(space).length > 0,
  );
  if (away === undefined) return;
  const [name, space] = away;
  const what =
    name === ""
      ? `changing default space to "${space}"`
      : `binding endpoint "${name}" to space "${space}"`;
  throw new JujuError(
    `${what} is not feasible: one or more deployed machines lack an address in this space`,
  );
};

/**
 * Binds the endpoints of an application as wanted; `charm` is the one that it has from now on. Returns what is told of
 * it, line by line. Throws, having changed nothing, for unknown endpoints and, unless forced, for spaces that its
 * machines are not in.
 */
export const rebind = (
  rack: Rack,
  model: Model,
  application: Application,
  change: { from: Charm; to: Charm; wanted: Bindings; force: boolean },
): { told: string[]; changed: boolean } => {
  const { from, to, wanted, force } = change;
  const { major } = playedBy(rack);
  const all = named(application, from, major);
  const names = boundNames(to, major);
  const strange = Object.keys(wanted).find(
    (name) => name !== "" && !(name in all) && !names.includes(name),
  );
  if (strange !== undefined) throw new JujuError(`endpoint "${strange}" not found`);
  const fallback = application.bindings[""] ?? "alpha";
  const { bindings, told } = merge({ all, fallback }, names, wanted);
  const changed = Object.entries(bindings).some(
    ([name, space]) => (name === "" ? fallback : all[name]) !== space,
  );
  if (changed && !force) refuseUnreachable(rack, model, application, bindings);
  if (changed) application.bindings = bindings;
  return { told, changed };
};
