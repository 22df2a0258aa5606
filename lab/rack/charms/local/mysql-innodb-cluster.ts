import { bool, float, int, text } from "../common";
import type { Charm } from "../types";
import { QUICK, SCRIPT, SCRIPT_OPTIONS, TROUBLED } from "./common";

const TOLERATES = "Cluster is ONLINE and can tolerate up to ONE failure.";

export const charm: Charm = {
  ...SCRIPT,
  ...TROUBLED,
  name: "mysql-innodb-cluster",
  summary: "Fake MySQL InnoDB cluster",
  version: { "*": "8.0.42" },
  provides: {
    "db-router": { interface: "mysql-router" },
    "shared-db": { interface: "mysql-shared" },
  },
  requires: { certificates: { interface: "tls-certificates" } },
  peers: { cluster: { interface: "mysql-innodb-cluster" } },
  config: {
    ...SCRIPT_OPTIONS,
    "enable-tls": bool("tls", false),
    "max-connections": int("max", 600),
    source: text("source", "distro"),
    "tuning-level": float("level", 1.5),
  },
  actions: {
    "cluster-status": {
      description: "show the status",
      params: { "cluster-name": { type: "string", description: "name" } },
      seconds: QUICK,
      results: { "cluster-status": '{"clusterName": "jujuCluster", "status": "OK"}' },
    },
    mysqldump: {
      description: "dump",
      params: {
        basedir: { type: "string", default: "/var/backups/mysql", description: "dir" },
        compress: { type: "boolean", default: true, description: "gz" },
        level: { type: "integer", default: 6, minimum: 1, maximum: 9, description: "level" },
      },
      seconds: QUICK,
      log: ["dumping"],
      results: { "mysqldump-file": "{basedir}/all.gz", outcome: "Success" },
    },
    "reboot-cluster-from-complete-outage": {
      description: "reboot",
      seconds: QUICK,
      results: { outcome: "failed", output: "nothing to do" },
      fail: "Reboot cluster from complete outage failed",
    },
  },
  first: [
    {
      when: { not: { units: 3 } },
      status: "waiting",
      message: "Not enough units: {units} of 3",
    },
    {
      when: { leader: false },
      status: "active",
      message: `Unit is ready: Mode: R/O, ${TOLERATES}`,
    },
  ],
  ready: { status: "active", message: `Unit is ready: Mode: R/W, ${TOLERATES}` },
  data: { "shared-db": { db_host: "{address}", password: "stub" } },
  ports: ["3306/tcp"],
};
