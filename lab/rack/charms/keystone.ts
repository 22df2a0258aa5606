import {
  API_CHARM,
  API_OPTIONS,
  API_REQUIRES,
  NRPE,
  POLICY_OVERRIDE,
  SERVICE_ACTIONS,
  int,
  text,
} from "./common";
import type { Charm } from "./types";

export const charm: Charm = {
  ...API_CHARM,
  name: "keystone",
  summary: "OpenStack identity service",
  revisions: { "2023.1/stable": 646, "2024.1/stable": 721, "*": 689 },
  version: { "2024.1/stable": "25.0.0", "*": "21.0.1" },
  provides: {
    ...NRPE,
    "identity-admin": { interface: "keystone-admin" },
    "identity-credentials": { interface: "keystone-credentials" },
    "identity-notifications": { interface: "keystone-notifications" },
    "identity-service": { interface: "keystone" },
  },
  requires: {
    ...API_REQUIRES,
    "domain-backend": { interface: "keystone-domain-backend", container: true },
    "keystone-middleware": { interface: "keystone-middleware", container: true },
    "shared-db": { interface: "mysql-shared" },
  },
  resources: POLICY_OVERRIDE,
  peers: { cluster: { interface: "keystone-ha" } },
  config: {
    ...API_OPTIONS,
    "admin-password": text("Password of the administrator; generated where empty"),
    "admin-port": int("Port of the admin API", 35357),
    "admin-role": text("Role of the administrator", "Admin"),
    "admin-user": text("Name of the administrator", "admin"),
    "preferred-api-version": int("Identity API version"),
    "service-port": int("Port of the public API", 5000),
    "service-tenant": text("Project of the services", "services"),
    "token-expiration": int("Seconds that a token lives", 3600),
    "token-provider": text("Kind of tokens"),
  },
  actions: {
    ...SERVICE_ACTIONS,
    "get-admin-password": {
      description: "Retrieve the admin user's password",
      answer: "keystone-admin-password",
    },
  },
  needs: { style: "named", relations: { database: "shared-db" } },
  publishes: { "identity-service": { received: "shared-db" } },
  afterCertificates: ["identity-service"],
  ports: ["5000/tcp"],
};
