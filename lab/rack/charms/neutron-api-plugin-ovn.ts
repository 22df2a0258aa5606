import { bool, int, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "neutron-api-plugin-ovn",
  summary: "OVN in Neutron's API",
  revisions: { "2024.1/stable": 173, "*": 153 },
  channel: "yoga/stable",
  bases: ["20.04", "22.04", "24.04"],
  subordinate: true,
  version: { "2024.1/stable": "24.0.0", "*": "20.5.0" },
  provides: {
    "neutron-plugin": { interface: "neutron-plugin-api-subordinate", container: true },
  },
  requires: {
    certificates: { interface: "tls-certificates" },
    container: { interface: "juju-info", container: true },
    "ovsdb-cms": { interface: "ovsdb-cms" },
  },
  config: {
    "dhcp-default-lease-time": int("Seconds of a lease", 86400),
    "dns-servers": text("Name servers of instances", ""),
    "enable-distributed-floating-ip": bool("Floating IPs on hypervisors", true),
    "geneve-max-header-size": int("Size of Geneve headers", 38),
    "ovn-source": text("Repository from which to install OVN", ""),
    "vxlan-vni-ranges": text("Ranges of VNIs", ""),
  },
  actions: {
    "migrate-mtu": { description: "Migrate MTUs" },
    "sync-ovn-db": { description: "Synchronise the database" },
  },
  hooks: {
    install: 30,
    "certificates-relation-changed": 40,
    "*-relation-changed": 14,
    "*": 3,
  },
  needs: {
    style: "quoted",
    endpoints: ["certificates", "ovsdb-cms"],
    waiting: { certificates: "awaiting server certificate data" },
  },
};
