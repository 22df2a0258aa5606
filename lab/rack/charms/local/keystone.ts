import { PAUSED, bool, float, text } from "../common";
import type { Charm } from "../types";
import { QUICK, SCRIPT, SCRIPT_OPTIONS, TROUBLED } from "./common";

export const charm: Charm = {
  ...SCRIPT,
  ...TROUBLED,
  name: "keystone",
  summary: "Fake keystone",
  version: { "*": "21.0.1" },
  provides: {
    "identity-service": { interface: "keystone" },
    public: { interface: "http" },
  },
  requires: {
    certificates: { interface: "tls-certificates" },
    "shared-db": { interface: "mysql-shared" },
  },
  peers: { cluster: { interface: "keystone-ha" } },
  extraBindings: ["admin", "internal"],
  config: {
    ...SCRIPT_OPTIONS,
    "admin-password": text("pw", ""),
    debug: bool("debug", false),
    "openstack-origin": text("o", "distro"),
    vip: text("vip", ""),
    "worker-multiplier": float("m", 0.25),
  },
  actions: {
    "get-admin-password": { description: "pw", seconds: QUICK, results: { output: "openstack" } },
    pause: { description: "pause", seconds: QUICK, sets: ["paused"] },
    resume: { description: "resume", seconds: QUICK, clears: ["paused"] },
  },
  first: [PAUSED],
  needs: { style: "named", relations: { database: "shared-db" } },
  ready: { status: "active", message: "Application Ready" },
  publishes: { "identity-service": { received: "shared-db" } },
  data: { "identity-service": { auth_host: "keystone", service_password: "stub" } },
  ports: ["5000/tcp"],
};
