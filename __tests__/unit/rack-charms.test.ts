import { readdirSync } from "node:fs";
import { join } from "node:path";
import { charmNames, findCharm, localCharmNames } from "../../lab/rack/charms";
import type { Charm, Condition, Endpoint, Rung } from "../../lab/rack/charms/types";
import { answers } from "../../lab/rack/juju/engine/answers";

const folder = join(__dirname, "../../lab/rack/charms");

const tables: [string, Charm][] = [
  ...charmNames().map((name) => [name, findCharm(name)]),
  ...localCharmNames().map((name) => [`local ${name}`, findCharm(name, "local")]),
] as [string, Charm][];

/** Flags that no action's table sets: Vault as the rack plays it does, and faults. */
const SET_ELSEWHERE: Record<string, string[]> = {
  vault: ["initialized", "unsealed", "authorized", "ca"],
  "mysql-innodb-cluster": ["outage"],
};

interface Names {
  endpoints: string[];
  options: string[];
  flags: string[];
}

const namesIn = (condition: Condition): Names => {
  const none: Names = { endpoints: [], options: [], flags: [] };
  const count = (value: unknown): string[] =>
    typeof value === "object" && value !== null ? [(value as { config: string }).config] : [];
  if ("not" in condition) return namesIn(condition.not);
  if ("all" in condition || "any" in condition) {
    const inner = ("all" in condition ? condition.all : condition.any).map(namesIn);
    return {
      endpoints: inner.flatMap((each) => each.endpoints),
      options: inner.flatMap((each) => each.options),
      flags: inner.flatMap((each) => each.flags),
    };
  }
  if ("related" in condition) return { ...none, endpoints: [condition.related] };
  if ("received" in condition)
    return { ...none, endpoints: [condition.received], options: count(condition.from) };
  if ("units" in condition) return { ...none, options: count(condition.units) };
  if ("flag" in condition) return { ...none, flags: [condition.flag] };
  if ("config" in condition) return { ...none, options: [condition.config] };
  if ("disks" in condition) return { ...none, options: [condition.disks] };
  return none;
};

const rungsOf = (charm: Charm): Rung[] => [...(charm.first ?? []), ...(charm.ladder ?? [])];

const conditionsOf = (charm: Charm): Condition[] => [
  ...rungsOf(charm).map(({ when }) => when),
  ...Object.values(charm.publishes ?? {}),
  ...Object.values(charm.actions ?? {}).flatMap(({ requires }) => requires?.when ?? []),
];

const endpointsOf = (charm: Charm): Record<string, Endpoint> => ({
  ...charm.provides,
  ...charm.requires,
  ...charm.peers,
});

const without = (wanted: string[], there: string[]): string[] =>
  wanted.filter((each) => !there.includes(each));

test("every table is in a file of its name, and every file is listed", () => {
  const files = (path: string): string[] =>
    readdirSync(path)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => file.slice(0, -3))
      .filter((file) => !["common", "types", "index"].includes(file));
  expect(charmNames().sort()).toEqual(files(folder).sort());
  expect(localCharmNames().sort()).toEqual(files(join(folder, "local")).sort());
});

describe.each(tables)("the table of %s", (_title, charm) => {
  const endpoints = Object.keys(endpointsOf(charm));
  const options = Object.keys(charm.config);
  const actions = Object.values(charm.actions ?? {});

  test("names only endpoints that the charm has", () => {
    const needs =
      charm.needs === undefined
        ? []
        : charm.needs.style === "named"
          ? Object.values(charm.needs.relations)
          : [...charm.needs.endpoints, ...Object.keys(charm.needs.waiting ?? {})];
    const named = [
      ...needs,
      ...conditionsOf(charm).flatMap((each) => namesIn(each).endpoints),
      ...Object.keys(charm.publishes ?? {}),
      ...Object.keys(charm.data ?? {}),
      ...(charm.afterCertificates ?? []),
      ...Object.keys(charm.hooks ?? {}).flatMap(
        (hook) => /^([^*].*)-relation-\w+$/.exec(hook)?.[1] ?? [],
      ),
    ];
    expect(without(named, endpoints)).toEqual([]);
  });

  test("an endpoint has one role", () => {
    const roles = [charm.provides, charm.requires, charm.peers].flatMap((each) =>
      Object.keys(each ?? {}),
    );
    expect(roles).toHaveLength(new Set(roles).size);
  });

  test("names only options that the charm has, with defaults of their type", () => {
    const filledIn = [...rungsOf(charm), ...(charm.ready === undefined ? [] : [charm.ready])]
      .flatMap(({ message }) => [...message.matchAll(/\{(?:disks:)?([\w-]+)\}/g)])
      .map(([, name = ""]) => name)
      .filter((name) => !["mlock", "units"].includes(name));
    const named = [
      ...filledIn,
      ...conditionsOf(charm).flatMap((each) => namesIn(each).options),
      ...[charm.delayOption, charm.failOption].flatMap((each) => each ?? []),
    ];
    expect(without(named, options)).toEqual([]);
    const types = { string: "string", secret: "string", int: "number", float: "number" };
    const wrong = Object.entries(charm.config).filter(
      ([, { type, default: fallback }]) =>
        fallback !== undefined && typeof fallback !== { ...types, boolean: "boolean" }[type],
    );
    expect(wrong).toEqual([]);
  });

  test("every flag that it looks at is set by something, and every flag that an action sets is looked at", () => {
    const looked = conditionsOf(charm).flatMap((each) => namesIn(each).flags);
    const set = actions.flatMap(({ sets }) => sets ?? []);
    const cleared = actions.flatMap(({ clears }) => clears ?? []);
    expect(without(looked, [...set, ...(SET_ELSEWHERE[charm.name] ?? [])])).toEqual([]);
    expect(without([...set, ...cleared], looked)).toEqual([]);
  });

  test("its actions ask for parameters that they have, and for answers that there are", () => {
    for (const { params = {}, required = [], answer } of actions) {
      expect(without(required, Object.keys(params))).toEqual([]);
      expect(without(answer === undefined ? [] : [answer], Object.keys(answers))).toEqual([]);
    }
    const inBraces = actions.flatMap(({ params = {}, seconds, exit, results }) =>
      [seconds, exit, ...Object.values(results ?? {})]
        .flatMap((text) => [...String(text ?? "").matchAll(/\{([\w-]+)\}/g)])
        .flatMap(([, name = ""]) => without([name], Object.keys(params))),
    );
    expect(inBraces).toEqual([]);
  });

  test("lasts some time, and less than MAAS waits for a machine", () => {
    const seconds = [charm.reaction ?? 1, ...Object.values(charm.hooks ?? {})];
    for (const each of seconds) {
      expect(each).toBeGreaterThan(0);
      expect(each).toBeLessThan(1800);
    }
  });
});
