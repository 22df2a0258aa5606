import type { Application, Bundle, Relation } from "./types";

export interface OptionChange {
  application: string;
  option: string;
  /** Undefined: set newly, or taken away. */
  before: unknown;
  after: unknown;
}

/** What changes from one bundle to another. */
export interface BundleDiff {
  applications: {
    added: string[];
    removed: string[];
    changed: { application: string; member: string; before: unknown; after: unknown }[];
  };
  units: { application: string; before: number; after: number }[];
  options: OptionChange[];
  relations: { added: Relation[]; removed: Relation[] };
  machines: { added: string[]; removed: string[] };
}

/** Members that are compared as they are; units, places and options have their own entries. */
const MEMBERS = ["charm", "channel", "revision", "constraints", "bindings"] as const;

export function diffBundles(before: Bundle, after: Bundle): BundleDiff {
  const common = Object.keys(after.applications).filter((name) => before.applications[name]);
  const pairs = common.map((name) => ({
    name,
    a: before.applications[name] as Application,
    b: after.applications[name] as Application,
  }));
  return {
    applications: {
      ...keysDiff(before.applications, after.applications),
      changed: pairs.flatMap(({ name, a, b }) =>
        MEMBERS.filter((member) => !same(a[member], b[member])).map((member) => ({
          application: name,
          member,
          before: a[member],
          after: b[member],
        })),
      ),
    },
    units: pairs
      .filter(({ a, b }) => (a.num_units ?? 0) !== (b.num_units ?? 0))
      .map(({ name, a, b }) => ({
        application: name,
        before: a.num_units ?? 0,
        after: b.num_units ?? 0,
      })),
    options: pairs.flatMap(({ name, a, b }) => optionChanges(name, a, b)),
    relations: {
      added: missing(after.relations, before.relations),
      removed: missing(before.relations, after.relations),
    },
    machines: keysDiff(before.machines, after.machines),
  };
}

function optionChanges(application: string, a: Application, b: Application): OptionChange[] {
  const names = new Set([...Object.keys(a.options ?? {}), ...Object.keys(b.options ?? {})]);
  return [...names]
    .filter((option) => !same(a.options?.[option], b.options?.[option]))
    .map((option) => ({
      application,
      option,
      before: a.options?.[option],
      after: b.options?.[option],
    }));
}

function keysDiff(before: object, after: object): { added: string[]; removed: string[] } {
  return {
    added: Object.keys(after).filter((key) => !(key in before)),
    removed: Object.keys(before).filter((key) => !(key in after)),
  };
}

/** A relation is the same in both directions. */
export function relationKey(relation: Relation): string {
  return [...relation].sort().join(" ");
}

function missing(wanted: Relation[], from: Relation[]): Relation[] {
  const there = new Set(from.map(relationKey));
  return wanted.filter((relation) => !there.has(relationKey(relation)));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : (value ?? null);
}
