import { NRPE, bool, int, text } from "./common";
import type { Charm, Parameter } from "./types";

const READY = "Cluster is ONLINE and can tolerate up to ONE failure.";

const ADDRESS: Parameter = { type: "string", description: "Address of the instance" };

export const charm: Charm = {
  name: "mysql-innodb-cluster",
  summary: "MySQL InnoDB Cluster",
  revisions: { "*": 159 },
  channel: "8.0/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "*": "8.0.42" },
  provides: {
    "db-monitor": { interface: "mysql-monitor" },
    "db-router": { interface: "mysql-router" },
    "shared-db": { interface: "mysql-shared" },
    ...NRPE,
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
        "mysqldump-file": "{basedir}/mysqldump-all-databases.gz",
        outcome: "Success",
      },
    },
    "add-instance": {
      description: "Configure an instance and add it to the cluster",
      params: { address: ADDRESS },
      required: ["address"],
      seconds: 60,
    },
    "cluster-rescan": { description: "Clean up the cluster's metadata", seconds: 15 },
    "rejoin-instance": {
      description: "Let an instance join the cluster again",
      params: { address: ADDRESS },
      required: ["address"],
      seconds: 30,
    },
    "remove-instance": {
      description: "Remove an instance from the cluster",
      params: {
        address: ADDRESS,
        force: { type: "boolean", default: false, description: "Also where it is unreachable" },
      },
      required: ["address"],
      seconds: 15,
    },
    "restore-mysqldump": {
      description: "Restore a MySQL dump; what the databases hold is lost",
      params: { "dump-file": { type: "string", description: "Path of the dump" } },
      seconds: 60,
    },
    "set-cluster-option": {
      description: "Set an option of the cluster",
      params: {
        key: { type: "string", description: "Option" },
        value: { type: "string", description: "Value" },
      },
    },
    "update-unit-acls": {
      description: "Let units of another subnet replicate",
      seconds: 60,
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
      // Set on the application by the fault mysql-outage.
      when: { flag: "outage" },
      status: "blocked",
      message: "Cluster is inaccessible from this instance. Please check logs for details.",
    },
  ],
  // A cluster has three members or more: each hears from two others at least.
  ladder: [
    {
      when: { not: { units: 3 } },
      status: "waiting",
      message: "Not all instances configured for clustering",
    },
    {
      when: { all: [{ leader: true }, { not: { received: "cluster", from: 2 } }] },
      status: "waiting",
      message: "Not all instances clustered",
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
