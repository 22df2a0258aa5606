import { existsSync, readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import { baseOfSeries } from "../engine/series";
import { JujuError } from "../errors";
import { applyOverlay, type Document, isMap, refuseOverlayFields } from "./overlay";
import { verify } from "./verify";

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
  /** By endpoint, the empty name standing for all: who may reach it. */
  "exposed-endpoints"?: Record<string, ExposedSpec | null>;
  /** Files of the charm: a revision in the store, or a path. */
  resources?: Record<string, number | string>;
  /** By the offer's name. */
  offers?: Record<string, OfferSpec>;
  trust?: boolean;
}

export interface ExposedSpec {
  "expose-to-spaces"?: string[];
  "expose-to-cidrs"?: string[];
}

export interface OfferSpec {
  endpoints?: string[];
  /** By user, the level of access. */
  acl?: Record<string, string>;
}

export interface Bundle {
  machines: Record<string, { constraints?: string; base?: string; series?: string } | null>;
  applications: Record<string, BundleApplication>;
  /** Offers of other models, by the names that they get in this one. */
  saas: Record<string, { url?: string } | null>;
  relations: string[][];
  base: string | undefined;
}

/** A bundle that was not looked at yet. */
export interface Draft extends Omit<Bundle, "applications"> {
  applications: Record<string, BundleApplication | null>;
}

const documents = (path: string, what: string): Document[] => {
  try {
    return loadAll(readFileSync(path, "utf8")).filter(isMap);
  } catch (error) {
    // Go's parser counts the line that was begun, js-yaml the one where it ended.
    const ended = error instanceof Error ? /\((\d+):\d+\)/.exec(error.message)?.[1] : undefined;
    const line = Math.max(1, Number(ended ?? 1) - 1);
    throw new JujuError(
      `cannot deploy bundle: ${what}: unmarshal document 0: yaml: line ${line}: did not find expected node content`,
    );
  }
};

const normalise = (merged: Document): Draft => {
  const relations = ((merged.relations ?? []) as (string | string[])[][]).flatMap((pair) => {
    const [first, second] = pair;
    if (!Array.isArray(second)) return [pair.map(String)];
    return second.map((other) => [String(first), other]);
  });
  return {
    machines: (merged.machines ?? {}) as Bundle["machines"],
    applications: (merged.applications ?? merged.services ?? {}) as Draft["applications"],
    saas: (merged.saas ?? {}) as Bundle["saas"],
    relations,
    base:
      (merged["default-base"] as string | undefined) ??
      baseOfSeries(merged.series as string | undefined),
  };
};

/** A bundle with its overlays; the bundle's first document has to be right alone too. */
export const readBundle = (
  path: string,
  shown: string,
  overlays: [string, string][],
  major: 3 | 4,
): Bundle => {
  if (!existsSync(path)) throw new JujuError(`no charm was found at "${shown}"`);
  const [base = {}, ...own] = documents(path, "cannot unmarshal bundle contents");
  verify(normalise(base));
  const given = overlays.flatMap(([file, name]) => {
    if (!existsSync(file))
      throw new JujuError(`cannot deploy bundle: unable to process overlays: "${name}" not found`);
    return documents(file, `unable to process overlays: cannot unmarshal "${name}"`);
  });
  refuseOverlayFields(base);
  const lay = (below: Document, above: Document) => applyOverlay(below, above, major);
  return verify(normalise([...own, ...given].reduce(lay, base)));
};

export const placements = (application: BundleApplication | null | undefined): string[] =>
  typeof application?.to === "string" ? [application.to] : (application?.to ?? []).map(String);
