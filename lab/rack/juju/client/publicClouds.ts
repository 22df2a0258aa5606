import type { Profile } from "../profile";
import publicRegions from "./publicRegions.json";
import type { CloudEntry } from "./store";

/** Clouds that a client knows without being told, and what it says of those that it was told of. */

const PUBLIC: Record<string, CloudEntry> = {
  aws: { type: "ec2", description: "Amazon Web Services", "auth-types": ["access-key"] },
  "aws-china": { type: "ec2", description: "Amazon China", "auth-types": ["access-key"] },
  "aws-gov": {
    type: "ec2",
    description: "Amazon (USA Government)",
    "auth-types": ["access-key"],
  },
  azure: {
    type: "azure",
    description: "Microsoft Azure",
    "auth-types": ["interactive", "service-principal-secret", "managed-identity"],
  },
  "azure-china": {
    type: "azure",
    description: "Microsoft Azure China",
    "auth-types": ["interactive", "service-principal-secret"],
  },
  equinix: { type: "equinix", description: "Equinix Metal", "auth-types": ["access-key"] },
  google: {
    type: "gce",
    description: "Google Cloud Platform",
    "auth-types": ["jsonfile", "oauth2"],
  },
  oracle: { type: "oci", description: "Oracle Cloud Infrastructure", "auth-types": ["httpsig"] },
};

const GONE_IN_4 = new Set(["equinix"]);

/** Names of regions (`publicRegions.json`, as clients of 3.6 list them), the default first; without their endpoints. */
const regionsOf = (name: string): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    ((publicRegions as Record<string, string[]>)[name] ?? []).map((region) => [region, {}]),
  );

/** Public clouds with their regions. */
export const publicClouds = (profile: Profile): Record<string, CloudEntry> =>
  Object.fromEntries(
    Object.entries(PUBLIC)
      .filter(([name]) => !(profile.major === 4 && GONE_IN_4.has(name)))
      .map(([name, entry]) => [name, { ...entry, regions: regionsOf(name) }]),
  );

/** What Juju says of a cloud that came without a description. */
export const DESCRIPTIONS: Record<string, string> = {
  kubernetes: "A Kubernetes Cluster",
  lxd: "LXD Container Hypervisor",
  maas: "Metal As A Service",
  openstack: "Openstack Cloud",
};

/** The cloud that is built in: LXD on the client's own machine. */
export const LOCALHOST = {
  type: "lxd",
  description: "LXD Container Hypervisor",
  "auth-types": ["certificate"],
  regions: { localhost: {} },
} satisfies CloudEntry;
