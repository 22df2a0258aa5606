import { bool, text } from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  name: "ovn-chassis",
  summary: "OVN on a hypervisor",
  revisions: { "22.03/stable": 324, "23.03/stable": 129, "24.03/stable": 345, "*": 324 },
  channel: "22.03/stable",
  bases: ["20.04", "22.04", "24.04"],
  subordinate: true,
  version: { "22.03/stable": "22.03.3", "24.03/stable": "24.03.2", "*": "22.03.3" },
  provides: { "ovsdb-subordinate": { interface: "ovsdb-subordinate", container: true } },
  requires: {
    certificates: { interface: "tls-certificates" },
    "juju-info": { interface: "juju-info", container: true },
    "nova-compute": { interface: "neutron-plugin", container: true },
    "nrpe-external-master": { interface: "nrpe-external-master", container: true },
    ovsdb: { interface: "ovsdb" },
  },
  extraBindings: ["data"],
  config: {
    "bridge-interface-mappings": text("Bridges and their interfaces", ""),
    "disable-mlockall": { type: "boolean", description: "Do not lock memory" },
    "dpdk-driver": text("Driver of DPDK", "vfio-pci"),
    "enable-dpdk": bool("Use DPDK", false),
    "enable-hardware-offload": bool("Offload flows", false),
    "enable-sriov": bool("SR-IOV", false),
    "new-units-paused": bool("Start paused", false),
    "ovn-bridge-mappings": text("Physical networks and their bridges", ""),
    "prefer-chassis-as-gw": bool("Be a gateway", false),
  },
  actions: {
    pause: { description: "Pause the unit", sets: ["paused"] },
    resume: { description: "Resume the unit", clears: ["paused"] },
  },
  hooks: {
    install: 60,
    "certificates-relation-changed": 45,
    "*-relation-changed": 10,
    "*": 4,
  },
  needs: {
    style: "quoted",
    relations: { certificates: ["certificates"] },
    waiting: { certificates: "awaiting server certificate data" },
  },
  ladder: [
    { when: { not: { related: "ovsdb" } }, status: "blocked", message: "'ovsdb' missing" },
    { when: { not: { received: "ovsdb" } }, status: "waiting", message: "'ovsdb' incomplete" },
  ],
};
