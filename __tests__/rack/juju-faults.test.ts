import { JujuRack } from "./support/jujuRack";

interface State {
  current: string;
  message?: string;
}

interface Status {
  machines: Record<string, { containers?: Record<string, Record<string, State>> }>;
  applications: Record<
    string,
    {
      relations?: Record<string, unknown>;
      units: Record<string, Record<string, State> & { leader?: boolean }>;
    }
  >;
}

const bundle = JSON.stringify({
  machines: {
    "0": { constraints: "arch=amd64 tags=compute" },
    "1": { constraints: "arch=amd64 tags=compute" },
  },
  applications: {
    vault: { charm: "vault", channel: "1.8/stable", num_units: 2, to: ["lxd:0", "lxd:1"] },
    prometheus2: { charm: "prometheus2", channel: "stable", num_units: 1, to: ["0"] },
    grafana: { charm: "grafana", channel: "stable", num_units: 1, to: ["1"] },
  },
});

/** What each fault of Juju and Vault looks like to whoever calls `juju` and `vault`. */
describe("a fault", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    expect(await rack.juju(`deploy -m mc:os ${rack.file("bundle.yaml", bundle)}`)).toMatchObject({
      rc: 0,
    });
    await rack.advance(3000);
  });
  afterEach(async () => {
    rack.faults([]);
    await rack.advance(300);
  });
  afterAll(() => rack.stop());

  const status = (): Promise<Status> => rack.json<Status>("status -m mc:os");
  const unit = async (name: string) =>
    (await status()).applications[name.split("/")[0]!]!.units[name]!;
  const run = (line: string) => rack.juju(`run -m mc:os ${line} --format json`);
  const task = (stdout: string) =>
    Object.values(JSON.parse(stdout) as Record<string, Record<string, unknown>>)[0]!;
  const leader = async (): Promise<string> => {
    const { units } = (await status()).applications.vault!;
    return Object.keys(units).find((name) => units[name]!.leader === true) ?? "";
  };

  test("action-fails: exit status 0, a failed task with the charm's sentence, once", async () => {
    rack.faults([{ fault: "action-fails", match: "get-admin", with: { text: "no grafana here" } }]);
    const { rc, stdout } = await run("grafana/0 get-admin-password");
    expect(rc).toBe(0);
    expect(task(stdout)).toMatchObject({ status: "failed", message: "no grafana here" });
    expect(task((await run("grafana/0 get-admin-password")).stdout)).toMatchObject({
      status: "completed",
    });
  });

  test("unit-lost: its agent is lost, actions on it time out, and it comes back", async () => {
    rack.faults([{ fault: "unit-lost", match: "^grafana/0$", count: 0, to: 600 }]);
    await rack.advance(10);
    expect(await unit("grafana/0")).toMatchObject({
      "juju-status": { current: "lost" },
      "workload-status": {
        current: "unknown",
        message: expect.stringContaining("agent lost") as string,
      },
    });
    expect(await unit("prometheus2/0")).toMatchObject({ "juju-status": { current: "idle" } });
    const { rc, stdout, stderr } = await run("grafana/0 get-admin-password --wait=30s");
    expect({ rc, stdout }).toEqual({ rc: 1, stdout: "{}\n" });
    expect(stderr).toContain("timed out waiting for results from: unit grafana/0");
    await rack.advance(900);
    // The end of a fault is noticed by whoever looks next; the unit's hook comes after that.
    await status();
    await rack.advance(60);
    expect(await unit("grafana/0")).toMatchObject({
      "juju-status": { current: "idle" },
      "workload-status": { current: "active" },
    });
  });

  test("leader-changes: the action that was for the leader is refused, another unit leads", async () => {
    const before = await leader();
    rack.faults([{ fault: "leader-changes", match: "generate-root-ca" }]);
    const { rc, stdout } = await run("vault/leader generate-root-ca");
    expect(rc).toBe(0);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual([before]);
    expect(task(stdout)).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/lead/i) as string,
    });
    expect(await leader()).not.toBe(before);
  });

  test("controller-rebooting: no route to its address for as long as it lasts", async () => {
    rack.faults([{ fault: "controller-rebooting", count: 0, to: 120 }]);
    const { rc, stderr } = await rack.juju("status -m mc:os --format json");
    expect(rc).toBe(1);
    expect(stderr).toMatch(/unable to connect to API: .*no route to host/);
    expect((await rack.juju("controllers --format json")).rc).toBe(0);
    await rack.advance(150);
    expect((await rack.juju("status -m mc:os --format json")).rc).toBe(0);
  });

  test("container-never-starts: it stays pending, with its units waiting for it", async () => {
    rack.faults([{ fault: "container-never-starts", match: "^0/lxd/\\d+$", count: 0 }]);
    await rack.juju("deploy -m mc:os grafana stuck --channel stable --to lxd:0");
    await rack.advance(3600);
    const { containers = {} } = (await status()).machines["0"]!;
    expect(Object.values(containers).at(-1)).toMatchObject({
      "juju-status": { current: "pending" },
      "machine-status": { message: "Creating container" },
    });
    expect(await unit("stuck/0")).toMatchObject({
      "workload-status": { current: "waiting", message: "waiting for machine" },
    });
  });

  test("relation-not-made: integrate succeeds, and there is no relation until it is asked again", async () => {
    rack.faults([{ fault: "relation-not-made", match: "grafana" }]);
    const line = "integrate -m mc:os prometheus2:grafana-source grafana:grafana-source";
    const made = async (): Promise<boolean> =>
      "grafana-source" in ((await status()).applications.grafana!.relations ?? {});
    expect(await rack.juju(line)).toEqual({ rc: 0, stdout: "", stderr: "" });
    expect(await made()).toBe(false);
    expect((await rack.juju(line)).rc).toBe(0);
    expect(await made()).toBe(true);
  });

  describe("of Vault", () => {
    let address: string;
    const vault = (line: string, stdin = "") => rack.vault(line, { VAULT_ADDR: address }, stdin);

    beforeAll(async () => {
      const vault0 = (await unit("vault/0")) as unknown as Record<string, string>;
      address = `http://${vault0["public-address"]}:8200`;
      const { stdout } = await vault("operator init -key-shares=1 -key-threshold=1 -format=json");
      const [key = ""] = (JSON.parse(stdout) as { unseal_keys_b64: string[] }).unseal_keys_b64;
      expect((await vault("write -format=json sys/unseal key=-", key)).rc).toBe(0);
    });

    test("vault-unreachable: the client says refused and ends with status 1, once", async () => {
      rack.faults([{ fault: "vault-unreachable" }]);
      const { rc, stderr } = await vault("status -format=json");
      expect(rc).toBe(1);
      expect(stderr).toContain("connect: connection refused");
      expect((await vault("status -format=json")).rc).toBe(0);
    });

    test("vault-sealed: vault status ends with 2, and the unit tells it", async () => {
      rack.faults([{ fault: "vault-sealed", match: "^vault/0$" }]);
      await rack.advance(30);
      const { rc, stdout } = await vault("status -format=json");
      expect(rc).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ initialized: true, sealed: true });
      await rack.advance(600);
      expect(await unit("vault/0")).toMatchObject({
        "workload-status": { current: "blocked", message: "Unit is sealed" },
      });
    });
  });
});
