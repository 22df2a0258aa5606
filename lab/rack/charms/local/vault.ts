import { bool, text } from "../common";
import type { Charm } from "../types";
import { QUICK, SCRIPT, SCRIPT_OPTIONS, TROUBLED } from "./common";

const LEADER = "Please run action on lead unit";
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIstub\n-----END CERTIFICATE-----";

export const charm: Charm = {
  ...SCRIPT,
  ...TROUBLED,
  name: "vault",
  summary: "Fake vault",
  version: { "*": "1.8.8" },
  provides: {
    certificates: { interface: "tls-certificates" },
    secrets: { interface: "vault-kv" },
  },
  requires: { "shared-db": { interface: "mysql-shared" } },
  peers: { cluster: { interface: "vault-ha" } },
  resources: { core: { filename: "core.snap", description: "snap" } },
  config: {
    ...SCRIPT_OPTIONS,
    "auto-generate-root-ca-cert": bool("auto", false),
    channel: text("snap channel", "1.8/stable"),
    vip: text("vip", ""),
  },
  actions: {
    "authorize-charm": {
      description: "authorize",
      params: { token: { type: "string", description: "token" } },
      required: ["token"],
      leaderOnly: LEADER,
      seconds: QUICK,
      sets: ["authorized"],
    },
    crash: {
      description: "exits non-zero",
      params: { code: { type: "integer", default: 3, description: "code" } },
      seconds: QUICK,
      exit: "{code}",
      stdout: "to stdout\n",
      stderr: "to stderr\n",
    },
    "generate-root-ca": {
      description: "root ca",
      params: {
        force: { type: "boolean", default: false, description: "force" },
        ttl: { type: "string", default: "87599h", description: "ttl" },
      },
      leaderOnly: LEADER,
      seconds: QUICK,
      sets: ["ca"],
      results: { output: CERTIFICATE },
    },
    "get-root-ca": {
      description: "get it",
      requires: { when: { flag: "ca" }, message: "Vault is not ready" },
      seconds: QUICK,
      results: { output: "MIIstub" },
    },
    slow: {
      description: "sleeps",
      params: { seconds: { type: "integer", default: 20, description: "s" } },
      seconds: "{seconds}",
      logEverySecond: "tick {n}",
      results: { ticks: "done" },
    },
    "stub-init": {
      description: 'what "vault operator init" would do',
      seconds: QUICK,
      sets: ["initialized"],
    },
    "stub-unseal": {
      description: 'what "vault operator unseal" would do',
      seconds: QUICK,
      sets: ["unsealed"],
    },
  },
  first: [
    {
      when: { not: { flag: "initialized" } },
      status: "blocked",
      message: "Vault needs to be initialized",
    },
    { when: { not: { flag: "unsealed" } }, status: "blocked", message: "Unit is sealed" },
    {
      when: { leader: false },
      status: "active",
      message: "Unit is ready (active: false, mlock: disabled)",
    },
    {
      when: { not: { flag: "authorized" } },
      status: "blocked",
      message: "Vault charm not yet authorized: run authorize-charm action.",
    },
    { when: { not: { flag: "ca" } }, status: "blocked", message: "Missing CA cert" },
  ],
  ready: { status: "active", message: "Unit is ready (active: true, mlock: disabled)" },
  publishes: { certificates: { flag: "ca" } },
  data: { certificates: { ca: "stub", cert: "stub" } },
};
