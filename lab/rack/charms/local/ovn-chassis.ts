import { text } from "../common";
import type { Charm } from "../types";
import { SCRIPT, SCRIPT_OPTIONS, TROUBLED } from "./common";

export const charm: Charm = {
  ...SCRIPT,
  ...TROUBLED,
  name: "ovn-chassis",
  summary: "Fake ovn-chassis",
  subordinate: true,
  version: { "*": "22.03.3" },
  requires: {
    certificates: { interface: "tls-certificates" },
    "juju-info": { interface: "juju-info", container: true },
    "nova-compute": { interface: "neutron-plugin", container: true },
  },
  config: { ...SCRIPT_OPTIONS, "bridge-interface-mappings": text("b", "") },
  ladder: [
    {
      when: { not: { related: "certificates" } },
      status: "blocked",
      message: "'certificates' missing",
    },
    {
      when: { not: { received: "certificates" } },
      status: "waiting",
      message: "'certificates' awaiting server certificate data",
    },
  ],
};
