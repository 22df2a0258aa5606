import { bool, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "cinder-ceph",
  summary: "Ceph backend of Cinder",
  revisions: { "2024.1/stable": 543, "*": 527 },
  channel: "yoga/stable",
  bases: ["20.04", "22.04", "24.04"],
  subordinate: true,
  version: { "2024.1/stable": "24.0.0", "*": "20.3.1" },
  provides: {
    "ceph-access": { interface: "cinder-ceph-key" },
    "storage-backend": { interface: "cinder-backend", container: true },
  },
  requires: {
    ceph: { interface: "ceph-client" },
    "ceph-replication-device": { interface: "ceph-client" },
    "juju-info": { interface: "juju-info", container: true },
  },
  config: {
    "ceph-osd-replication-count": int("Replicas of the pool", 3),
    "flatten-volume-from-snapshot": bool("Flatten volumes", false),
    "pool-type": text("Type of the pool", "replicated"),
    "rbd-pool-name": text("Name of the pool"),
    "restrict-ceph-pools": bool("Restrict access to the pool", false),
    "use-syslog": bool("Log to syslog", false),
  },
  hooks: { install: 20, "*-relation-changed": 12, "*": 3 },
  needs: { style: "named", relations: { ceph: "ceph" } },
  publishes: {
    "ceph-access": { received: "ceph" },
    "storage-backend": { received: "ceph" },
  },
};
