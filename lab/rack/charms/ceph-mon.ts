import { NRPE, bool, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ceph-mon",
  summary: "Ceph monitors",
  revisions: { "squid/stable": 293, "*": 243 },
  channel: "quincy/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "squid/stable": "19.2.1", "*": "17.2.9" },
  provides: {
    admin: { interface: "ceph-admin" },
    client: { interface: "ceph-client" },
    dashboard: { interface: "ceph-dashboard", container: true },
    mds: { interface: "ceph-mds" },
    osd: { interface: "ceph-osd" },
    prometheus: { interface: "http" },
    radosgw: { interface: "ceph-radosgw" },
    "rbd-mirror": { interface: "ceph-rbd-mirror" },
    ...NRPE,
  },
  requires: { "bootstrap-source": { interface: "ceph-bootstrap" } },
  peers: { mon: { interface: "ceph" } },
  extraBindings: ["public", "cluster"],
  config: {
    "auth-supported": text("Authentication", "cephx"),
    "customize-failure-domain": bool("Failure domains by zone", false),
    "default-rbd-features": int("Features of images"),
    "expected-osd-count": int("OSDs before pools are made", 0),
    fsid: text("Identity of the cluster"),
    "monitor-count": int("Monitors before the cluster starts", 3),
    "monitor-secret": text("Secret of the monitors"),
    "no-bootstrap": bool("Do not bootstrap", false),
    "pg-autotune": text("Placement groups by themselves", "auto"),
    source: text("Repository from which to install"),
  },
  actions: {
    "get-health": { description: "Health of the cluster", results: { message: "HEALTH_OK" } },
    "create-pool": {
      description: "Make a pool",
      params: { name: { type: "string", description: "Name" } },
      required: ["name"],
    },
    "list-pools": { description: "List pools" },
    "pause-health": { description: "Pause health" },
  },
  hooks: {
    install: 130,
    "config-changed": 15,
    "mon-relation-changed": 25,
    "*-relation-changed": 8,
    "*": 4,
  },
  ladder: [
    {
      when: { not: { units: { config: "monitor-count" } } },
      status: "blocked",
      message: "Insufficient peer units to bootstrap cluster (require {monitor-count})",
    },
    {
      when: { all: [{ units: 2 }, { not: { received: "mon" } }] },
      status: "waiting",
      message: "Peer units detected, waiting for addresses",
    },
    {
      when: { not: { received: "osd", from: { config: "expected-osd-count" } } },
      status: "waiting",
      message:
        "Monitor bootstrapped but waiting for number of OSDs to reach expected-osd-count ({expected-osd-count})",
    },
  ],
  ready: { status: "active", message: "Unit is ready and clustered" },
  publishes: {
    osd: { units: { config: "monitor-count" } },
    client: { received: "osd", from: { config: "expected-osd-count" } },
    radosgw: { received: "osd", from: { config: "expected-osd-count" } },
  },
};
