import { int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "prometheus2",
  summary: "Monitoring",
  revisions: { "*": 60 },
  channel: "latest/stable",
  bases: ["18.04", "20.04", "22.04"],
  version: { "*": "2.33.5" },
  provides: {
    "grafana-source": { interface: "grafana-source" },
    website: { interface: "http" },
  },
  requires: { target: { interface: "http" }, scrape: { interface: "prometheus" } },
  config: {
    "scrape-interval": text("Interval of scrapes", "15s"),
    "web-listen-port": int("Port", 9090),
  },
  hooks: { install: 50, "*": 4 },
  ready: { status: "active", message: "Ready" },
  ports: ["9090/tcp"],
};
