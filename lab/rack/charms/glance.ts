import {
  API_CHARM,
  API_OPTIONS,
  API_REQUIRES,
  NRPE,
  POLICY_OVERRIDE,
  SERVICE_ACTIONS,
  bool,
  int,
  received,
  text,
} from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  ...API_CHARM,
  name: "glance",
  summary: "OpenStack image service",
  revisions: { "2023.1/stable": 577, "2024.1/stable": 641, "*": 620 },
  version: { "2024.1/stable": "28.0.1", "*": "24.2.1" },
  provides: {
    ...NRPE,
    "image-service": { interface: "glance" },
  },
  requires: {
    ...API_REQUIRES,
    amqp: { interface: "rabbitmq" },
    ceph: { interface: "ceph-client" },
    "cinder-volume-service": { interface: "cinder" },
    "identity-service": { interface: "keystone" },
    "object-store": { interface: "swift-proxy" },
    "shared-db": { interface: "mysql-shared" },
    "storage-backend": { interface: "glance-backend", container: true },
  },
  resources: POLICY_OVERRIDE,
  peers: { cluster: { interface: "glance-ha" } },
  config: {
    ...API_OPTIONS,
    "ceph-osd-replication-count": int("Replicas of the pool", 3),
    "disk-formats": text(
      "Formats that are accepted",
      "ami,ari,aki,vhd,vmdk,raw,qcow2,vdi,iso,root-tar",
    ),
    "expose-image-locations": bool("Show image locations", true),
    "rbd-pool-name": text("Name of the pool"),
    "restrict-ceph-pools": bool("Restrict access to the pool", false),
  },
  actions: SERVICE_ACTIONS,
  needs: {
    style: "named",
    relations: {
      database: "shared-db",
      identity: "identity-service",
    },
  },
  publishes: {
    "image-service": received("shared-db", "identity-service"),
  },
  afterCertificates: ["image-service"],
  ports: ["9292/tcp"],
};
