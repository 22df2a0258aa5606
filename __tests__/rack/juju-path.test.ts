import { X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JujuRack } from "./support/jujuRack";
import { bundle } from "./support/kitBundle";

interface State {
  current: string;
  message?: string;
  since: string;
}

interface UnitStatus {
  "workload-status": State;
  "juju-status": State;
  "public-address"?: string;
  subordinates?: Record<string, UnitStatus>;
}

interface Status {
  machines: Record<string, { "instance-id": string; "juju-status": State }>;
  applications: Record<
    string,
    { relations?: Record<string, object[]>; units?: Record<string, UnitStatus> }
  >;
}

const unitsOf = (status: Status): Record<string, UnitStatus> =>
  Object.assign(
    {},
    ...Object.values(status.applications).flatMap(({ units = {} }) => [
      units,
      ...Object.values(units).map((unit) => unit.subordinates ?? {}),
    ]),
  ) as Record<string, UnitStatus>;

/** Waits in steps of virtual minutes until nothing has changed for five of them. */
const settle = async (rack: JujuRack, minutes = 90): Promise<Status> => {
  let last = "";
  let quiet = 0;
  for (let minute = 0; minute < minutes; minute++) {
    const status = await rack.json<Status>("status -m mc:os --utc");
    const shown = JSON.stringify([status.machines, status.applications]);
    quiet = shown === last ? quiet + 1 : 0;
    const busy = Object.values(unitsOf(status)).some(
      (unit) => unit["juju-status"].current !== "idle",
    );
    if (quiet >= 5 && !busy) return status;
    last = shown;
    await rack.advance(60);
  }
  throw new Error(`the model did not settle within ${minutes} virtual minutes`);
};

