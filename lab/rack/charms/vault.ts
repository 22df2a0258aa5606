import { NRPE, bool, text } from "./common";
import type { Charm, Parameter } from "./types";

const LEADER = "Please run action on lead unit";

/** Parameters of a signing request for the intermediate CA. */
const SUBJECT: Record<string, Parameter> = {
  "common-name": { type: "string", description: "CN of the subject" },
  country: { type: "string", description: "C of the subject" },
  force: { type: "boolean", default: false, description: "Replace a CA that is there" },
  locality: { type: "string", description: "L of the subject" },
  organization: { type: "string", description: "O of the subject" },
  "organizational-unit": { type: "string", description: "OU of the subject" },
  province: { type: "string", description: "ST of the subject" },
};

/** What the role may issue that clients get their certificates from. */
const ROLE: Record<string, Parameter> = {
  "allow-any-name": { type: "boolean", default: true, description: "Any name" },
  "enforce-hostnames": { type: "boolean", default: false, description: "Hostnames only" },
  "max-ttl": { type: "string", default: "8760h", description: "Longest lifetime" },
};

export const charm: Charm = {
  name: "vault",
  summary: "Secrets and certificates",
  revisions: { "1.7/stable": 89, "*": 372 },
  channel: "1.8/stable",
  bases: ["20.04", "22.04", "24.04"],
  version: { "1.7/stable": "1.7.9", "*": "1.8.8" },
  provides: {
    certificates: { interface: "tls-certificates" },
    secrets: { interface: "vault-kv" },
    ...NRPE,
  },
  requires: {
    db: { interface: "pgsql" },
    etcd: { interface: "etcd" },
    ha: { interface: "hacluster", container: true },
    "lb-provider": { interface: "loadbalancer" },
    "shared-db": { interface: "mysql-shared" },
  },
  resources: {
    core: { filename: "core.snap", description: "Snap to install core", revision: 0 },
    vault: { filename: "vault.snap", description: "Snap to install vault", revision: 0 },
  },
  peers: { cluster: { interface: "vault-ha" } },
  extraBindings: ["access", "external"],
  config: {
    "auto-generate-root-ca-cert": bool("Make the CA when the unit is unsealed", false),
    channel: text("Channel of the snap", "1.8/stable"),
    "default-ca-ttl": text("Lifetime of a CA", "87599h"),
    "default-ttl": text("Lifetime of certificates", "8759h"),
    "disable-mlock": bool("Do not lock memory", false),
    "dns-ha-access-record": text("DNS record of the API, for DNS HA with MAAS"),
    hostname: text("Hostname"),
    "max-ttl": text("Longest lifetime of certificates", "87600h"),
    "ssl-ca": text("CA of the listener's certificate, base64", ""),
    "ssl-cert": text("Certificate of the listener, base64", ""),
    "ssl-chain": text("Chain of the listener's certificate, base64", ""),
    "ssl-key": text("Key of the listener's certificate, base64", ""),
    "totally-unsecure-auto-unlock": bool("Initialise and unseal by itself; for tests", false),
    vip: text("Virtual IP"),
  },
  actions: {
    "authorize-charm": {
      description: "Authorize the charm with a token",
      params: {
        token: { type: "string", description: "Token" },
        "token-secret": { type: "string", description: "Secret with the token" },
      },
      required: ["token"],
      leaderOnly: LEADER,
      seconds: 12,
      answer: "vault-authorize",
    },
    "refresh-secrets": { description: "Refresh secret_ids", leaderOnly: LEADER },
    "get-csr": {
      description: "Get an intermediate CA's signing request; deprecated",
      params: SUBJECT,
      leaderOnly: LEADER,
      answer: "vault-get-csr",
    },
    "regenerate-intermediate-ca": {
      description: "Make the intermediate CA again; certificates become invalid until it is signed",
      params: SUBJECT,
      leaderOnly: LEADER,
      answer: "vault-get-csr",
    },
    "upload-signed-csr": {
      description: "Upload the signed intermediate CA",
      params: {
        ...ROLE,
        "allow-subdomains": { type: "boolean", default: true, description: "Subdomains" },
        pem: { type: "string", description: "Certificate, base64" },
        "root-ca": { type: "string", description: "Root CA, base64" },
      },
      required: ["pem", "root-ca"],
      leaderOnly: LEADER,
      seconds: 10,
      answer: "vault-upload-signed-csr",
    },
    "generate-root-ca": {
      description: "Make a self-signed root CA",
      params: {
        ...ROLE,
        "allow-bare-domains": { type: "boolean", default: false, description: "Bare domains" },
        "allow-glob-domains": { type: "boolean", default: true, description: "Globs in domains" },
        "allow-subdomains": { type: "boolean", default: false, description: "Subdomains" },
        "allowed-domains": { type: "array", description: "Domains" },
        ttl: { type: "string", default: "87599h", description: "Lifetime" },
      },
      leaderOnly: LEADER,
      seconds: 10,
      answer: "vault-generate-root-ca",
    },
    "get-root-ca": { description: "Get the root CA", answer: "vault-get-root-ca" },
    "disable-pki": {
      description: "Forget the CA",
      leaderOnly: LEADER,
      answer: "vault-disable-pki",
    },
    "reissue-certificates": {
      description: "Issue every certificate again",
      leaderOnly: LEADER,
      answer: "vault-reissue",
      seconds: 20,
    },
    pause: { description: "Pause the unit", sets: ["paused"], answer: "vault-seal" },
    resume: { description: "Resume the unit", clears: ["paused"], answer: "vault-seal" },
    restart: { description: "Restart Vault", answer: "vault-seal" },
    reload: { description: "Reload Vault's configuration" },
    "raft-bootstrap-node": { description: "Form the raft cluster anew from this node" },
    "raft-state": { description: "Show raft's state" },
  },
  hooks: {
    install: 90,
    "config-changed": 10,
    "certificates-relation-changed": 3,
    "*-relation-changed": 8,
    "*": 3,
  },
  // The flags are set by the software that is played in lab/rack/vault: `initialized`, `authorized` and `ca` on the
  // application, by `vault operator init` and the actions; `unsealed` on a unit, by `vault operator unseal`.
  first: [
    {
      when: { flag: "paused" },
      status: "blocked",
      message: "Vault service not running",
    },
    // From 1.8 on it keeps its data in raft where it has no database.
    {
      when: {
        all: [
          { config: "channel", is: "1.7/stable" },
          { not: { any: [{ related: "shared-db" }, { related: "db" }] } },
        ],
      },
      status: "blocked",
      message: "'shared-db' or 'db' missing",
    },
    {
      when: { all: [{ related: "shared-db" }, { not: { received: "shared-db" } }] },
      status: "waiting",
      message: "'shared-db' incomplete",
    },
    {
      when: { not: { flag: "initialized" } },
      status: "blocked",
      message: "Vault needs to be initialized",
    },
    { when: { not: { flag: "unsealed" } }, status: "blocked", message: "Unit is sealed" },
    {
      when: { not: { flag: "authorized" } },
      status: "blocked",
      message: "Vault charm not yet authorized: run authorize-charm action.",
    },
    {
      when: { all: [{ leader: true }, { not: { flag: "ca" } }, { related: "certificates" }] },
      status: "blocked",
      message: "Missing CA cert",
    },
    {
      when: { leader: false },
      status: "active",
      message: "Unit is ready (active: false, mlock: {mlock})",
    },
  ],
  ready: { status: "active", message: "Unit is ready (active: true, mlock: {mlock})" },
  publishes: {
    certificates: { all: [{ flag: "ca" }, { flag: "unsealed" }] },
    secrets: { all: [{ flag: "authorized" }, { flag: "unsealed" }] },
  },
  ports: ["8200/tcp"],
};
