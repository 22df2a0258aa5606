import { bool, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "juju-controller",
  summary: "The controller itself",
  revisions: { "*": 116 },
  channel: "3.6/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "*": "" },
  provides: {
    dashboard: { interface: "juju-dashboard" },
    "metrics-endpoint": { interface: "prometheus_scrape" },
    website: { interface: "http" },
  },
  peers: { dbcluster: { interface: "db-cluster" } },
  config: {
    "controller-url": text("Address of the controller", ""),
    "identity-provider-url": text("Identity provider", ""),
    "is-juju": bool("Set by bootstrap", true),
  },
  hooks: { install: 10, "*": 2 },
  ready: { status: "active", message: "" },
};
