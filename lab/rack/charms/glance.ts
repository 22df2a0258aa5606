import {
  POLICY_OVERRIDE,
  API_HOOKS,
  API_OPTIONS,
  API_PROVIDES,
  API_REQUIRES,
  BINDINGS,
  PAUSED,
  SERVICE_ACTIONS,
  bool,
  int,
  text,
} from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "glance",
  summary: "OpenStack image service",
  revisions: { "yoga/stable": 620, "2023.1/stable": 577, "2024.1/stable": 641, "*": 620 },
  channel: "yoga/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "yoga/stable": "24.2.1", "*": "24.2.1" },
  provides: {
    ...API_PROVIDES,
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
  extraBindings: BINDINGS,
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
  actions: { ...SERVICE_ACTIONS },
  hooks: API_HOOKS,
  first: [PAUSED],
  needs: {
    style: "named",
    relations: {
      database: ["shared-db"],
      identity: ["identity-service"],
    },
  },
  publishes: {
    "image-service": { all: [{ received: "shared-db" }, { received: "identity-service" }] },
  },
  afterCertificates: ["image-service"],
  ports: ["9292/tcp"],
};
