import { NRPE, bool, float, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ceph-osd",
  summary: "Ceph storage daemons",
  revisions: { "squid/stable": 681, "*": 622 },
  channel: "quincy/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "squid/stable": "19.2.1", "*": "17.2.9" },
  provides: NRPE,
  requires: {
    mon: { interface: "ceph-osd" },
    "secrets-storage": { interface: "vault-kv" },
  },
  extraBindings: ["public", "cluster"],
  config: {
    "aa-profile-mode": text("AppArmor mode", "disable"),
    autotune: bool("Tune the system", false),
    "bluestore-db": text("Devices of the database"),
    "crush-initial-weight": float("Weight of new OSDs"),
    "customize-failure-domain": bool("Failure domains by zone", false),
    "max-sectors-kb": int("Size of requests", 1048576),
    "osd-devices": text("Devices that become OSDs", ""),
    "osd-encrypt": bool("Encrypt devices", false),
    source: text("Repository from which to install"),
  },
  storage: {
    "bluestore-db": { kind: "block" },
    "bluestore-wal": { kind: "block" },
    "osd-devices": { kind: "block" },
    "osd-journals": { kind: "block" },
  },
  actions: {
    "add-disk": {
      description: "Add disks",
      params: { "osd-devices": { type: "string", description: "Devices" } },
      required: ["osd-devices"],
      seconds: 30,
    },
    "list-disks": { description: "List disks", results: { disks: "[]", blacklist: "[]" } },
    "zap-disk": {
      description: "Purge a disk",
      params: {
        devices: { type: "string", description: "Devices" },
        "i-really-mean-it": { type: "boolean", description: "Must be true" },
      },
      required: ["devices", "i-really-mean-it"],
      seconds: 20,
    },
  },
  hooks: {
    install: 140,
    "config-changed": 20,
    "mon-relation-changed": 50,
    "*": 5,
  },
  first: [
    {
      when: { not: { related: "mon" } },
      status: "blocked",
      message: "Missing relation: monitor",
    },
    {
      when: { not: { received: "mon" } },
      status: "waiting",
      message: "Incomplete relation: monitor",
    },
    {
      when: { not: { disks: "osd-devices" } },
      status: "blocked",
      message: "No block devices detected using current configuration",
    },
  ],
  ready: { status: "active", message: "Unit is ready ({disks:osd-devices} OSD)" },
  publishes: { mon: { all: [{ received: "mon" }, { disks: "osd-devices" }] } },
};
