import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { startRack, type TestRack } from "../../lab/rack/testing";
import type {
  JujuBundleResult,
  JujuControllerResult,
  KeystoneAccessResult,
  VaultResult,
} from "../../steps/specs";
import { descendants, kill, processesWith, until } from "./support/sshd";
import { converged, disconnect, type Place, startStep, step } from "./support/steps";

jest.setTimeout(600_000);

const ADMIN_PASSWORD = "planted-admin-password-5e1";
const AUTOMATION_PASSWORD = "planted-automation-password-77b";
const PLANTED_OPTION = "planted-option-c41";
const KEYSTONE_ADDRESS = "127.0.50.9";

let rack: TestRack;
let place: Place;
let ca: { certificatePem: string; key: string };

beforeAll(async () => {
  rack = await startRack({
    mode: "running",
    factor: 2000,
    cloud: { address: KEYSTONE_ADDRESS, adminPassword: ADMIN_PASSWORD },
  });
  ca = makeCa();
  place = {
    spec: { host: "127.0.0.1", port: rack.sshPort, user: rack.user, hostKey: rack.hostKey },
    secrets: {
      bastionPrivateKey: rack.privateKey,
      maasApiKey: rack.apiKey,
      powerSecrets: {},
      caPrivateKeyPem: ca.key,
      automationPassword: AUTOMATION_PASSWORD,
    },
  };
  await converged(place, "maas/fleet", { maas: maasAccess(), machines: [1, 3, 4, 5].map(machine) });
});

afterEach(() => rack.faults([]));

afterAll(async () => {
  await disconnect(place);
  await rack.stop();
});

function makeCa(): { certificatePem: string; key: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-ca-"));
  const file = (name: string): string => path.join(folder, name);
  const key = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    file("key"),
  ];
  execFileSync(
    "openssl",
    ["req", "-x509", ...key, "-out", file("crt"), "-subj", "/CN=Site CA", "-days", "99"],
    {
      stdio: "ignore",
    },
  );
  const made = {
    certificatePem: fs.readFileSync(file("crt"), "utf8"),
    key: fs.readFileSync(file("key"), "utf8"),
  };
  fs.rmSync(folder, { recursive: true });
  return made;
}

const maasAccess = () => ({ profile: "kit", url: rack.maasUrl });

const machine = (n: number) => ({
  hostname: `server${n}`,
  macAddresses: [`52:54:00:16:00:0${n}`],
  architecture: "amd64/generic",
  power: { type: "manual", parameters: {} },
  tags: n === 1 ? ["controller"] : ["compute"],
  ...{ zone: "default", pool: "default", bridges: [] },
  minimum: { cores: 2, ramMiB: 4096, disks: 1 },
});

const controller = (more: Record<string, unknown> = {}) => ({
  controller: "maas-controller",
  cloud: { name: "maas-one", endpoint: rack.maasUrl },
  credential: "admin",
  base: "ubuntu@22.04",
  constraints: "tags=controller arch=amd64",
  bootstrapTimeoutSeconds: 3600,
  allowUnsafeJuju: false,
  maas: maasAccess(),
  allowDestroy: true,
  ...more,
});

const inModel = { controller: "maas-controller", model: "openstack" };

const model = (more: Record<string, unknown> = {}) => ({
  ...inModel,
  ...{
    cloud: "maas-one",
    credential: "admin",
    config: { "default-base": "ubuntu@22.04" },
    maas: maasAccess(),
    allowUnsafeJuju: false,
    allowDestroy: true,
  },
  ...more,
});

const patience = { stallSeconds: 60, ceilingSeconds: 150, pollSeconds: 0.3, quietSeconds: 1 };

const compute = { constraints: "arch=amd64 tags=compute" };
const principal = (charm: string, channel: string, to: string[]) => ({
  ...{ charm, channel, num_units: to.length, to, constraints: "arch=amd64" },
});
const router = { charm: "mysql-router", channel: "8.0/stable" };

