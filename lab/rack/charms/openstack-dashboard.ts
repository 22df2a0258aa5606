import {
  API_CHARM,
  API_OPTIONS,
  API_REQUIRES,
  NRPE,
  POLICY_OVERRIDE,
  SERVICE_ACTIONS,
  bool,
  int,
  text,
} from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  ...API_CHARM,
  name: "openstack-dashboard",
  summary: "OpenStack dashboard",
  revisions: { "2023.1/stable": 646, "2024.1/stable": 722, "*": 692 },
  version: { "2024.1/stable": "24.0.0", "*": "22.1.1" },
  provides: {
    ...NRPE,
    "dashboard-plugin": { interface: "dashboard-plugin", container: true },
    website: { interface: "http" },
    "websso-trusted-dashboard": { interface: "websso-trusted-dashboard" },
  },
  requires: {
    ...API_REQUIRES,
    "application-dashboard": { interface: "register-application" },
    "identity-service": { interface: "keystone" },
    "shared-db": { interface: "mysql-shared" },
    "websso-fid-service-provider": { interface: "websso-fid-service-provider" },
  },
  resources: {
    ...POLICY_OVERRIDE,
    theme: { filename: "theme.tgz", description: "Custom dashboard theme", revision: 0 },
  },
  peers: { cluster: { interface: "openstack-dashboard-ha" } },
  config: {
    ...API_OPTIONS,
    "customization-module": text("Module that overrides the dashboard", ""),
    "default-domain": text("Domain of users who name none"),
    "default-theme": text("Theme"),
    "endpoint-type": text("Interface of endpoints"),
    "neutron-network-firewall": bool("Show firewalls", false),
    "neutron-network-lb": bool("Show load balancers", false),
    secret: text("Django secret"),
    "session-timeout": int("Seconds of a session", 3600),
    "ubuntu-theme": text("Ubuntu theme", "true"),
    webroot: text("Path of the dashboard", "/horizon"),
  },
  actions: SERVICE_ACTIONS,
  needs: {
    style: "named",
    relations: {
      identity: "identity-service",
    },
  },
  ports: ["80/tcp", "443/tcp"],
};
