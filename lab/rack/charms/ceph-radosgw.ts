import { API_HOOKS, API_OPTIONS, API_REQUIRES, BINDINGS, PAUSED, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ceph-radosgw",
  summary: "Ceph object gateway",
  revisions: { "quincy/stable": 601, "squid/stable": 633, "*": 601 },
  channel: "quincy/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "quincy/stable": "17.2.9", "squid/stable": "19.2.1", "*": "17.2.9" },
  provides: {
    gateway: { interface: "http" },
    "object-store": { interface: "swift-proxy" },
    primary: { interface: "radosgw-multisite" },
  },
  requires: {
    ...API_REQUIRES,
    "identity-service": { interface: "keystone" },
    mon: { interface: "ceph-radosgw" },
    secondary: { interface: "radosgw-multisite" },
  },
  peers: { cluster: { interface: "swift-ha" } },
  extraBindings: BINDINGS,
  config: {
    ...API_OPTIONS,
    "ceph-osd-replication-count": int("Replicas of the pools", 3),
    port: int("Port of the gateway"),
    realm: text("Realm"),
    source: text("Repository from which to install"),
    zone: text("Zone", "default"),
    zonegroup: text("Zone group"),
  },
  actions: {
    pause: { description: "Pause the unit", sets: ["paused"] },
    resume: { description: "Resume the unit", clears: ["paused"] },
  },
  hooks: API_HOOKS,
  first: [PAUSED],
  needs: { style: "named", relations: { mon: ["mon"] } },
  ports: ["80/tcp"],
};
