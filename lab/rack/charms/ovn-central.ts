import { NRPE, PAUSED, PAUSE_ACTIONS, bool, int, received, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ovn-central",
  summary: "Databases of OVN",
  revisions: { "23.03/stable": 120, "24.03/stable": 267, "*": 245 },
  channel: "22.03/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "24.03/stable": "24.03.2", "*": "22.03.3" },
  provides: {
    ovsdb: { interface: "ovsdb" },
    "ovsdb-cms": { interface: "ovsdb-cms" },
    "ovsdb-server": { interface: "ovsdb-cluster" },
    ...NRPE,
  },
  requires: { certificates: { interface: "tls-certificates" } },
  peers: {
    coordinator: { interface: "coordinator" },
    "ovsdb-peer": { interface: "ovsdb-cluster" },
  },
  config: {
    "enable-version-pinning": bool("Pin versions", false),
    "ovsdb-server-election-timer": int("Seconds of elections", 4),
    "ovsdb-server-inactivity-probe": int("Seconds of probes", 60),
    source: text("Repository from which to install", "distro"),
  },
  actions: {
    "cluster-status": { description: "Show the cluster", results: { ovnnb: "{}", ovnsb: "{}" } },
    ...PAUSE_ACTIONS,
  },
  hooks: {
    install: 80,
    "certificates-relation-changed": 60,
    "ovsdb-peer-relation-changed": 18,
    "*-relation-changed": 10,
    "*": 4,
  },
  first: [PAUSED],
  needs: {
    style: "quoted",
    endpoints: ["ovsdb-peer", "certificates"],
    waiting: { certificates: "awaiting server certificate data" },
  },
  publishes: {
    "ovsdb-peer": { received: "certificates" },
    ovsdb: received("certificates", "ovsdb-peer"),
    "ovsdb-cms": received("certificates", "ovsdb-peer"),
  },
  ports: ["6641/tcp", "6642/tcp"],
};