const bundle = (more: Record<string, unknown> = {}) => ({
  machines: { "0": compute, "1": compute, "2": compute },
  "default-base": "ubuntu@22.04/stable",
  applications: {
    "mysql-innodb-cluster": principal("mysql-innodb-cluster", "8.0/stable", [
      "lxd:0",
      "lxd:1",
      "lxd:2",
    ]),
    vault: principal("vault", "1.8/stable", ["lxd:2"]),
    "vault-mysql-router": router,
    keystone: principal("keystone", "yoga/stable", ["lxd:0"]),
    "keystone-mysql-router": router,
    ...more,
  },
  relations: [
    ["vault-mysql-router:db-router", "mysql-innodb-cluster:db-router"],
    ["vault-mysql-router:shared-db", "vault:shared-db"],
    ["keystone-mysql-router:db-router", "mysql-innodb-cluster:db-router"],
    ["keystone-mysql-router:shared-db", "keystone:shared-db"],
    ["keystone:certificates", "vault:certificates"],
    ["mysql-innodb-cluster:certificates", "vault:certificates"],
  ],
});

const deployed = (more: Record<string, unknown> = {}) => ({
  ...inModel,
  bundle: bundle(more),
  allowed: [
    { application: "vault", workload: "blocked", message: "^Vault needs to be initialized" },
  ],
  patience,
});

const vault = () => ({
  ...inModel,
  application: "vault",
  ...{ keyShares: 5, keyThreshold: 3, tokenTtl: "20h" },
  ca: { certificatePem: ca.certificatePem, commonName: "Vault CA", days: 90 },
  patience,
});

interface Held {
  hostname: string;
  status_name: string;
}

async function maasMachines(): Promise<Held[]> {
  await rack.exec(["maas", "login", "test", rack.maasUrl, "-"], rack.apiKey);
  return JSON.parse((await rack.exec(["maas", "test", "machines", "read"])).stdout) as Held[];
}

async function taken(): Promise<string[]> {
  const machines = await maasMachines();
  return machines
    .filter(({ status_name }) => status_name !== "Ready")
    .map(({ hostname }) => hostname)
    .sort();
}

/** Starts a step as the engine does and kills it a moment after it has said something. */
async function killedAfter(
  name: string,
  spec: Record<string, unknown>,
  said: RegExp,
  milliseconds: number,
): Promise<void> {
  const { child, ended, ...run } = startStep(place, name, spec);
  let over = false;
  void ended.then(() => (over = true));
  await until(`${name} says ${said.source}`, () => over || said.test(run.stderr()), 60);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  kill(child.pid ?? 0);
  await ended;
}