const signWithOwnCa = (csr: string): { pem: string; root: string } => {
  const folder = mkdtempSync(join(tmpdir(), "ca-"));
  const at = (name: string): string => join(folder, name);
  const openssl = (...argv: string[]): void =>
    void execFileSync("openssl", argv, { cwd: folder, stdio: "pipe" });
  writeFileSync(at("csr.pem"), csr);
  writeFileSync(
    at("ext"),
    "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n",
  );
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key");
  openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    "ca.key",
    "-subj",
    "/CN=site",
    "-days",
    "9",
    "-out",
    "ca.pem",
  );
  openssl(
    "x509",
    "-req",
    "-in",
    "csr.pem",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "5",
    "-extfile",
    "ext",
    "-out",
    "signed.pem",
  );
  return { pem: readFileSync(at("signed.pem"), "utf8"), root: readFileSync(at("ca.pem"), "utf8") };
};

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("the kit's bundle", () => {
  let rack: JujuRack;
  let status: Status;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    const deployed = await rack.juju(`deploy -m mc:os ${rack.file("bundle.yaml", bundle)}`);
    expect(deployed.rc).toBe(0);
    status = await settle(rack);
  });
  afterAll(() => rack.stop());

  const workload = (name: string): string => {
    const { current, message } = unitsOf(status)[name]!["workload-status"];
    return `${current} ${message ?? ""}`;
  };

  const vaultEnv = (token?: string): object => ({
    VAULT_ADDR: `http://${unitsOf(status)["vault/0"]?.["public-address"] ?? ""}:8200`,
    ...(token === undefined ? {} : { VAULT_TOKEN: token }),
  });

  test("settles with what waits for Vault in the texts of the charms", () => {
    expect(workload("vault/0")).toBe("blocked Vault needs to be initialized");
    expect(workload("ovn-central/0")).toBe(
      "waiting 'ovsdb-peer' incomplete, 'certificates' awaiting server certificate data",
    );
    expect(workload("ovn-chassis/0")).toBe(
      "waiting 'certificates' awaiting server certificate data",
    );
    expect(workload("neutron-api-plugin-ovn/0")).toBe(
      "waiting 'certificates' awaiting server certificate data, 'ovsdb-cms' incomplete",
    );
    const others = Object.keys(unitsOf(status)).filter(
      (name) => !/^(vault|ovn|neutron-api-plugin)/.test(name),
    );
    expect(others.filter((name) => !workload(name).startsWith("active"))).toEqual([]);
    expect(workload("ceph-osd/0")).toBe("active Unit is ready (1 OSD)");
  });

  test("has its machines in MAAS, deployed and marked", () => {
    expect(Object.keys(status.machines)).toEqual(["0", "1", "2"]);
    rack.change((state) => {
      for (const { "instance-id": id } of Object.values(status.machines)) {
        const machine = state.maas.machines.find((each) => each.systemId === id);
        expect(machine?.status).toBe(6);
        expect(machine?.tags).toEqual(["compute"]);
        expect(Object.keys(machine?.ownerData ?? {})).toContain("juju-model-uuid");
      }
    });
  });

  test("is clean when it is deployed again", async () => {
    const again = await rack.juju("deploy -m mc:os ./bundle.yaml --map-machines=existing");
    expect(again).toEqual({
      rc: 0,
      stdout: "",
      stderr: "No changes to apply.\n",
    });
  });

  test("hands out nothing of the cloud before Vault is unsealed", async () => {
    const password = await rack.juju("exec -m mc:os -u keystone/leader -- leader-get admin_passwd");
    expect(password).toMatchObject({ rc: 0, stdout: "" });
  });

  test("goes through Vault to a cloud that answers", async () => {
    const init = await rack.vault(
      "operator init -key-shares=5 -key-threshold=3 -format=json",
      vaultEnv(),
    );
    const made = JSON.parse(init.stdout) as { unseal_keys_b64: string[]; root_token: string };
    expect(made.unseal_keys_b64).toHaveLength(5);
    expect((await rack.vault("status -format=json", vaultEnv())).rc).toBe(2);
    for (const key of made.unseal_keys_b64.slice(0, 3))
      expect((await rack.vault("write -format=json sys/unseal key=-", vaultEnv(), key)).rc).toBe(0);
    const sealed = await rack.vault("status -format=json", vaultEnv());
    expect(sealed.rc).toBe(0);
    for (const key of made.unseal_keys_b64) expect(sealed.stdout).not.toContain(key);
    const token = JSON.parse(
      (await rack.vault("token create -ttl=10m -format=json", vaultEnv(made.root_token))).stdout,
    ) as { auth: { client_token: string } };
    const run = async (line: string): Promise<{ status: string; results: { output?: string } }> =>
      Object.values(
        await rack.json<Record<string, { status: string; results: { output?: string } }>>(
          `run -m mc:os vault/leader ${line}`,
        ),
      )[0]!;
    expect(await run(`authorize-charm token=${token.auth.client_token}`)).toMatchObject({
      status: "completed",
    });
    const csr = await run("get-csr common-name=kit");
    const { pem, root } = signWithOwnCa(csr.results.output ?? "");
    expect(
      (await run(`upload-signed-csr pem=${base64(root)} root-ca=${base64(root)}`)).status,
    ).toBe("failed");
    expect((await run(`upload-signed-csr pem=${base64(pem)} root-ca=${base64(root)}`)).status).toBe(
      "completed",
    );
    status = await settle(rack);
    const open = Object.keys(unitsOf(status)).filter(
      (name) => !workload(name).startsWith("active"),
    );
    expect(open).toEqual([]);
    expect(workload("vault/0")).toBe("active Unit is ready (active: true, mlock: disabled)");
    const ask = (line: string) => rack.juju(`exec -m mc:os -u ${line}`);
    expect(await ask("keystone/leader -- leader-get admin_passwd")).toMatchObject({
      stdout: "swordfish\n",
    });
    expect(await ask("keystone/leader -- network-get --bind-address public")).toMatchObject({
      stdout: "127.0.50.1\n",
    });
    const ca = await ask("vault/leader -- leader-get root-ca");
    expect(new X509Certificate(ca.stdout).subject).toBe("CN=site");
    expect((await rack.juju("run -m mc:os keystone/leader get-admin-password")).stdout).toContain(
      "swordfish",
    );
  });

  test("has not settled, and hands out nothing, while the cloud behind it starts", async () => {
    const cloud = (ready: boolean): void =>
      rack.change((each) => {
        each.cloud = { address: "127.0.50.1", adminPassword: "swordfish", ready };
      });
    const agents = async (): Promise<string[]> =>
      Object.entries(unitsOf(await rack.json("status -m mc:os --format json")))
        .filter(([, unit]) => unit["juju-status"].current !== "idle")
        .map(([name]) => name);
    const password = "exec -m mc:os -u keystone/leader -- leader-get admin_passwd";
    cloud(false);
    expect(await agents()).toEqual(["keystone/0"]);
    expect((await rack.juju(password)).stdout).toBe("");
    cloud(true);
    expect(await agents()).toEqual([]);
    expect((await rack.juju(password)).stdout).toBe("swordfish\n");
  });
});
