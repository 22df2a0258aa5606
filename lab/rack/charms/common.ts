import type { Action, Charm, Condition, Endpoint, Option, ResourceOfCharm, Rung } from "./types";

/** Options, endpoints, actions and rungs that many charms share. */

// Options: description and default. One without a default is unset until somebody sets it.

export const text = (description: string, fallback?: string): Option =>
  fallback === undefined
    ? { type: "string", description }
    : { type: "string", default: fallback, description };
export const bool = (description: string, fallback?: boolean): Option =>
  fallback === undefined
    ? { type: "boolean", description }
    : { type: "boolean", default: fallback, description };
export const int = (description: string, fallback?: number): Option =>
  fallback === undefined
    ? { type: "int", description }
    : { type: "int", default: fallback, description };
export const float = (description: string, fallback?: number): Option =>
  fallback === undefined
    ? { type: "float", description }
    : { type: "float", default: fallback, description };

/** Holds when somebody at the other side of each of these endpoints has published. */
export const received = (...endpoints: string[]): Condition => ({
  all: endpoints.map((each) => ({ received: each })),
});

/** Options of every charm that installs a part of OpenStack. */
export const OPENSTACK_OPTIONS: Record<string, Option> = {
  "action-managed-upgrade": bool("Upgrade the payload by action only", false),
  debug: bool("Enable debug logging", false),
  harden: text("Apply system hardening"),
  nagios_context: text("Prefix of nagios hosts", "juju"),
  nagios_servicegroups: text("Comma-separated nagios service groups", ""),
  "openstack-origin": text("Repository from which to install", "distro"),
  "use-syslog": bool("Log to syslog", false),
  verbose: bool("Enable verbose logging", false),
  "worker-multiplier": float("Workers per CPU core", 0.25),
};

/** Options of a charm with an OpenStack API. */
export const API_OPTIONS: Record<string, Option> = {
  ...OPENSTACK_OPTIONS,
  "dns-ha": bool("Use DNS HA with MAAS 2.0", false),
  "haproxy-client-timeout": int("haproxy client timeout in ms"),
  "haproxy-server-timeout": int("haproxy server timeout in ms"),
  "os-admin-hostname": text("Hostname of the admin endpoint"),
  "os-admin-network": text("Network of the admin endpoint (CIDR)"),
  "os-internal-hostname": text("Hostname of the internal endpoint"),
  "os-internal-network": text("Network of the internal endpoint (CIDR)"),
  "os-public-hostname": text("Hostname of the public endpoint"),
  "os-public-network": text("Network of the public endpoint (CIDR)"),
  region: text("OpenStack region", "RegionOne"),
  ssl_ca: text("CA of the certificate, base64"),
  ssl_cert: text("Certificate, base64"),
  ssl_key: text("Key of the certificate, base64"),
  "use-internal-endpoints": bool("Use internal endpoints between services", false),
  vip: text("Virtual IP of the API"),
};

/** Endpoints of every charm with an API: its certificate, and a cluster manager for a virtual address. */
export const API_REQUIRES: Record<string, Endpoint> = {
  certificates: { interface: "tls-certificates" },
  ha: { interface: "hacluster", container: true },
};

/** Monitoring by Nagios. */
export const NRPE: Record<string, Endpoint> = {
  "nrpe-external-master": { interface: "nrpe-external-master", container: true },
};

export const PAUSE_ACTIONS: Record<string, Action> = {
  pause: { description: "Pause the unit's services", sets: ["paused"], seconds: 10 },
  resume: { description: "Resume the unit's services", clears: ["paused"], seconds: 10 },
};

/** What a unit shows between the actions pause and resume. */
export const PAUSED: Rung = {
  when: { flag: "paused" },
  status: "maintenance",
  message: "Paused. Use 'resume' action to resume normal service.",
};

export const SERVICE_ACTIONS: Record<string, Action> = {
  ...PAUSE_ACTIONS,
  "openstack-upgrade": { description: "Perform the OpenStack payload upgrade", seconds: 120 },
  "security-checklist": { description: "Validate the running configuration", seconds: 8 },
};

/** What every charm with an API has alike. Its table begins with this; what follows there replaces it. */
export const API_CHARM: Pick<Charm, "bases" | "channel" | "extraBindings" | "hooks" | "first"> = {
  bases: ["20.04", "22.04", "24.04"],
  channel: "yoga/stable",
  extraBindings: ["admin", "internal", "public"],
  hooks: {
    install: 180,
    "config-changed": 25,
    "certificates-relation-changed": 70,
    "*-relation-changed": 14,
    "*": 4,
  },
  first: [PAUSED],
};

/** Policies that an operator lays over a service's own; the store's file has none. */
export const POLICY_OVERRIDE: Record<string, ResourceOfCharm> = {
  "policyd-override": {
    filename: "policyd-override.zip",
    description: "The policy.d overrides file",
    revision: 0,
  },
};
