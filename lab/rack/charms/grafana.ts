import { int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "grafana",
  summary: "Dashboards",
  revisions: { "*": 69 },
  channel: "latest/stable",
  bases: ["18.04", "20.04"],
  version: { "*": "9.2.1" },
  provides: { website: { interface: "http" } },
  requires: { "grafana-source": { interface: "grafana-source" }, database: { interface: "pgsql" } },
  config: {
    admin_password: text("Password of the administrator"),
    install_method: text("How it is installed", "snap"),
    port: int("Port", 3000),
  },
  actions: { "get-admin-password": { description: "Password of the administrator" } },
  hooks: { install: 60, "*": 4 },
  ready: { status: "active", message: "Started grafana" },
  ports: ["3000/tcp"],
};
