import { API_CHARM, API_OPTIONS, API_REQUIRES, NRPE, SERVICE_ACTIONS, received } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  ...API_CHARM,
  name: "placement",
  summary: "OpenStack placement API",
  revisions: { "2023.1/stable": 84, "2024.1/stable": 111, "*": 94 },
  version: { "2024.1/stable": "11.0.0", "*": "7.0.0" },
  provides: {
    ...NRPE,
    placement: { interface: "placement" },
  },
  requires: {
    ...API_REQUIRES,
    "identity-service": { interface: "keystone" },
    "shared-db": { interface: "mysql-shared" },
  },
  peers: { cluster: { interface: "placement-ha" } },
  config: {
    ...API_OPTIONS,
  },
  actions: SERVICE_ACTIONS,
  needs: {
    style: "quoted",
    endpoints: ["shared-db", "identity-service"],
  },
  publishes: {
    placement: received("shared-db", "identity-service"),
  },
  afterCertificates: ["placement"],
  ports: ["8778/tcp"],
};
