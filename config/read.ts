/** From what a person wrote to a whole site: preset, site file and configuration in layers, then their shapes. */
import { z } from "zod";

import { PRESETS } from "./presets";
import { SECTIONS } from "./schema";
import { suggest } from "./suggest";
import type { Permissions, Problem, SiteConfig, SiteSecrets } from "./types";

/** Keys that hold an object. */
export const SECTION_KEYS = Object.keys(SECTIONS) as (keyof SiteConfig)[];

export const SECRET_KEYS: (keyof SiteSecrets)[] = [
  "bastionPrivateKey",
  "maasApiKey",
  "caPrivateKeyPem",
  "automationPassword",
  "databasePassword",
  "powerPassword",
];

export const PERMISSION_KEYS: (keyof Permissions)[] = [
  "allowStandInPlugins",
  "allowUnsafeJuju",
  "allowDestroy",
];

/** Plain keys that hold a text. */
export const TEXT_KEYS = ["preset", "siteFile", "caCertificatePem", "appPublicKey"] as const;

export const ALL_KEYS: string[] = [
  ...TEXT_KEYS,
  "light",
  ...PERMISSION_KEYS,
  ...SECRET_KEYS,
  ...SECTION_KEYS,
];

/** What a site file says of the site's shape: where its bastion is, and what the dummies of a preview stand in for. */
export interface SiteFacts {
  bastionHost: string;
  bastionHostKey: string;
}

/** Sections that have their shape; those that have not are absent. */
export interface ReadSite {
  site: Partial<SiteConfig>;
  problems: Problem[];
}

/** Keys that nobody knows. */
export function unknownKeys(keys: string[]): Problem[] {
  return keys
    .filter((key) => !ALL_KEYS.includes(key))
    .map((key) => ({ path: key, message: `is not a configuration key${meant(key, ALL_KEYS)}` }));
}

/** Lays `given` over the site's facts over the preset, and checks every section by itself. */
export function readSite(
  preset: string,
  facts: SiteFacts,
  given: Partial<Record<keyof SiteConfig, unknown>>,
): ReadSite {
  const base = PRESETS[preset];
  if (!base) {
    const names = Object.keys(PRESETS);
    return {
      site: {},
      problems: [
        {
          path: "preset",
          message: `is ${show(preset)}; must be one of ${names.join(", ")}${meant(preset, names)}`,
        },
      ],
    };
  }
  const known = {
    bastion: { host: facts.bastionHost, hostKey: facts.bastionHostKey },
    // Without another word the cloud is where the bastion is, as with a lab's or a router's forwarded port.
    access: { authUrl: `https://${bastionHost(given) ?? facts.bastionHost}:5000/v3` },
  };
  const site: Partial<Record<keyof SiteConfig, unknown>> = {};
  const problems: Problem[] = [];
  for (const key of SECTION_KEYS) {
    const value = merge(merge(base[key], known[key as keyof typeof known]), given[key]);
    const read = (SECTIONS[key] as z.ZodType<unknown>).safeParse(value);
    if (read.success) site[key] = read.data;
    else problems.push(...read.error.issues.flatMap((issue) => problemsOf(key, value, issue)));
  }
  return { site: site as Partial<SiteConfig>, problems };
}

function bastionHost(given: Partial<Record<keyof SiteConfig, unknown>>): string | undefined {
  const host = (given.bastion as { host?: unknown } | undefined)?.host;
  return typeof host === "string" ? host : undefined;
}

type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Objects member by member; anything else is replaced. `null` takes away what is below. */
export function merge(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isObject(above)) return above;
  // A map, because a name such as __proto__ is a name here.
  const result = new Map(isObject(below) ? Object.entries(below) : []);
  for (const [key, value] of Object.entries(above)) {
    if (value === null && result.get(key) !== undefined) result.delete(key);
    else result.set(key, merge(result.get(key), value));
  }
  return Object.fromEntries(result);
}

function problemsOf(key: string, root: unknown, issue: z.core.$ZodIssue): Problem[] {
  const path = pathText(key, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = membersOf(SECTIONS[key as keyof SiteConfig], issue.path);
    return issue.keys.map((name) => ({
      path: `${path}.${name}`,
      message: `is not known${meant(name, known)}`,
    }));
  }
  if (issue.code === "invalid_key") {
    const [first] = issue.issues;
    return [
      { path, message: `has a name that is not allowed; ${first?.message ?? issue.message}` },
    ];
  }
  const value = issue.path.reduce<unknown>(
    (inner, step) => (inner as Members | undefined)?.[String(step)],
    root,
  );
  const said = value === undefined ? "is missing" : `is ${show(value)}`;
  return [{ path, message: `${said}; ${issue.message}` }];
}

/** Names that the object at a path of a schema may have. */
function membersOf(schema: z.ZodType, path: PropertyKey[]): string[] {
  let inner: unknown = schema;
  for (const step of [...path, undefined]) {
    while (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodNullable ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault
    )
      inner = inner.unwrap();
    if (step === undefined) break;
    if (inner instanceof z.ZodObject) inner = inner.shape[String(step)];
    else if (inner instanceof z.ZodRecord) inner = inner.valueType;
    else if (inner instanceof z.ZodArray) inner = inner.element;
  }
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** e.g. `openstack.relations[2]`. */
function pathText(root: string, path: PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : `${text}.${String(step)}`),
    root,
  );
}

function meant(word: string, known: string[]): string {
  const nearest = suggest(word, known);
  if (nearest !== undefined) return `. Did you mean ${nearest}?`;
  return known.length === 0 ? ". Take it out." : `. Known are: ${known.join(", ")}.`;
}

const LONGEST_VALUE = 80;

export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
