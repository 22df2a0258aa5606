import { API_CHARM, API_OPTIONS, API_REQUIRES, NRPE, SERVICE_ACTIONS, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  ...API_CHARM,
  name: "heat",
  summary: "OpenStack orchestration",
  revisions: { "2023.1/stable": 571, "2024.1/stable": 655, "*": 640 },
  version: { "2024.1/stable": "22.0.0", "*": "18.0.1" },
  provides: NRPE,
  requires: {
    ...API_REQUIRES,
    amqp: { interface: "rabbitmq" },
    "heat-plugin-subordinate": { interface: "heat-plugin-subordinate", container: true },
    "identity-service": { interface: "keystone" },
    "shared-db": { interface: "mysql-shared" },
  },
  peers: { cluster: { interface: "heat-ha" } },
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
  needs: {
    style: "named",
    relations: {
      database: "shared-db",
      messaging: "amqp",
      identity: "identity-service",
    },
  },
  ports: ["8000/tcp", "8004/tcp"],
};
