import {
  API_HOOKS,
  API_OPTIONS,
  API_PROVIDES,
  API_REQUIRES,
  BINDINGS,
  PAUSED,
  SERVICE_ACTIONS,
} from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "placement",
  summary: "OpenStack placement API",
  revisions: { "yoga/stable": 94, "2023.1/stable": 84, "2024.1/stable": 111, "*": 94 },
  channel: "yoga/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "yoga/stable": "7.0.0", "*": "7.0.0" },
  provides: {
    ...API_PROVIDES,
    placement: { interface: "placement" },
  },
  requires: {
    ...API_REQUIRES,
    "identity-service": { interface: "keystone" },
    "shared-db": { interface: "mysql-shared" },
  },
  peers: { cluster: { interface: "placement-ha" } },
  extraBindings: BINDINGS,
  config: {
    ...API_OPTIONS,
  },
  actions: { ...SERVICE_ACTIONS },
  hooks: API_HOOKS,
  first: [PAUSED],
  needs: {
    style: "quoted",
    relations: {
      "shared-db": ["shared-db"],
      "identity-service": ["identity-service"],
    },
  },
  publishes: {
    placement: { all: [{ received: "shared-db" }, { received: "identity-service" }] },
  },
  afterCertificates: ["placement"],
  ports: ["8778/tcp"],
};