describe("juju/controller", () => {
  it("refuses every Juju that deletes machines, before it does anything", async () => {
    const other = await startRack({ mode: "running", juju: "3.6.24" });
    try {
      const spec = {
        host: "127.0.0.1",
        port: other.sshPort,
        user: other.user,
        hostKey: other.hostKey,
      };
      const there = { spec, secrets: { ...place.secrets, bastionPrivateKey: other.privateKey } };
      for (const version of ["3.6.24", "4.0.12", "4.0.13", "4.1-beta2"]) {
        await other.exec(["rack", "reset", "--force", "--factor", "2000", "--juju", version]);
        const { code, lines } = await step(there, "juju/controller", controller());
        expect([code, lines.join(" ")]).toEqual([
          1,
          expect.stringMatching(
            new RegExp(
              `Juju ${version}\\S*, which (may )?deletes? the MAAS machines.*allowUnsafeJuju`,
            ),
          ),
        ]);
        const state = await other.exec(["rack", "state", "--json"]);
        expect(JSON.parse(state.stdout)).toMatchObject({ juju: { controllers: [] } });
      }
    } finally {
      await other.stop();
    }
  });

  it("says which constraints no machine meets, and leaves nothing", async () => {
    const { code, lines } = await step(
      place,
      "juju/controller",
      controller({ constraints: "tags=nobody" }),
    );
    expect(code).toBe(1);
    expect(lines.join(" ")).toMatch(/juju bootstrap of maas-controller failed.*run again/);
    expect(await taken()).toEqual([]);
  });

  it("attaches to a bootstrap that a killed run started", async () => {
    await killedAfter("juju/controller", controller(), /bootstrap of maas-controller starts/, 300);
    const { result, lines } = await converged<JujuControllerResult>(
      place,
      "juju/controller",
      controller(),
    );
    expect(result.machine.hostname).toBe("server1");
    expect(await taken()).toEqual(["server1"]);
    expect(lines.filter((line) => line.includes("bootstrap of maas-controller starts"))).toEqual(
      [],
    );
    const second = await converged<JujuControllerResult>(place, "juju/controller", controller());
    expect(second).toEqual({ result, lines: [] });
  });

  it("is not made a second time when the bastion has lost its client's data", async () => {
    const { result } = await converged<JujuControllerResult>(
      place,
      "juju/controller",
      controller(),
    );
    const data = path.join(rack.userHome, ".local/share/juju");
    fs.renameSync(data, `${data}.lost`);
    const { code, lines } = await step(place, "juju/controller", controller(), { earlier: result });
    expect([code, lines.join(" ")]).toEqual([
      1,
      expect.stringMatching(
        /does not know the controller maas-controller, .* on server1; .*Restore/,
      ),
    ]);
    expect(await taken()).toEqual(["server1"]);
    fs.rmSync(data, { recursive: true, force: true });
    fs.renameSync(`${data}.lost`, data);
    expect(await converged(place, "juju/controller", controller())).toEqual({ result, lines: [] });
  });

  it("goes away only when that is allowed, and gives its machine back", async () => {
    const kept = await step(place, "juju/controller", controller({ allowDestroy: false }), {
      remove: true,
    });
    expect([kept.code, kept.lines.join(" ")]).toEqual([
      1,
      expect.stringContaining("allowDestroy is not recorded"),
    ]);
    expect(await taken()).toEqual(["server1"]);
    const gone = await step(place, "juju/controller", controller(), { remove: true });
    expect(gone.code).toBe(0);
    expect(await taken()).toEqual([]);
    expect(await maasMachines()).toHaveLength(4);
  });

  it("cleans away what a bootstrap that was killed on the bastion left, and bootstraps again", async () => {
    // A deployment without end, so that the kill strikes in the middle of it however busy this machine is.
    await rack.exec(["maas", "test", "maas", "set-config", "name=node_timeout", "value=100000"]);
    await rack.faults([{ fault: "deployment-hangs", match: "^server1$" }]);
    const patient = controller({ bootstrapTimeoutSeconds: 3_000_000 });
    const { child, ended, ...run } = startStep(place, "juju/controller", patient);
    await until("the bootstrap starts", () => run.stderr().includes("starts"), 60);
    await until("a machine is taken", async () => (await taken()).length > 0, 60);
    const file = path.join(rack.userHome, "private-cloud/steps/bootstrap-maas-controller/pid");
    const pid = Number(fs.readFileSync(file, "utf8").split(" ")[0]);
    for (const each of [pid, ...descendants(pid)]) kill(each);
    kill(child.pid ?? 0);
    await ended;
    await rack.faults([]);
    const { result, lines } = await converged<JujuControllerResult>(
      place,
      "juju/controller",
      controller(),
    );
    expect(lines.join("\n")).toContain("controller maas-controller is half-made");
    expect(result.machine.hostname).toBe("server1");
    expect(await taken()).toEqual(["server1"]);
  });
});

