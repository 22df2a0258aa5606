import { NRPE, PAUSED, PAUSE_ACTIONS, bool, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ovn-chassis",
  summary: "OVN on a hypervisor",
  revisions: { "23.03/stable": 129, "24.03/stable": 345, "*": 324 },
  channel: "22.03/stable",
  bases: ["20.04", "22.04", "24.04"],
  subordinate: true,
  version: { "24.03/stable": "24.03.2", "*": "22.03.3" },
  provides: {
    "nova-compute": { interface: "neutron-plugin", container: true },
    "ovsdb-subordinate": { interface: "ovsdb-subordinate", container: true },
    ...NRPE,
  },
  requires: {
    certificates: { interface: "tls-certificates" },
    "juju-info": { interface: "juju-info", container: true },
    ovsdb: { interface: "ovsdb" },
  },
  extraBindings: ["data"],
  config: {
    "bridge-interface-mappings": text("Bridges and their interfaces", ""),
    "disable-mlockall": bool("Do not lock memory"),
    "dpdk-driver": text("Driver of DPDK", "vfio-pci"),
    "enable-dpdk": bool("Use DPDK", false),
    "enable-hardware-offload": bool("Offload flows", false),
    "enable-sriov": bool("SR-IOV", false),
    "new-units-paused": bool("Start paused", false),
    "ovn-bridge-mappings": text("Physical networks and their bridges", ""),
    "prefer-chassis-as-gw": bool("Be a gateway", false),
  },
  actions: PAUSE_ACTIONS,
  hooks: {
    install: 60,
    "certificates-relation-changed": 45,
    "*-relation-changed": 10,
    "*": 4,
  },
  first: [PAUSED],
  needs: {
    style: "quoted",
    endpoints: ["certificates"],
    waiting: { certificates: "awaiting server certificate data" },
  },
  // Before there are certificates, the charm says nothing of the databases that they are for.
  ladder: [
    { when: { not: { related: "ovsdb" } }, status: "blocked", message: "'ovsdb' missing" },
    { when: { not: { received: "ovsdb" } }, status: "waiting", message: "'ovsdb' incomplete" },
  ],
};
