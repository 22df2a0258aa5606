import { JujuError } from "../errors";
import { decode, type Shape } from "../yaml/decode";
import type { Node } from "../yaml/tree";

/** What a bundle's YAML may hold (Juju's BundleData), and what is left of it for the rest of the rack. */

const TEXTS: Shape = { map: "string" };

const EXPOSED: Shape = {
  fields: { "expose-to-spaces": { list: "string" }, "expose-to-cidrs": { list: "string" } },
  ...{ go: "ExposedEndpointSpec", whole: true },
};

const OFFER: Shape = {
  fields: { endpoints: { list: "string" }, acl: TEXTS },
  go: "OfferSpec",
};

/** Juju 4 knows bases only. */
const series = (major: 3 | 4): Record<string, Shape> => (major === 3 ? { series: "string" } : {});

const application = (major: 3 | 4): Record<string, Shape> => ({
  ...{ charm: "string", channel: "string", revision: "int", base: "string", ...series(major) },
  ...{ resources: { map: "any" }, num_units: "int", scale: "int", to: { list: "string" } },
  ...{ placement: "string", expose: "bool", "exposed-endpoints": { map: EXPOSED } },
  ...{ options: { map: "any" }, annotations: TEXTS, constraints: "string", storage: TEXTS },
  ...{ devices: TEXTS, bindings: TEXTS, offers: { map: OFFER }, plan: "string", trust: "bool" },
});

const shape = (major: 3 | 4): Shape => ({
  fields: {
    ...{ bundle: "string", description: "string", tags: { list: "string" } },
    ...{ "default-base": "string", ...series(major) },
    applications: { map: { fields: application(major), go: "ApplicationSpec" } },
    machines: {
      map: {
        fields: { constraints: "string", annotations: TEXTS, base: "string", ...series(major) },
        go: "MachineSpec",
      },
    },
    saas: { map: { fields: { url: "string" }, go: "SaasSpec" } },
    relations: { list: { list: "string" } },
  },
  ...{ go: "bundleData", whole: true },
});

/** Of an application: what an overlay changes key by key. */
export const MAPS: ReadonlySet<string> = new Set(
  Object.entries(application(3)).flatMap(([name, each]) =>
    typeof each === "object" && "map" in each ? [name] : [],
  ),
);

export interface ExposedSpec {
  "expose-to-spaces"?: string[] | null;
  "expose-to-cidrs"?: string[] | null;
}

export interface OfferSpec {
  endpoints?: string[] | null;
  /** By user, the level of access. */
  acl?: Record<string, string> | null;
}

/** The fields that are written. Empty lists and maps are null. */
export interface BundleApplication {
  charm?: string;
  channel?: string;
  revision?: number;
  base?: string;
  series?: string;
  num_units?: number;
  scale?: number;
  placement?: string;
  to?: string[] | null;
  options?: Record<string, unknown> | null;
  annotations?: Record<string, string> | null;
  constraints?: string;
  storage?: Record<string, string> | null;
  devices?: Record<string, string> | null;
  bindings?: Record<string, string> | null;
  expose?: boolean;
  /** By endpoint, the empty name standing for all: who may reach it. */
  "exposed-endpoints"?: Record<string, ExposedSpec> | null;
  /** Files of the charm: a revision in the store, or a path. */
  resources?: Record<string, unknown> | null;
  /** By the offer's name. */
  offers?: Record<string, OfferSpec | null> | null;
  trust?: boolean;
}

export interface BundleMachine {
  constraints?: string;
  annotations?: Record<string, string> | null;
  base?: string;
  series?: string;
}

/** A document of a bundle or of an overlay. */
export interface Document {
  bundle?: string;
  "default-base"?: string;
  series?: string;
  applications?: Record<string, BundleApplication | null> | null;
  machines?: Record<string, BundleMachine | null> | null;
  /** Offers of other models, by the names that they get in this one. */
  saas?: Record<string, { url?: string } | null> | null;
  relations?: (string[] | null)[] | null;
}

const normalise = (document: Document): void => {
  for (const [name, each] of Object.entries(document.applications ?? {})) {
    if (each === null) continue;
    const { scale = 0, num_units: units = 0, placement = "" } = each;
    if (scale > 0 && units > 0)
      throw new JujuError(`cannot specify both scale and num_units for application "${name}"`);
    if (scale > 0) each.num_units = scale;
    if (placement !== "" && document.bundle !== "kubernetes")
      throw new JujuError(
        `placement (${placement}) not valid for non-Kubernetes application "${name}"`,
      );
  }
};

/**
 * A document, and what its client warns of in a dry run. One thing of the wrong kind and nothing of the document is
 * left: the client goes on with an empty one.
 */
export const readDocument = (
  node: Node,
  major: 3 | 4,
): { document: Document; troubles: string[] } => {
  const { value, troubles } = decode(shape(major), node);
  const document = troubles.some(({ wrong }) => wrong) ? {} : (value as Document);
  normalise(document);
  return { document, troubles: troubles.map(({ text }) => text) };
};