describe("juju/model and juju/bundle", () => {
  it("make a model once, with its configuration", async () => {
    const first = await converged(place, "juju/model", model());
    expect(first.lines).toEqual(["model openstack is added to maas-controller"]);
    expect(await converged(place, "juju/model", model())).toEqual({
      result: first.result,
      lines: [],
    });
    const { lines } = await converged(
      place,
      "juju/model",
      model({ config: { "update-status-hook-interval": "1m" } }),
    );
    expect(lines).toEqual(["model openstack: update-status-hook-interval=1m"]);
  });

  it("end at the same machines and units however often the deploy was killed", async () => {
    await killedAfter("juju/bundle", deployed(), /machine 0 is added/, 0);
    await killedAfter("juju/bundle", deployed(), /machine \d is added|deploy/, 150);
    await killedAfter("juju/bundle", deployed(), /deploy: \d+ changes|waiting/, 100);
    const { result } = await converged<JujuBundleResult>(place, "juju/bundle", deployed());
    expect(result.machines.map(({ hostname }) => hostname).sort()).toEqual([
      "server3",
      "server4",
      "server5",
    ]);
    expect(result.applications.map(({ name, units }) => `${name} ${units.length}`)).toEqual([
      "keystone 1",
      "keystone-mysql-router 1",
      "mysql-innodb-cluster 3",
      "vault 1",
      "vault-mysql-router 1",
    ]);
    expect(result.relations).toBe(6);
    const second = await converged<JujuBundleResult>(place, "juju/bundle", deployed());
    expect(second.lines.filter((line) => !/settled/.test(line))).toEqual([]);
    expect(second.result).toEqual(result);
  });

  it("set changed options and nothing else", async () => {
    const keystone = {
      ...principal("keystone", "yoga/stable", ["lxd:0"]),
      options: { debug: true, "service-port": 5001, "token-provider": PLANTED_OPTION },
    };
    const seen = new Set<number>();
    const watch = setInterval(
      () => processesWith(PLANTED_OPTION).forEach((pid) => seen.add(pid)),
      20,
    );
    const { lines } = await converged(place, "juju/bundle", deployed({ keystone }));
    clearInterval(watch);
    expect(lines).toContain("keystone: debug, service-port, token-provider set");
    expect(lines.join("\n")).not.toContain("deploy:");
    const { stdout } = await rack.exec([
      "juju",
      "config",
      "-m",
      "maas-controller:openstack",
      "keystone",
      "token-provider",
    ]);
    expect(stdout.trim()).toBe(PLANTED_OPTION);
    // An option may be a secret: it is nobody's argument and stays in no file of ours.
    expect([...seen]).toEqual([]);
    const left = fs
      .readdirSync(path.join(rack.userHome, "private-cloud"), { recursive: true, encoding: "utf8" })
      .map((name) => path.join(rack.userHome, "private-cloud", name))
      .filter((file) => fs.statSync(file).isFile())
      .filter((file) => fs.readFileSync(file, "utf8").includes(PLANTED_OPTION));
    expect(left).toEqual([]);
  });

  it("give up early on a unit that stays in error, and name it", async () => {
    const impatient = { ...deployed(), allowed: [], patience: { ...patience, stallSeconds: 2 } };
    const { code, lines } = await step(place, "juju/bundle", impatient);
    expect(code).toBe(1);
    expect(lines.join(" ")).toMatch(
      /nothing has changed for .*vault\/0: blocked "Vault needs to be initialized"/,
    );
  });
});

