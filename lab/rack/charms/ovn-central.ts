import { bool, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ovn-central",
  summary: "Databases of OVN",
  revisions: { "22.03/stable": 245, "23.03/stable": 120, "24.03/stable": 267, "*": 245 },
  channel: "22.03/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "22.03/stable": "22.03.3", "24.03/stable": "24.03.2", "*": "22.03.3" },
  provides: {
    ovsdb: { interface: "ovsdb" },
    "ovsdb-cms": { interface: "ovsdb-cms" },
    "ovsdb-server": { interface: "ovsdb-cluster" },
    "nrpe-external-master": { interface: "nrpe-external-master", container: true },
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
    pause: { description: "Pause the unit", sets: ["paused"] },
    resume: { description: "Resume the unit", clears: ["paused"] },
  },
  hooks: {
    install: 80,
    "certificates-relation-changed": 60,
    "ovsdb-peer-relation-changed": 18,
    "*-relation-changed": 10,
    "*": 4,
  },
  needs: {
    style: "quoted",
    relations: { "ovsdb-peer": ["ovsdb-peer"], certificates: ["certificates"] },
    waiting: { certificates: "awaiting server certificate data" },
  },
  publishes: {
    "ovsdb-peer": { received: "certificates" },
    ovsdb: { all: [{ received: "certificates" }, { received: "ovsdb-peer" }] },
    "ovsdb-cms": { all: [{ received: "certificates" }, { received: "ovsdb-peer" }] },
  },
  ports: ["6641/tcp", "6642/tcp"],
};
