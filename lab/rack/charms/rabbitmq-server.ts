import { NRPE, PAUSED, PAUSE_ACTIONS, bool, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "rabbitmq-server",
  summary: "AMQP server",
  revisions: { "3.12/stable": 260, "*": 246 },
  channel: "3.9/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "3.12/stable": "3.12.1", "*": "3.9.27" },
  provides: {
    amqp: { interface: "rabbitmq" },
    dashboards: { interface: "grafana-dashboard" },
    "prometheus-rules": { interface: "prometheus-rules" },
    scrape: { interface: "http" },
    ...NRPE,
  },
  requires: {
    certificates: { interface: "tls-certificates" },
    ha: { interface: "hacluster", container: true },
  },
  peers: { cluster: { interface: "rabbitmq-ha" } },
  config: {
    "cluster-partition-handling": text("What happens to partitions", "ignore"),
    "enable-auto-restarts": bool("Restart services", true),
    "max-cluster-tries": int("Tries to cluster", 3),
    "min-cluster-size": int("Units before the cluster is ready"),
    source: text("Repository from which to install"),
    ssl: text("Use of TLS", "off"),
  },
  actions: {
    "cluster-status": { description: "Show the cluster", results: { output: "running_nodes" } },
    "list-unconsumed-queues": { description: "List queues without consumers" },
    ...PAUSE_ACTIONS,
  },
  hooks: { install: 110, "config-changed": 15, "*-relation-changed": 10, "*": 4 },
  first: [PAUSED],
  ports: ["5672/tcp"],
};
