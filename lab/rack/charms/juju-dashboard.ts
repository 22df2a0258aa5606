import { text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "juju-dashboard",
  summary: "Dashboard of Juju",
  revisions: { "*": 53 },
  channel: "latest/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "*": "0.13.0" },
  requires: { controller: { interface: "juju-dashboard" }, ingress: { interface: "http" } },
  config: { "dns-name": text("Name of the dashboard"), port: text("Port", "8080") },
  hooks: { install: 40, "*": 4 },
  needs: { style: "named", relations: { controller: "controller" } },
  ready: { status: "active", message: "" },
  ports: ["8080/tcp"],
};