describe("vault/ready", () => {
  const keyFile = (): string =>
    path.join(rack.userHome, "private-cloud/vault/maas-controller-openstack-vault.json");

  it("initialises once and loses no key, however often it was killed", async () => {
    await killedAfter("vault/ready", vault(), /Vault is initialised/, 0);
    await killedAfter("vault/ready", vault(), /Vault at .* is unsealed/, 50);
    await killedAfter("vault/ready", vault(), /Vault's charm is authorised/, 200);
    const { result, lines } = await converged<VaultResult>(place, "vault/ready", vault());
    const kept = JSON.parse(fs.readFileSync(keyFile(), "utf8")) as {
      unseal_keys_b64: string[];
      root_token: string;
    };
    expect(fs.statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect([result.unsealKeys, result.rootToken]).toEqual([kept.unseal_keys_b64, kept.root_token]);
    for (const secret of [...kept.unseal_keys_b64, kept.root_token])
      expect(lines.join("\n")).not.toContain(secret);
    const ended = new Date(result.expires).getTime() - Date.now();
    expect(ended / 86_400_000).toBeCloseTo(90, 0);
    expect(await converged(place, "vault/ready", vault())).toEqual({ result, lines: [] });
  });

  it("only unseals a Vault that was sealed again", async () => {
    const { root_token } = JSON.parse(fs.readFileSync(keyFile(), "utf8")) as { root_token: string };
    const { result } = await converged<VaultResult>(place, "vault/ready", vault());
    await rack.exec(["vault", "operator", "seal"], "", {
      VAULT_ADDR: result.address,
      VAULT_TOKEN: root_token,
    });
    const { lines } = await converged(place, "vault/ready", vault());
    expect(lines.filter((line) => !/waiting/.test(line))).toEqual([
      expect.stringMatching(/^Vault at .* is unsealed$/),
    ]);
  });

  it("is unsealed with keys that the bastion no longer has, and looked at once when it is open", async () => {
    const { result } = await converged<VaultResult>(place, "vault/ready", vault());
    const { rootToken } = result;
    const address = result.address.replace(/^http:..|:8200$/g, "");
    const unsealed = (addresses: string[], unsealKeys = result.unsealKeys) =>
      step({ ...place, secrets: { ...place.secrets, unsealKeys, rootToken } }, "vault/unsealed", {
        ...inModel,
        application: "vault",
        addresses,
      });
    const open = { code: 0, result: { unsealed: [] }, lines: [] };
    fs.renameSync(keyFile(), `${keyFile()}.moved`);
    expect(await unsealed([address])).toEqual(open);
    const seal = { VAULT_ADDR: result.address, VAULT_TOKEN: rootToken };
    await rack.exec(["vault", "operator", "seal"], "", seal);
    const wrong = await unsealed([], ["b3RoZXI=", "b3RoZXIx", "b3RoZXIy"]);
    expect([wrong.code, wrong.lines.join(" ")]).toEqual([1, expect.stringMatching(/keys/)]);
    // At an address where nobody is any more, Juju is asked.
    const done = await unsealed(["192.0.2.9"]);
    expect(done.result).toEqual({ unsealed: ["vault/0"] });
    expect(done.lines).toEqual([expect.stringMatching(/^Vault at .* is unsealed$/)]);
    // The same keys on the bastion are of no more use, because they came from the state.
    fs.copyFileSync(`${keyFile()}.moved`, keyFile());
    const again = await unsealed([address]);
    expect(again.lines).toEqual([expect.stringContaining("their copy on the bastion is removed")]);
    expect(fs.existsSync(keyFile())).toBe(false);
    fs.renameSync(`${keyFile()}.moved`, keyFile());
    expect(await converged(place, "vault/ready", vault())).toEqual({ result, lines: [] });
  });

  it("says where the keys must be when the bastion has lost them", async () => {
    fs.renameSync(keyFile(), `${keyFile()}.moved`);
    const { code, lines } = await step(place, "vault/ready", vault());
    fs.renameSync(`${keyFile()}.moved`, keyFile());
    expect([code, lines.join(" ")]).toEqual([1, expect.stringContaining("its keys are not in")]);
  });

  it("keeps the keys until it is told that the state has the same, and then needs the state's alone", async () => {
    const { result } = await converged<VaultResult>(place, "vault/ready", vault());
    const run = async (earlier: unknown) => {
      const { code, lines } = await step(place, "vault/ready", vault(), { earlier });
      for (const key of result.unsealKeys) expect(lines.join()).not.toContain(key);
      return { code, lines, kept: fs.existsSync(keyFile()) };
    };
    // Another Vault's, as a state has them when Vault was deployed anew.
    const foreign = { ...result, rootToken: "s.another" };
    expect(await run(foreign)).toEqual({ code: 0, lines: [], kept: true });
    const text = fs.readFileSync(keyFile(), "utf8");
    expect(await run(result)).toEqual({
      code: 0,
      lines: ["the stack's state has Vault's keys: their copy on the bastion is removed"],
      kept: false,
    });
    await rack.exec(["vault", "operator", "seal"], "", {
      VAULT_ADDR: result.address,
      VAULT_TOKEN: result.rootToken,
    });
    const { code, lines } = await run(result);
    expect([code, lines.join()]).toEqual([0, expect.stringMatching(/is unsealed/)]);
    fs.writeFileSync(keyFile(), text, { mode: 0o600 });
  });

  it("knows its certificate from the state when the bastion was set up anew", async () => {
    const { result } = await converged<VaultResult>(place, "vault/ready", vault());
    const file = keyFile().replace(/[^/]*$/, "maas-controller-openstack-vault-intermediate.pem");
    const text = fs.readFileSync(file, "utf8");
    fs.rmSync(file);
    const { lines } = await step(place, "vault/ready", vault());
    expect(lines.join(" ")).toContain("Vault has a CA that caCertificatePem did not sign");
    // Only what is needed: the keys are the bastion's own here.
    const earlier = { intermediatePem: result.intermediatePem };
    expect(await step(place, "vault/ready", vault(), { earlier })).toMatchObject({
      code: 0,
      result,
    });
    expect(fs.readFileSync(file, "utf8")).toBe(text);
  });

  it("does not take another CA's certificate for the site's", async () => {
    const other = { ...vault(), ca: { ...vault().ca, certificatePem: makeCa().certificatePem } };
    const { lines } = await step(place, "vault/ready", other);
    expect(lines.join(" ")).toContain("Vault has a CA that caCertificatePem did not sign");
  });
});

describe("keystone/access", () => {
  const access = (more: Record<string, unknown> = {}) => ({
    ...inModel,
    keystoneApplication: "keystone",
    authUrl: `https://${KEYSTONE_ADDRESS}:5000/v3`,
    region: "RegionOne",
    caCertificatePem: ca.certificatePem,
    automation: { user: "automation", project: "automation", domain: "automation_domain" },
    ...more,
  });

  it("makes the automation user once, proves its token, and shows no password", async () => {
    fs.copyFileSync(
      path.join(__dirname, "support/openstack.py"),
      path.join(rack.binDir, "openstack"),
    );
    fs.chmodSync(path.join(rack.binDir, "openstack"), 0o755);
    const applications = { keystone: 1, vault: 1, "mysql-innodb-cluster": 3 };
    await converged(place, "juju/settled", { ...inModel, applications, allowed: [], patience });
    const seen = new Set<number>();
    const watch = setInterval(() => {
      for (const text of [ADMIN_PASSWORD, AUTOMATION_PASSWORD])
        processesWith(text).forEach((pid) => seen.add(pid));
    }, 20);
    const first = await converged<KeystoneAccessResult>(place, "keystone/access", access());
    clearInterval(watch);
    expect([...seen]).toEqual([]);
    expect(first.lines.join("\n")).not.toMatch(/planted/);
    expect(first.result).toMatchObject({
      adminPassword: ADMIN_PASSWORD,
      services: [{ name: "keystone", type: "identity" }],
    });
    expect(await converged(place, "keystone/access", access())).toEqual({
      result: first.result,
      lines: [],
    });
  });

  it("sets the password again when configuration has another one", async () => {
    const secrets = { ...place.secrets, automationPassword: "-another-password-1;#&|>$!" };
    await converged({ ...place, secrets }, "keystone/access", access());
    expect((await converged({ ...place, secrets }, "keystone/access", access())).lines).toEqual([]);
  });

  it("says what the client said when it could not set the password", async () => {
    const secrets = { ...place.secrets, automationPassword: "planted-too-simple" };
    const { code, lines } = await step({ ...place, secrets }, "keystone/access", access());
    expect(code).toBe(1);
    expect(lines.join(" ")).toMatch(
      /gets no token at .* the client said: The +password does not meet/,
    );
    expect(lines.join(" ")).not.toContain("planted");
  });

  /** Where this Keystone answers, and what its catalogue says. */
  const keystoneAt = (answers: string[], publicUrl: string): void =>
    fs.writeFileSync(
      path.join(rack.userHome, "keystone.json"),
      JSON.stringify({ answers, public: publicUrl }),
    );

  it("takes a name or a virtual address that the catalogue has", async () => {
    const authUrl = "https://keystone.example:5000/v3";
    keystoneAt([authUrl], authUrl);
    const { result } = await converged<KeystoneAccessResult>(
      place,
      "keystone/access",
      access({ authUrl }),
    );
    expect(result.authUrl).toBe(authUrl);
  });

  it("says both addresses when configuration and the catalogue do not agree", async () => {
    const authUrl = "https://10.1.1.1:5000/v3";
    keystoneAt([authUrl], "https://10.2.2.2:5000/v3");
    const { code, lines } = await step(place, "keystone/access", access({ authUrl }));
    expect([code, lines.join(" ")]).toEqual([
      1,
      expect.stringMatching(
        /access\.authUrl: configuration says https:\/\/10\.1\.1\.1:5000\/v3, .* public address is https:\/\/10\.2\.2\.2:5000\/v3/,
      ),
    ]);
  });

  it("names the unit's address when there is no Keystone at the configured one", async () => {
    keystoneAt([], "");
    const { code, lines } = await step(place, "keystone/access", access());
    fs.rmSync(path.join(rack.userHome, "keystone.json"));
    expect([code, lines.join(" ")]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(`access\\.authUrl: .* unit is at ${KEYSTONE_ADDRESS}: Failed to discover`),
      ),
    ]);
  });
});

