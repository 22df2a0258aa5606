import { parseJson, typeName } from "./compare";

/** What one run of Juju names in its own way: words of the recording and of this rack that stand for the same. */
export interface Names {
  /** Names of machines and instances, whole words. */
  machines: ReadonlySet<string>;
  /** Folders and addresses that were put in the place of the recorded ones: text here → text there. */
  places: readonly (readonly [string, string])[];
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----/g,
    "<certificate>",
  ],
  [/\b[0-9A-F]{1,2}(?::[0-9A-F]{1,2}){31}\b/g, "<fingerprint>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uuid>"],
  // What the recorder's stand-in for MAAS repeats of a request, the real one leaves out.
  [/(resolved to \\?")agent_name=<uuid> /g, "$1"],
  // The real one understands these as decimal numbers, the stand-in repeats them.
  [/\b((?:mem|cpu_count)=\d+)\.0\b/g, "$1"],
  [/\['[0-9a-f-]{1,35}\.\.\./g, "['<uuid>..."],
  [/\b[0-9a-f]{96}\b/g, "<digest>"],
  [/\bssh-(?:ed25519|rsa) [A-Za-z0-9+/=]+/g, "<key>"],
  [/\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g, "<mac>"],
  [/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?: \+0000 UTC|Z)?/g, "<time>"],
  [/\b\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\dZ/g, "<time>"],
  [/\b\d\d:\d\d:\d\dZ?(?=\s|"|$)/gm, "<time>"],
  [/\bjust now\b|\b\d+ (?:seconds?|minutes?|hours?) ago\b/g, "<ago>"],
  [/\bjuju-[0-9a-f]{6}-(\d+(?:-lxd-\d+)?)\b/g, "juju-<model>-$1"],
  [/\b(?!127\.|0\.0\.0\.0)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g, "<address>"],
  [/up +\d+:\d\d, +\d+ users?, +load average: [\d., ]+/g, "<load>"],
  // Progress of a wait: a dot for each look.
  [/(?:Waiting for model to be removed[^\n]*\n)+/g, "Waiting for model to be removed<dots>\n"],
  [/\.{4,}/g, "<dots>"],
];

/** The text without what belongs to one run. */
export const plain = (text: string, names: Names): string => {
  let result = text;
  for (const [here, there] of names.places) result = result.replaceAll(here, there);
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
  if (names.machines.size === 0) return result;
  return result.replace(/[\w-]+/g, (word) => (names.machines.has(word) ? "<machine>" : word));
};

/** Columns are as wide as their widest cell: what is in them counts, not how far apart they are. */
const columns = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.replace(/(\S) {2,}(?=\S)/g, "$1  ").trimEnd())
    .join("\n");

/** Keys of which a recording only tells that there is something. */
const OF_ONE_RUN =
  /^(password|since|timestamp|last-connection|date-created|enqueued|started|completed|resourceid|ca-cert)$/;

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeName(value) === "object";

const shown = (value: unknown): string =>
  value === undefined ? "nothing" : JSON.stringify(value).slice(0, 120);

/**
 * An application without a status of its own shows that of one of its units in the worst state. Which one, where
 * several are, Juju leaves to chance: the recorded status must be that of some unit.
 */
const chosenByChance = (application: Json): unknown[] =>
  Object.values(isObject(application.units) ? application.units : {}).flatMap((unit) =>
    isObject(unit) && isObject(unit["workload-status"]) ? [unit["workload-status"].message] : [],
  );

const objects = (expected: Json, got: Json, path: string, names: Names): string[] => {
  const found: string[] = [];
  for (const key of Object.keys(expected)) {
    if (!(key in got)) found.push(`${path}.${key}: missing, expected ${shown(expected[key])}`);
  }
  for (const key of Object.keys(got)) {
    if (!(key in expected)) found.push(`${path}.${key}: not expected, got ${shown(got[key])}`);
  }
  for (const key of Object.keys(expected)) {
    if (!(key in got)) continue;
    const [left, right] = [expected[key], got[key]];
    // Storage on the root disk has the size of that disk.
    if (key === "size" && expected.pool === "rootfs" && typeof right === "number") continue;
    const ofOneRun = OF_ONE_RUN.test(key) && typeName(left) === typeName(right);
    if (ofOneRun && typeof left !== "object") continue;
    if (key === "application-status" && isObject(left) && isObject(right)) {
      const free = left.message !== undefined && chosenByChance(got).includes(left.message);
      found.push(
        ...differ(
          left,
          free ? { ...right, message: left.message } : right,
          `${path}.${key}`,
          names,
        ),
      );
    } else found.push(...differ(left, right, `${path}.${key}`, names));
  }
  return found;
};

const byName = (value: Json, names: Names): Json =>
  Object.fromEntries(Object.entries(value).map(([key, each]) => [plain(key, names), each]));

const differ = (expected: unknown, got: unknown, path: string, names: Names): string[] => {
  if (isObject(expected) && isObject(got))
    return objects(byName(expected, names), byName(got, names), path, names);
  if (Array.isArray(expected) && Array.isArray(got)) {
    if (expected.length !== got.length)
      return [`${path}: expected ${expected.length} items ${shown(expected)}, got ${shown(got)}`];
    return expected.flatMap((item, index) => differ(item, got[index], `${path}[${index}]`, names));
  }
  if (typeof expected === "string" && typeof got === "string") {
    return plain(expected, names) === plain(got, names)
      ? []
      : [`${path}: expected ${shown(expected)}, got ${shown(got)}`];
  }
  return expected === got ? [] : [`${path}: expected ${shown(expected)}, got ${shown(got)}`];
};

/** Differences between two outputs: objects where both are JSON, texts otherwise. */
export const outputDifferences = (expected: string, got: string, names: Names): string[] => {
  const [left, right] = [parseJson(expected), parseJson(got)];
  if (typeof left === "object" && typeof right === "object")
    return differ(left, right, "", names).map((each) => `stdout${each}`);
  return columns(plain(expected, names)) === columns(plain(got, names))
    ? []
    : [`stdout: ${JSON.stringify(got)}`];
};

/** Error texts are compared to the letter. */
export const errorDifferences = (expected: string, got: string, names: Names): string[] =>
  plain(expected, names) === plain(got, names) ? [] : [`stderr: ${JSON.stringify(got)}`];
