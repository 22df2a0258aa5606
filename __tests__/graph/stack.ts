import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { load } from "js-yaml";

import { authority } from "../support/authority";
import { plain, runProgram, type ProgramRun, type Properties } from "../support/fakeEngine";

const ROOT = resolve(__dirname, "..", "..");

const ca = authority("site CA");

/** Values of a site that must never be seen. */
export const PLANTED = {
  bastionPrivateKey: authority("bastion").privateKeyPem,
  maasApiKey: "planted-2:token:secret",
  caPrivateKeyPem: ca.privateKeyPem,
  automationPassword: "planted-4-password",
  databasePassword: "planted-5-password",
  powerPassword: "planted-6-password",
};

/** A word of each that nothing else has: of a key a part of its last line, where keys of one kind differ. */
export const PLANTED_WORDS = Object.values(PLANTED).map((value) =>
  value.startsWith("-----")
    ? (value.trim().split("\n").at(-2) ?? "").slice(0, 12)
    : (value.split(":")[0] ?? ""),
);

/** As the fleet's step leaves it. */
function server(hostname: string) {
  return {
    hostname,
    systemId: `id-${hostname}`,
    status: "Ready",
    tags: [],
    zone: "default",
    pool: "default",
    cores: 4,
    ramMiB: 12288,
    disks: 1,
    macAddresses: ["52:54:00:16:00:01"],
  };
}

/** What the steps report, as far as the program reads it, with two secrets that only they know. */
const REPORTS: Record<string, unknown> = {
  "maas/site": { version: "3.5.6", subnets: [{ cidr: "172.16.0.0/20", id: 1 }] },
  "maas/fleet": { machines: [server("server1"), server("server2"), server("server3")] },
  "juju/controller": {
    uuid: "controller-uuid",
    apiEndpoints: ["172.16.11.1:17070"],
    jujuVersion: "3.6.25",
    machine: { hostname: "server1", systemId: "id-server1", status: "Deployed" },
  },
  "juju/model": { uuid: "model-uuid" },
  "juju/bundle": { applications: [], machines: [], relations: 55 },
  "juju/settled": {
    applications: [
      {
        name: "keystone",
        charm: "keystone",
        channel: "yoga/stable",
        revision: 689,
        status: "active",
        units: [
          {
            unit: "keystone/0",
            machine: "0/lxd/1",
            hostname: "server3",
            address: "172.16.11.9",
            workload: "active",
            message: "Unit is ready",
          },
        ],
      },
    ],
    machines: [
      {
        id: "0",
        hostname: "server3",
        systemId: "id-server3",
        status: "Deployed",
        addresses: ["172.16.11.1"],
      },
    ],
    relations: 55,
  },
  "vault/ready": {
    address: "http://172.16.11.20:8200",
    initialized: true,
    sealed: false,
    threshold: 3,
    unsealKeys: ["reported-1-unseal-key"],
    rootToken: "reported-2-root-token",
    intermediatePem: "PEM",
    expires: "2031-11-24T00:00:00Z",
  },
  "keystone/access": {
    adminUser: "admin",
    adminProject: "admin",
    adminDomain: "admin_domain",
    adminPassword: "reported-3-admin-password",
    services: [{ name: "nova", type: "compute" }],
  },
  "openstack/verify": {
    at: "2026-11-24T19:00:00Z",
    ok: true,
    checks: [{ name: "services", ok: true, detail: "all there" }],
    leftOut: [],
    servers: [],
  },
};

function answer(inputs: Properties): Properties {
  const step = String(plain(inputs["create"])).split(" ").at(-1) ?? "";
  return { stdout: JSON.stringify(REPORTS[step]), stderr: "" };
}

export interface Scenario {
  dryRun?: boolean;
  /** A site file with all secrets; without it the program shows stand-ins. */
  site?: boolean;
  /** Keys that replace those of Pulumi.dev.yaml. */
  change?: Record<string, unknown>;
  secretKeys?: string[];
  /** A stand-in is among the plugins. */
  standIn?: boolean;
}

const folder = mkdtempSync(join(tmpdir(), "private-cloud-graph-"));
const siteFile = join(folder, "site.json");
writeFileSync(
  siteFile,
  JSON.stringify({
    ...PLANTED,
    light: false,
    bastionHost: "127.0.50.1",
    bastionHostKey: "ssh-ed25519 AAAA",
    caCertificatePem: ca.certificatePem,
    appPublicKey: "ssh-ed25519 BBBB",
    lab: {},
  }),
);

const image = { name: "guest", file: join(folder, "guest.qcow2") };
writeFileSync(image.file, "");

/** Where a run looks for plugins; nothing is there. */
export const PULUMI_HOME = join(folder, "home");

/** Runs index.ts with the configuration of stack dev, changed as the scenario says. */
export function run(scenario: Scenario = {}): Promise<ProgramRun> {
  const file = load(readFileSync(join(ROOT, "Pulumi.dev.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const values: Record<string, unknown> = {
    ...file.config,
    "private-cloud:image": image,
    "private-cloud:siteFile": scenario.site === true ? siteFile : join(folder, "none.json"),
    ...Object.fromEntries(
      Object.entries(scenario.change ?? {}).map(([key, value]) => [`private-cloud:${key}`, value]),
    ),
  };
  return runProgram({
    config: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    secretKeys: (scenario.secretKeys ?? []).map((key) => `private-cloud:${key}`),
    dryRun: scenario.dryRun ?? true,
    environment: { PULUMI_HOME },
    answers: { "command:local/Command:Command": answer, "command:local:Command": answer },
  });
}