it("brings a charm to the configured channel, and never back", async () => {
  const keystone = principal("keystone", "2024.1/stable", ["lxd:0"]);
  const first = await converged<JujuBundleResult>(place, "juju/bundle", deployed({ keystone }));
  expect(first.lines).toContain("keystone: charm is refreshed (--channel 2024.1/stable)");
  const [found] = first.result.applications.filter(({ name }) => name === "keystone");
  expect([found?.channel, found?.status]).toEqual(["2024.1/stable", "active"]);
  const second = await converged<JujuBundleResult>(place, "juju/bundle", deployed({ keystone }));
  expect(second.lines.join("\n")).not.toMatch(/refreshed|deploy:/);
  const { code, lines } = await step(place, "juju/bundle", deployed());
  expect([code, lines.join(" ")]).toEqual([
    1,
    expect.stringContaining(
      "would go back, which they do not survive: keystone from 2024.1/stable",
    ),
  ]);
});

it("destroys the model only when that is allowed, and gives all machines back", async () => {
  const kept = await step(place, "juju/model", model({ allowDestroy: false }), { remove: true });
  expect([kept.code, kept.lines.join(" ")]).toEqual([
    1,
    expect.stringContaining("stays with all its machines"),
  ]);
  expect((await step(place, "juju/model", model(), { remove: true })).code).toBe(0);
  expect((await step(place, "juju/model", model(), { remove: true })).lines).toEqual([]);
  await until("its machines are Ready", async () => (await taken()).join() === "server1", 60);
  expect(await maasMachines()).toHaveLength(4);
});
