import { JujuError } from "../errors";
import { type BundleApplication, type Document, MAPS } from "./shape";

/** How the documents after a bundle's first one change it. */

/** What only an overlay may say of an application, with what only it may say within that. */
const ONLY_OVERLAY = {
  "exposed-endpoints": ["expose-to-spaces", "expose-to-cidrs"],
  offers: ["endpoints", "acl"],
} as const;

/** The first document of a bundle leaves offers and exposed endpoints to those after it. */
export const refuseOverlayFields = (base: Document): void => {
  const errors: string[] = [];
  for (const [name, application] of Object.entries(base.applications ?? {})) {
    for (const [field, parts] of Object.entries(ONLY_OVERLAY)) {
      const value = application?.[field as keyof typeof ONLY_OVERLAY];
      if (value == null) continue;
      const path = `applications.${name}.${field}`;
      errors.push(`${path} can only appear in an overlay section`);
      for (const [key, each] of Object.entries(value))
        for (const part of parts.filter(
          (one) => (each as Record<string, unknown> | null)?.[one] != null,
        ))
          errors.push(`${path}.${key}.${part} can only appear in an overlay section`);
    }
  }
  const [first, ...more] = errors;
  if (first === undefined) return;
  const others = more.length === 0 ? "" : ` (and ${more.length} more errors)`;
  throw new JujuError(`cannot deploy bundle: ${first}${others}`);
};

/** An entry that takes the one below it away. */
const isNothing = (field: string, value: unknown): boolean =>
  field === "exposed-endpoints"
    ? Object.values(value as object).every((each) => each === null)
    : value === null;

/** Maps take over key by key, where nothing takes a key out and an empty map all; anything else is replaced. */
const merge = (below: BundleApplication, above: BundleApplication): BundleApplication => {
  const merged: Record<string, unknown> = { ...below };
  for (const [field, value] of Object.entries(above)) {
    const old = merged[field] as Record<string, unknown> | null | undefined;
    if (!MAPS.has(field)) merged[field] = value;
    else if (value === null) merged[field] = {};
    else {
      const both = { ...old, ...(value as Record<string, unknown>) };
      const kept = Object.entries(both).filter(
        ([key, each]) => !Object.hasOwn(value as object, key) || !isNothing(field, each),
      );
      merged[field] = Object.fromEntries(kept);
    }
  }
  return merged;
};

/** Relations with the wrong number of ends stay, to be told of. */
const without = (relations: (string[] | null)[], name: string): (string[] | null)[] =>
  relations.filter(
    (ends) => ends?.length !== 2 || !ends.some((end) => end === name || end.startsWith(`${name}:`)),
  );

/** Named things under those of an overlay, and the names that it takes away. */
const lay = <T extends object>(
  below: Record<string, T | null> | null | undefined,
  above: Record<string, T | null> | null | undefined,
  join: (old: T, fresh: T) => T,
): { things: Record<string, T | null>; gone: string[] } => {
  const things = { ...below };
  const gone: string[] = [];
  for (const [name, value] of Object.entries(above ?? {})) {
    const old = things[name];
    if (value !== null) things[name] = old == null ? value : join(old, value);
    else {
      delete things[name];
      gone.push(name);
    }
  }
  return { things, gone };
};

/** An overlay over a bundle: an empty application or SAAS goes, with the relations that it had until then. */
export const applyOverlay = (below: Document, above: Document, major: 3 | 4): Document => {
  const applications = lay(below.applications, above.applications, merge);
  const saas = lay(below.saas, above.saas, (old, fresh) => ({ ...old, ...fresh }));
  const left = [...applications.gone, ...saas.gone].reduce(without, below.relations ?? []);
  const key = major === 3 ? "series" : "default-base";
  return {
    ...below,
    applications: applications.things,
    saas: saas.things,
    machines: above.machines ?? below.machines ?? null,
    relations: [...left, ...(above.relations ?? [])],
    [key]: above[key] || below[key],
  };
};
