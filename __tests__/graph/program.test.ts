import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  isSecret,
  plain,
  publicText,
  UNKNOWN,
  type ProgramRun,
  type Properties,
  type Registered,
} from "../support/fakeEngine";
import { PLANTED_WORDS, PULUMI_HOME, run } from "./stack";

jest.setTimeout(600_000);

const STEPS = [
  "site-region",
  "fleet-machines",
  "controller-bootstrap",
  "model-model",
  "bundle-deploy",
  "vault-ready",
  "access-settled",
  "access-keystone",
];

const commands = ({ resources }: ProgramRun): Registered[] =>
  resources.filter(({ type }) => type.startsWith("command:"));
const named = ({ resources }: ProgramRun, name: string): Registered => {
  const found = resources.find((resource) => resource.name === name && resource.custom);
  if (!found) throw new Error(`no resource ${name}`);
  return found;
};

/** Names of the custom resources whose inputs differ. */
function changes(before: ProgramRun, after: ProgramRun): string[] {
  const inputs = (from: ProgramRun): Map<string, string> =>
    new Map(
      from.resources
        .filter(({ custom }) => custom)
        .map(({ urn, inputs }) => [urn, JSON.stringify(plain(inputs))]),
    );
  const [old, now] = [inputs(before), inputs(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((urn) => old.get(urn) !== now.get(urn))
    .map((urn) => urn.split("::").at(-1) ?? "")
    .sort();
}

let preview: Promise<ProgramRun> | undefined;
/** A preview of the whole stack with a site's values; run once. */
const plannedRun = (): Promise<ProgramRun> => (preview ??= run({ site: true }));

/** True if `later` is made after `earlier`: by what it depends on, by its provider, or because its parents are. */
function comesAfter({ resources }: ProgramRun, later: Registered, earlier: Registered): boolean {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const seen = new Set<string>();
  const queue = [later.urn];
  for (let urn = queue.pop(); urn !== undefined; urn = queue.pop()) {
    const resource = byUrn.get(urn);
    if (!resource || seen.has(urn)) continue;
    seen.add(urn);
    const provider = resource.provider.split("::").slice(0, -1).join("::");
    queue.push(...resource.dependencies, resource.parent, provider);
  }
  return seen.has(earlier.urn);
}

/** Paths of the inputs that are not known. */
function unknowns(value: unknown, path: string): string[] {
  if (value === UNKNOWN) return [path];
  if (Array.isArray(value)) return value.flatMap((member) => unknowns(member, `${path}[]`));
  if (value !== null && typeof value === "object") {
    return Object.entries(value).flatMap(([key, member]) => unknowns(member, `${path}.${key}`));
  }
  return [];
}

describe("a stack that is right", () => {
  let first: ProgramRun;
  let planned: ProgramRun;
  let made: ProgramRun;

  let careful: ProgramRun;

  beforeAll(async () => {
    [first, planned] = await Promise.all([run(), plannedRun()]);
    [made, careful] = await Promise.all([
      run({ site: true, dryRun: false }),
      run({ change: { allowDestroy: false } }),
    ]);
  });

  test("runs to its end", () => {
    expect([first.stderr, planned.stderr, made.stderr]).toEqual(["", "", ""]);
    expect([first.status, planned.status, made.status]).toEqual([0, 0, 0]);
  });

  test("has as many resources as it should", () => {
    const count = (prefix: string): number =>
      first.resources.filter(({ type }) => type.startsWith(prefix)).length;
    expect({
      steps: commands(first).length,
      components: count("private-cloud:"),
      openstack: count("openstack:"),
      providers: count("pulumi:providers:"),
    }).toEqual({ steps: 9, components: 11, openstack: 36, providers: 3 });
  });

  test("a first preview knows all inputs but the ids that providers make", () => {
    const paths = first.resources
      .filter(({ custom }) => custom)
      .flatMap(({ type, inputs }) => unknowns(plain(inputs), type.split(":").at(-1) ?? ""));
    expect([...new Set(paths)].sort()).toEqual([
      "Command.triggers[]",
      "FloatingIp.pool",
      "FloatingIp.portId",
      "Instance.flavorId",
      "Instance.imageId",
      "Instance.networks[].port",
      "Instance.schedulerHints[].group",
      "Port.fixedIps[].subnetId",
      "Port.networkId",
      "Port.securityGroupIds[]",
      "Router.externalNetworkId",
      "RouterInterface.routerId",
      "RouterInterface.subnetId",
      "SecGroupRule.remoteGroupId",
      "SecGroupRule.securityGroupId",
      "Subnet.networkId",
      "VolumeAttach.instanceId",
      "VolumeAttach.volumeId",
    ]);
  });

  test("a first preview says what stand-ins are in it", () => {
    expect(first.log.join("\n")).toMatch(/Stand-ins are shown for .*maasApiKey.*caCertificatePem/);
    expect(planned.log).toEqual([]);
  });

  test("an up registers what its preview showed", () => {
    const known = (from: ProgramRun): string[] => from.resources.map(({ urn }) => urn).sort();
    expect(known(made)).toEqual(known(planned));
    expect(changes(planned, made).filter((name) => STEPS.includes(name))).toEqual([]);
  });

  test("each step comes after the one before it, and the cloud's resources after all", () => {
    for (const [index, name] of STEPS.entries()) {
      const before = STEPS[index - 1];
      if (before === undefined) continue;
      const [later, earlier] = [named(first, name), named(first, before)];
      expect([name, comesAfter(first, later, earlier)]).toEqual([name, true]);
      expect([before, comesAfter(first, earlier, later)]).toEqual([before, false]);
    }
    const keystone = named(first, "access-keystone");
    for (const resource of first.resources.filter(({ type }) => type.startsWith("openstack:"))) {
      expect([resource.name, comesAfter(first, resource, keystone)]).toEqual([resource.name, true]);
    }
    const last = named(first, "verification-verify");
    for (const resource of first.resources.filter(({ type }) => type.includes("Instance"))) {
      expect(comesAfter(first, last, resource)).toBe(true);
    }
  });

  test("servers of an anti-affine group are made one after the other", () => {
    for (const [later, earlier] of [
      ["app-api2", "app-api1"],
      ["app-lb2", "app-lb1"],
    ] as const) {
      const [second, one] = [later, earlier].map((name) =>
        first.resources.find((each) => each.name === name && each.type.includes("Instance")),
      );
      if (!second || !one) throw new Error(`no server ${later} or ${earlier}`);
      expect(comesAfter(first, second, one)).toBe(true);
      expect(comesAfter(first, one, second)).toBe(false);
    }
  });

  test("a step's text is the same for ever, and its spec plain JSON without secrets and paths", () => {
    for (const { inputs, additionalSecretOutputs } of commands(made)) {
      expect(inputs["create"]).toMatch(/^node --import tsx steps\/run.ts [a-z]+\/[a-z]+$/);
      expect(inputs).not.toHaveProperty("update");
      // A replacement deletes what it replaces after the new one: nothing that can be deleted may have a trigger.
      if ("delete" in inputs) expect(inputs).not.toHaveProperty("triggers");
      expect(inputs["logging"]).toBe("stderr");
      expect(additionalSecretOutputs).toContain("stdout");
      const spec = JSON.parse(String(inputs["stdin"])) as unknown;
      expect(spec).toMatchObject({ bastion: { host: "127.0.50.1", port: 2222, user: "cloud" } });
      expect(inputs["stdin"]).not.toContain(process.cwd());
    }
  });

  test("secrets are secrets: none is plain in an input, an output or a message", () => {
    const said = [made, planned].flatMap(({ resources, outputs, log, stderr }) => [
      ...resources.map(({ inputs }) => publicText(inputs)),
      publicText(outputs),
      ...log,
      stderr,
    ]);
    for (const word of [...PLANTED_WORDS, "reported-1", "reported-2", "reported-3"]) {
      expect(said.filter((text) => text.includes(word))).toEqual([]);
    }
    const everything = JSON.stringify([made.resources, made.outputs]);
    for (const word of PLANTED_WORDS) expect(everything).toContain(word);
  });

  test("the provider of the cloud is known before the cloud is", () => {
    const { inputs } = named(first, "access-cloud");
    expect(unknowns(plain(inputs), "")).toEqual([]);
    expect(isSecret(inputs["password"])).toBe(true);
    expect(String(plain(inputs["cacertFile"]))).toContain("BEGIN CERTIFICATE");
  });

  test("the outputs are the contract", () => {
    const outputs = made.outputs;
    expect(outputs["contractVersion"]).toBe(1);
    expect(Object.keys(outputs).sort()).toEqual([
      "application",
      "applications",
      "cloud",
      "contractVersion",
      "externalNetwork",
      "flavors",
      "images",
      "juju",
      "maas",
      "machines",
      "tenant",
      "vault",
      "verification",
    ]);
    expect(plain(outputs["juju"])).toMatchObject({
      controllerUuid: "controller-uuid",
      modelUuid: "model-uuid",
      hostname: "server1",
    });
    // The fleet's step saw all of them as Ready; then the controller and the model took theirs.
    expect(plain(outputs["machines"])).toMatchObject([
      { hostname: "server1", status: "Deployed", addresses: [] },
      { hostname: "server2", status: "Ready", addresses: [] },
      { hostname: "server3", status: "Deployed", jujuMachine: "0", addresses: ["172.16.11.1"] },
    ]);
    expect(plain(outputs["vault"])).toMatchObject({
      sealed: false,
      rootToken: "reported-2-root-token",
    });
    expect(publicText(outputs["applications"])).toContain("server3");
  });

  test("a destroy undoes the model before the controller, and all that is in the cloud before both", () => {
    // The engine deletes in the reverse order of what depends on what.
    const undone = commands(made).filter(({ inputs }) => "delete" in inputs);
    expect(undone.map(({ name }) => name)).toEqual(["controller-bootstrap", "model-model"]);
    const [controller, model] = undone as [Registered, Registered];
    expect(comesAfter(made, model, controller)).toBe(true);
    const cloud = made.resources.filter(({ type }) => type.startsWith("openstack:"));
    expect(cloud.filter((each) => !comesAfter(made, each, model))).toEqual([]);
    // All are deleted one by one, but the attachment, which goes with its server.
    const carried = cloud.filter(({ deletedWith }) => deletedWith !== "");
    expect(carried.map(({ type }) => type)).toEqual([
      "openstack:compute/volumeAttach:VolumeAttach",
    ]);
  });

  test("where nothing may be destroyed, a destroy is told so by the steps too", () => {
    const allowed = (from: ProgramRun): unknown[] =>
      commands(from)
        .filter(({ inputs }) => "delete" in inputs)
        .map(({ inputs }) => (JSON.parse(String(inputs["stdin"])) as Properties)["allowDestroy"]);
    expect([allowed(made), allowed(careful)]).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  test("what holds data is protected where nothing may be destroyed", () => {
    const kept = careful.resources.filter((each) => each.protect).map(({ name }) => name);
    expect(kept.sort()).toEqual(["app-database", "app-db"]);
    expect(made.resources.filter((each) => each.protect)).toEqual([]);
  });
});

describe("a change in one place reaches what it must and nothing else", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    [
      "an option of one charm",
      { openstack: { applications: { glance: { options: { debug: true } } } } },
      // A charm's restart may seal Vault, break a service: what comes after looks again, and the outputs are of now.
      ["access-keystone", "access-settled", "bundle-deploy", "vault-ready", "verification-verify"],
    ],
    ["a setting of MAAS", { maas: { settings: { kernel_opts: "quiet" } } }, ["site-region"]],
    ["a size of servers", { flavors: { "m1.large": { ramMiB: 16384 } } }, ["cloud-m1.large"]],
    [
      "one more compute server",
      { machines: { server2: { tags: ["compute"] } } },
      [
        "access-keystone",
        "access-settled",
        "bundle-deploy",
        "fleet-machines",
        "vault-ready",
        "verification-verify",
      ],
    ],
    [
      "somebody who logs in to the servers",
      { tenant: { operators: ["172.16.0.0/28"] } },
      ["tenant-api-ssh", "tenant-balancer-ssh-172.16.0.0/28", "tenant-database-ssh"],
    ],
    [
      "the password of the database",
      { databasePassword: "planted-7-password" },
      ["app-api1", "app-api2", "app-db"],
    ],
  ])("%s", async (_name, change, reached) => {
    const [before, after] = await Promise.all([
      plannedRun(),
      run({ site: true, change, secretKeys: ["databasePassword"] }),
    ]);
    expect(after.status).toBe(0);
    expect(changes(before, after)).toEqual(reached);
  });
});

describe("what is wrong is refused before anything is registered", () => {
  const refused = async (scenario: Parameters<typeof run>[0]): Promise<string> => {
    const ended = await run(scenario);
    const registered = ended.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    expect([ended.status === 0, registered]).toEqual([false, []]);
    const said = [...ended.log, ended.stderr].join("\n");
    expect(said).not.toMatch(/\n\s+at /);
    return said;
  };

  test("all faults at once, with their paths", async () => {
    const said = await refused({
      site: true,
      change: {
        external: { cidr: "172.16.7.0/20" },
        machnies: {},
        openstack: { bridgeMappings: { physnet1: null, physnet: "br-ex" } },
        allowDestroy: "maybe",
        maasApiKey: "planted-8",
      },
    });
    for (const path of [
      "5 values in Pulumi.dev.yaml|6 values in Pulumi.dev.yaml|7 values in Pulumi.dev.yaml",
      "private-cloud:external.cidr .*host bits",
      "private-cloud:machnies .*Did you mean machines",
      "private-cloud:allowDestroy is maybe",
      "private-cloud:maasApiKey is a secret and stands in clear",
      "private-cloud:maasApiKey has the wrong form",
    ]) {
      expect(said).toMatch(new RegExp(path));
    }
    expect(said).not.toContain("planted-8");
  });

  test("a section with a part that was set as a secret, which the state would show", async () => {
    const said = await refused({
      site: true,
      change: { maas: { settings: { remote_syslog: "planted-9" } } },
      secretKeys: ["maas"],
    });
    expect(said).toMatch(/private-cloud:maas has a part that was set with --secret/);
    expect(said).not.toContain("planted-9");
  });

  test("a physical network that two places name differently", async () => {
    const said = await refused({ change: { external: { physnet: "physnet" } } });
    expect(said).toMatch(/private-cloud:external.physnet is physnet.*physnet1/);
    expect(said).toMatch(/private-cloud:openstack.flatNetworks/);
  });

  test("an up without the site's secrets", async () => {
    const said = await refused({ dryRun: false });
    expect(said).toMatch(/has no value for bastionPrivateKey, maasApiKey.*npm run up/s);
    expect(said).toMatch(/, and there is no site file \S+none\.json\. /);
    // Without --path Pulumi would make a key of the name bastion.host.
    expect(said).toContain("`pulumi config set --path private-cloud:bastion.host VALUE`");
  });

  test("an up whose image is not there, which a preview does not need", async () => {
    const change = { image: { file: "images/none.qcow2" } };
    const said = await refused({ site: true, change, dryRun: false });
    expect(said).toMatch(/private-cloud:image\.file is images\/none\.qcow2, and there is no such/);
    expect((await run({ site: true, change })).status).toBe(0);
  });

  test("stand-in plugins, where they are not allowed", async () => {
    const plugin = join(PULUMI_HOME, "plugins", "resource-command-v1.2.1");
    mkdirSync(plugin, { recursive: true });
    writeFileSync(join(plugin, "STAND-IN"), "");
    const said = await refused({ site: true, change: { allowStandInPlugins: false } });
    expect(said).toMatch(/plugins command 1.2.1 in use are stand-ins .*allowStandInPlugins/);
    expect((await run({ site: true })).status).toBe(0);
  });
});
