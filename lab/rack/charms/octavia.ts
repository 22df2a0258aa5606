import {
  API_CHARM,
  API_OPTIONS,
  API_REQUIRES,
  NRPE,
  POLICY_OVERRIDE,
  SERVICE_ACTIONS,
  bool,
  text,
} from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  ...API_CHARM,
  name: "octavia",
  summary: "OpenStack load balancing",
  revisions: { "2024.1/stable": 307, "*": 124 },
  version: { "2024.1/stable": "14.0.0", "*": "10.1.0" },
  provides: NRPE,
  requires: {
    ...API_REQUIRES,
    amqp: { interface: "rabbitmq" },
    "identity-service": { interface: "keystone" },
    "neutron-api": { interface: "neutron-load-balancer" },
    "neutron-openvswitch": { interface: "neutron-plugin", container: true },
    "ovsdb-cms": { interface: "ovsdb-cms" },
    "ovsdb-subordinate": { interface: "ovsdb-subordinate", container: true },
    "shared-db": { interface: "mysql-shared" },
  },
  resources: POLICY_OVERRIDE,
  peers: { cluster: { interface: "octavia-ha" } },
  config: {
    ...API_OPTIONS,
    "amp-flavor-id": text("Flavor of amphorae"),
    "create-mgmt-network": bool("Make the management network", true),
    "lb-mgmt-controller-cacert": text("CA of the controllers, base64"),
    "lb-mgmt-issuing-ca-key-passphrase": text("Passphrase of the issuing CA"),
    "lb-mgmt-issuing-ca-private-key": text("Key of the issuing CA, base64"),
    "lb-mgmt-issuing-cacert": text("Issuing CA, base64"),
  },
  actions: {
    ...SERVICE_ACTIONS,
    "configure-resources": {
      description: "Make Octavia's resources in the cloud",
      seconds: 60,
      sets: ["configured"],
    },
  },
  needs: {
    style: "quoted",
    endpoints: ["shared-db", "identity-service", "amqp", "neutron-api"],
  },
  ladder: [
    {
      when: { not: { config: "lb-mgmt-issuing-cacert" } },
      status: "blocked",
      message: "Awaiting end-user configuration of certificates",
    },
    {
      when: { not: { flag: "configured" } },
      status: "blocked",
      message:
        "Awaiting end-user execution of `configure-resources` action to create required resources",
    },
  ],
  ports: ["9876/tcp"],
};
