import { bool, int, text } from "./common";
import type { Charm } from "./types";

const READY = "Cluster is ONLINE and can tolerate up to ONE failure.";

export const charm: Charm = {
  name: "mysql-innodb-cluster",
  summary: "MySQL InnoDB Cluster",
  revisions: { "8.0/stable": 159, "*": 159 },
  channel: "8.0/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "*": "8.0.42" },
  provides: {
    "db-monitor": { interface: "mysql-monitor" },
    "db-router": { interface: "mysql-router" },
    "shared-db": { interface: "mysql-shared" },
    "nrpe-external-master": { interface: "nrpe-external-master", container: true },
  },
  requires: { certificates: { interface: "tls-certificates" } },
  peers: {
    cluster: { interface: "mysql-innodb-cluster" },
    coordinator: { interface: "coordinator" },
  },
  config: {
    "audit-log": text("Audit log"),
    "auto-rejoin-tries": int("Tries to join the cluster again", 1440),
    "cluster-name": text("Name of the cluster", "jujuCluster"),
    "expel-timeout": int("Seconds before a member is expelled", 5),
    "innodb-buffer-pool-size": text("Size of the buffer pool"),
    "max-connections": int("Connections", 600),
    source: text("Repository from which to install", "distro"),
    ssl_ca: text("CA of the certificate, base64"),
    "tuning-level": text("How safe a write is", "safest"),
    "enable-binlogs": bool("Write binary logs", false),
    "wait-timeout": int("Seconds of idle connections", -1),
  },
  actions: {
    "cluster-status": {
      description: "JSON status of the cluster",
      results: { "cluster-status": '{"clusterName": "jujuCluster", "status": "OK"}' },
    },
    mysqldump: {
      description: "MySQL dump of databases",
      params: {
        basedir: { type: "string", default: "/var/backups/mysql", description: "Folder" },
        databases: { type: "string", description: "Comma delimited databases" },
      },
      seconds: 30,
      results: {
        "mysqldump-file": "/var/backups/mysql/mysqldump-all-databases.gz",
        outcome: "Success",
      },
    },
    "reboot-cluster-from-complete-outage": {
      description: "Reboot the cluster after a complete outage",
      seconds: 60,
      clears: ["outage"],
      results: { outcome: "Success" },
    },
  },
  hooks: {
    install: 150,
    "config-changed": 20,
    "cluster-relation-changed": 40,
    "certificates-relation-changed": 60,
    "*-relation-changed": 9,
    "*": 4,
  },
  first: [
    {
      when: { flag: "outage" },
      status: "blocked",
      message: "Cluster is inaccessible from this instance. Please check logs for details.",
    },
  ],
  ladder: [
    {
      when: { all: [{ not: { units: 3 } }, { leader: true }] },
      status: "waiting",
      message: "Not all instances configured for clustering",
    },
    {
      when: { not: { received: "cluster", from: 2 } },
      status: "waiting",
      message: "Instance not yet in the cluster",
    },
    { when: { leader: true }, status: "active", message: `Unit is ready: Mode: R/W, ${READY}` },
  ],
  ready: { status: "active", message: `Unit is ready: Mode: R/O, ${READY}` },
  publishes: {
    "db-router": { received: "cluster", from: 2 },
    "shared-db": { received: "cluster", from: 2 },
  },
  ports: ["3306/tcp"],
};
