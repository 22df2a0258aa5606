import { text } from "../common";
import type { Charm } from "../types";
import { QUICK, SCRIPT, SCRIPT_OPTIONS, TROUBLED } from "./common";

export const charm: Charm = {
  ...SCRIPT,
  ...TROUBLED,
  name: "nova-compute",
  summary: "Fake nova-compute",
  version: { "*": "25.2.1" },
  provides: {
    "cloud-compute": { interface: "nova-compute" },
    "neutron-plugin": { interface: "neutron-plugin", container: true },
  },
  requires: { "identity-credentials": { interface: "keystone-credentials" } },
  storage: {
    "ephemeral-device": { kind: "block" },
    instances: { kind: "filesystem", location: "/srv/instances", most: 1 },
  },
  config: { ...SCRIPT_OPTIONS, "virt-type": text("v", "kvm") },
  actions: { hugepagereport: { description: "report", seconds: QUICK, results: { huge: "none" } } },
  ladder: [
    {
      when: { not: { received: "neutron-plugin" } },
      status: "blocked",
      message: "Missing relations: neutron-plugin",
    },
  ],
};
