import { int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "mysql-router",
  summary: "Proxy of a MySQL InnoDB Cluster",
  revisions: { "*": 257 },
  channel: "8.0/stable",
  bases: ["20.04", "22.04", "24.04"],
  subordinate: true,
  version: { "*": "8.0.42" },
  provides: { "shared-db": { interface: "mysql-shared", container: true } },
  requires: {
    certificates: { interface: "tls-certificates" },
    "db-router": { interface: "mysql-router" },
    "juju-info": { interface: "juju-info", container: true },
  },
  config: {
    "base-port": int("Base port", 3306),
    "debug-level": text("Level of the log", "INFO"),
    "max-connections": int("Connections", 600),
    options: text("Options"),
    source: text("Repository from which to install", "distro"),
    "system-user": text("System user", "mysql"),
  },
  hooks: {
    install: 60,
    "config-changed": 8,
    "certificates-relation-changed": 30,
    "*-relation-changed": 12,
    "*": 3,
  },
  needs: {
    style: "quoted",
    endpoints: ["db-router"],
    suffix: ", MySQL Router not yet bootstrapped",
  },
  publishes: { "shared-db": { received: "db-router" } },
};
