import { API_CHARM, API_OPTIONS, API_REQUIRES, PAUSE_ACTIONS, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  ...API_CHARM,
  name: "ceph-radosgw",
  summary: "Ceph object gateway",
  revisions: { "squid/stable": 633, "*": 601 },
  channel: "quincy/stable",
  version: { "squid/stable": "19.2.1", "*": "17.2.9" },
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
  config: {
    ...API_OPTIONS,
    "ceph-osd-replication-count": int("Replicas of the pools", 3),
    port: int("Port of the gateway"),
    realm: text("Realm"),
    source: text("Repository from which to install"),
    zone: text("Zone", "default"),
    zonegroup: text("Zone group"),
  },
  actions: PAUSE_ACTIONS,
  needs: { style: "named", relations: { mon: "mon" } },
  ports: ["80/tcp"],
};
