import { bool, text } from "../common";
import type { Charm } from "../types";
import { SCRIPT } from "./common";

export const charm: Charm = {
  ...SCRIPT,
  name: "juju-controller",
  summary: "Minimal stand-in for the controller charm",
  version: {},
  provides: {
    dashboard: { interface: "juju-dashboard" },
    "metrics-endpoint": { interface: "prometheus_scrape" },
    website: { interface: "http" },
  },
  peers: { dbcluster: { interface: "db-cluster" } },
  config: {
    "controller-url": text("set by bootstrap", ""),
    "identity-provider-url": text("set by bootstrap", ""),
    "is-juju": bool("set by bootstrap", true),
  },
  ready: { status: "active", message: "" },
  ports: ["17022/tcp", "17070/tcp"],
};
