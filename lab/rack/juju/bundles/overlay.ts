import { JujuError } from "../errors";

/** Documents of bundles and overlays, as their YAML has them, and how the later ones change the first. */

export type Document = Record<string, unknown>;

export const isMap = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const mapOf = (value: unknown): Document => (isMap(value) ? value : {});

/** What only an overlay may say of an application, with what only it may say within that. */
const ONLY_OVERLAY = {
  "exposed-endpoints": ["expose-to-spaces", "expose-to-cidrs"],
  offers: ["endpoints", "acl"],
};

/** The first document of a bundle leaves offers and exposed endpoints to those after it. */
export const refuseOverlayFields = (base: Document): void => {
  const errors: string[] = [];
  for (const [name, application] of Object.entries(mapOf(base.applications))) {
    for (const [field, parts] of Object.entries(ONLY_OVERLAY)) {
      const value = mapOf(application)[field];
      if (!isMap(value)) continue;
      const path = `applications.${name}.${field}`;
      errors.push(`${path} can only appear in an overlay section`);
      for (const [key, each] of Object.entries(value))
        for (const part of parts.filter((one) => mapOf(each)[one] != null))
          errors.push(`${path}.${key}.${part} can only appear in an overlay section`);
    }
  }
  const [first, ...more] = errors;
  if (first === undefined) return;
  const others = more.length === 0 ? "" : ` (and ${more.length} more errors)`;
  throw new JujuError(`cannot deploy bundle: ${first}${others}`);
};

/** Maps within take over key by key, anything else as a whole; nothing takes a key out. */
const merge = (below: Document, above: Document): Document => {
  const merged: Document = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    if (value === null) delete merged[key];
    else if (isMap(value) && isMap(old))
      merged[key] = Object.fromEntries(
        Object.entries({ ...old, ...value }).filter(([, each]) => each !== null),
      );
    else merged[key] = value;
  }
  return merged;
};

const ends = (relation: unknown): string[] =>
  Array.isArray(relation) ? relation.map((end) => String(end).split(":")[0] ?? "") : [];

/** What an overlay says of the base of all that follows. */
const OVERALL = { 3: "series", 4: "default-base" } as const;

/** An overlay over a bundle, as Juju 3 or 4 lays it: an empty application or SAAS goes, with the relations that it had until then. */
export const applyOverlay = (below: Document, above: Document, major: 3 | 4): Document => {
  if (above.services !== undefined)
    throw new JujuError(
      "cannot deploy bundle: bundle overlay file used deprecated 'services' key, this is not valid for bundle overlay files",
    );
  const merged: Document = { ...below };
  for (const kind of ["applications", "saas"]) {
    const things = { ...mapOf(merged[kind]) };
    for (const [name, value] of Object.entries(mapOf(above[kind]))) {
      const old = things[name];
      if (value !== null) {
        things[name] = isMap(value) && isMap(old) ? merge(old, value) : value;
        continue;
      }
      delete things[name];
      merged.relations = ((merged.relations ?? []) as unknown[]).filter(
        (relation) => !ends(relation).includes(name),
      );
    }
    merged[kind] = things;
  }
  const key = OVERALL[major];
  if (above[key]) merged[key] = above[key];
  if (isMap(above.machines)) merged.machines = above.machines;
  merged.relations = [
    ...((merged.relations ?? []) as unknown[]),
    ...((above.relations ?? []) as unknown[]),
  ];
  return merged;
};
