import {
  API_HOOKS,
  API_OPTIONS,
  API_PROVIDES,
  API_REQUIRES,
  BINDINGS,
  PAUSED,
  SERVICE_ACTIONS,
  text,
} from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "heat",
  summary: "OpenStack orchestration",
  revisions: { "yoga/stable": 640, "2023.1/stable": 571, "2024.1/stable": 655, "*": 640 },
  channel: "yoga/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "yoga/stable": "18.0.1", "*": "18.0.1" },
  provides: {
    ...API_PROVIDES,
    heat: { interface: "heat" },
  },
  requires: {
    ...API_REQUIRES,
    amqp: { interface: "rabbitmq" },
    "identity-service": { interface: "keystone" },
    "shared-db": { interface: "mysql-shared" },
  },
  peers: { cluster: { interface: "heat-ha" } },
  extraBindings: BINDINGS,
  config: {
    ...API_OPTIONS,
    "config-flags": text("Lines of heat.conf"),
  },
  actions: {
    ...SERVICE_ACTIONS,
    "domain-setup": {
      description: "Set up the stack user domain",
      seconds: 20,
      leaderOnly: "Please run action on lead unit",
    },
  },
  hooks: API_HOOKS,
  first: [PAUSED],
  needs: {
    style: "named",
    relations: {
      database: ["shared-db"],
      messaging: ["amqp"],
      identity: ["identity-service"],
    },
  },
  publishes: {},
  afterCertificates: [],
  ports: ["8000/tcp", "8004/tcp"],
};
