import { bool, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ntp",
  summary: "Network time",
  revisions: { "*": 50 },
  channel: "latest/stable",
  bases: ["18.04", "20.04", "22.04", "24.04"],
  subordinate: true,
  version: { "*": "4.2" },
  provides: { "ntp-peers": { interface: "ntp" } },
  requires: {
    "juju-info": { interface: "juju-info", container: true },
    master: { interface: "ntp" },
  },
  peers: { "ntpmaster-peers": { interface: "ntp" } },
  config: {
    auto_peers: bool("Peer with the other units", false),
    pools: text("Pools", "0.ubuntu.pool.ntp.org 1.ubuntu.pool.ntp.org"),
    source: text("Servers", ""),
    verify_ntp_servers: bool("Check the servers", true),
    "min-peers": int("Peers at least", 1),
  },
  hooks: { install: 20, "*": 3 },
  ready: { status: "active", message: "chrony: Ready" },
};
