import { existsSync, readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import { JujuError } from "../errors";

/** A bundle as its YAML has it. */
export interface BundleApplication {
  charm?: string;
  channel?: string;
  revision?: number;
  base?: string;
  series?: string;
  num_units?: number;
  to?: string[] | string;
  options?: Record<string, unknown>;
  constraints?: string;
  bindings?: Record<string, string>;
  expose?: boolean;
  trust?: boolean;
}

export interface Bundle {
  machines: Record<string, { constraints?: string; base?: string; series?: string } | null>;
  applications: Record<string, BundleApplication>;
  relations: string[][];
  base: string | undefined;
}

const SERIES: Record<string, string> = {
  bionic: "18.04",
  focal: "20.04",
  jammy: "22.04",
  noble: "24.04",
};

export const baseOfSeries = (series: string | undefined): string | undefined =>
  series === undefined ? undefined : `ubuntu@${SERIES[series] ?? series}`;

/** The name of a base in the days before bases, for example `jammy`. */
export const seriesOf = (base: string): string =>
  Object.entries(SERIES).find(([, each]) => each === base)?.[0] ?? base;

type Document = Record<string, unknown>;

const isMap = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Overlays merge key by key; `null` for an application takes it out. */
const overlay = (below: Document, above: Document): Document => {
  const merged: Document = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    if (value === null) delete merged[key];
    else if (Array.isArray(value) && Array.isArray(old) && key === "relations")
      merged[key] = [...(old as unknown[]), ...(value as unknown[])];
    else merged[key] = isMap(value) && isMap(old) ? overlay(old, value) : value;
  }
  return merged;
};

const documents = (path: string, what: string): Document[] => {
  try {
    return loadAll(readFileSync(path, "utf8")) as Document[];
  } catch (error) {
    // Go's parser counts the line that was begun, js-yaml the one where it ended.
    const ended = error instanceof Error ? /\((\d+):\d+\)/.exec(error.message)?.[1] : undefined;
    const line = Math.max(1, Number(ended ?? 1) - 1);
    throw new JujuError(
      `cannot deploy bundle: ${what}: unmarshal document 0: yaml: line ${line}: did not find expected node content`,
    );
  }
};

/** The relations of removed applications go with them. */
const normalise = (merged: Document): Bundle => {
  const applications = (merged.applications ?? merged.services ?? {}) as Bundle["applications"];
  const relations = ((merged.relations ?? []) as (string | string[])[][]).flatMap(
    ([first, second]) => {
      const others = Array.isArray(second) ? second : [second ?? ""];
      return others.map((other) => [String(first), other]);
    },
  );
  return {
    machines: (merged.machines ?? {}) as Bundle["machines"],
    applications,
    relations,
    base:
      (merged["default-base"] as string | undefined) ??
      baseOfSeries(merged.series as string | undefined),
  };
};

export const readBundle = (path: string, shown: string, overlays: [string, string][]): Bundle => {
  if (!existsSync(path)) throw new JujuError(`no charm was found at "${shown}"`);
  let [merged = {}, ...more] = documents(path, "cannot unmarshal bundle contents");
  const extra = overlays.flatMap(([file, name]) => {
    if (!existsSync(file))
      throw new JujuError(`cannot deploy bundle: unable to process overlays: "${name}" not found`);
    return documents(file, `unable to process overlays: cannot unmarshal "${name}"`);
  });
  more = [...more, ...extra];
  for (const above of more) merged = overlay(merged, above);
  const bundle = normalise(merged);
  const gone = (name: string): boolean =>
    more.some((above) => (above.applications as Document | undefined)?.[name] === null);
  bundle.relations = bundle.relations.filter(
    (pair) => !pair.some((end) => gone(end.split(":")[0] ?? "")),
  );
  verify(bundle);
  return bundle;
};

export const placements = (application: BundleApplication): string[] =>
  typeof application.to === "string" ? [application.to] : (application.to ?? []).map(String);

const verify = (bundle: Bundle): void => {
  const errors: string[] = [];
  if (Object.keys(bundle.applications).length === 0)
    errors.push("at least one application must be specified");
  for (const [name, application] of Object.entries(bundle.applications)) {
    if (application.charm === undefined) errors.push(`empty charm path`);
    const units = application.num_units ?? 0;
    const to = placements(application);
    if (to.length > units && units > 0)
      errors.push(`too many units specified in unit placement for application "${name}"`);
    for (const place of to) {
      const target = place.includes(":") ? (place.split(":")[1] ?? "") : place;
      if (target === "new" || target === "lxd") continue;
      if (/^\d+$/.test(target)) {
        if (!(target in bundle.machines))
          errors.push(`placement "${place}" refers to a machine not defined in this bundle`);
      } else if (!((target.split("/")[0] ?? "") in bundle.applications)) {
        errors.push(`placement "${place}" refers to an application not defined in this bundle`);
      }
    }
  }
  const targets = new Set(
    Object.values(bundle.applications).flatMap((each) =>
      placements(each).map((place) => place.split(":").at(-1)),
    ),
  );
  for (const id of Object.keys(bundle.machines))
    if (!targets.has(id))
      errors.push(`machine "${id}" is not referred to by a placement directive`);
  for (const pair of bundle.relations) {
    for (const end of pair) {
      const name = end.split(":")[0] ?? "";
      if (!(name in bundle.applications)) {
        const shown = pair.map((each) => JSON.stringify(each)).join(" ");
        errors.push(
          `relation [${shown}] refers to application "${name}" not defined in this bundle`,
        );
      }
    }
  }
  if (errors.length > 0)
    throw new JujuError(
      `cannot deploy bundle: the provided bundle has the following errors:\n${errors.join("\n")}`,
    );
};
