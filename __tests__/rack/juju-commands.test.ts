import { readFileSync } from "node:fs";
import { join } from "node:path";
import { moveClock } from "../../lab/rack/core/clock";
import { open } from "../../lab/rack/core/store";
import { API_KEY, JujuRack } from "./support/jujuRack";

const small = JSON.stringify({
  "default-base": "ubuntu@22.04",
  machines: { "0": { constraints: "arch=amd64 tags=compute" } },
  applications: {
    vault: { charm: "vault", channel: "1.8/stable", num_units: 1, to: ["lxd:0"] },
    "rabbitmq-server": { charm: "rabbitmq-server", channel: "3.9/stable", num_units: 1, to: ["0"] },
  },
});

const READY = 4;
const DEPLOYED = 6;

describe("a controller and a small model", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    await rack.juju(`deploy -m mc:os ${rack.file("small.yaml", small)}`);
    await rack.advance(3000);
  });
  afterAll(() => rack.stop());

  const run = (line: string) => rack.juju(`run -m mc:os ${line} --format json`);

  test("an action that fails by itself ends with status 0", async () => {
    const { rc, stdout } = await run("vault/0 get-root-ca");
    expect(rc).toBe(0);
    const task = (JSON.parse(stdout) as Record<string, { status: string; results: object }>)[
      "vault/0"
    ];
    expect(task).toMatchObject({ status: "failed", results: { "return-code": 0 } });
  });

  test.each([
    ["vault/9 get-root-ca", 'unit "vault/9" not found'],
    ["vault/0 nosuch", 'action "nosuch" not defined on unit "vault/0"'],
    ["vault/0 authorize-charm", '"token" property is missing and required, given {}'],
    ["vault/0 authorize-charm token=1", "(root).token : must be of type string, given 1"],
  ])("what cannot be scheduled ends with status 0 and says so: %s", async (line, reason) => {
    const { rc, stdout, stderr } = await run(line);
    expect({ rc, stdout }).toEqual({ rc: 0, stdout: "" });
    expect(stderr).toMatch(/^Operation \d+ failed to schedule any tasks:\n/);
    expect(stderr).toContain(reason);
  });

  test("a command that fails on a unit is a completed task, and status 1", async () => {
    const { rc, stdout, stderr } = await rack.juju([
      ..."exec -m mc:os --unit vault/0 --format json --".split(" "),
      "sh -c 'exit 3'",
    ]);
    expect(rc).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      "vault/0": { status: "completed", results: { "return-code": 3 } },
    });
    expect(stderr).toContain("with return code 3");
  });

  test("an action that takes longer than the wait goes on", async () => {
    rack.faults([{ fault: "action-slow", match: "vault/0 get-root-ca", with: { seconds: 600 } }]);
    const { rc, stdout, stderr } = await run("vault/0 get-root-ca --wait=30s");
    expect({ rc, stdout }).toEqual({ rc: 1, stdout: "{}\n" });
    expect(stderr).toContain("ERROR timed out waiting for results from: unit vault/0");
    const [, task = ""] = /task (\d+) on/.exec(stderr) ?? [];
    expect(await rack.json("show-task -m mc:os " + task)).toMatchObject({ status: "running" });
    await rack.advance(900);
    expect(await rack.json("show-task -m mc:os " + task)).toMatchObject({ status: "failed" });
  });

  test("a hook that fails once is run again; one that stays failed waits for resolved", async () => {
    rack.faults([{ fault: "hook-error", match: "rabbitmq-server/0 config-changed" }]);
    await rack.juju("config -m mc:os rabbitmq-server min-cluster-size=1");
    await rack.advance(40);
    const workload = async (): Promise<string> => {
      const status = await rack.json<{
        applications: Record<
          string,
          { units: Record<string, { "workload-status": { current: string; message: string } }> }
        >;
      }>("status -m mc:os");
      const { current, message } =
        status.applications["rabbitmq-server"]!.units["rabbitmq-server/0"]!["workload-status"];
      return `${current} ${message}`;
    };
    expect(await workload()).toBe('error hook failed: "config-changed"');
    await rack.advance(200);
    expect(await workload()).toBe("active Unit is ready");
    rack.faults([{ fault: "hook-error-stays", match: "rabbitmq-server/0 config-changed" }]);
    await rack.juju("config -m mc:os rabbitmq-server min-cluster-size=2");
    await rack.advance(5000);
    expect(await workload()).toBe('error hook failed: "config-changed"');
    expect((await rack.juju("resolved -m mc:os rabbitmq-server/0")).rc).toBe(0);
    await rack.advance(200);
    expect(await workload()).toBe("active Unit is ready");
  });

  test("faults of the client's side: lock, controller away, charm store, nothing scheduled", async () => {
    rack.faults([
      { fault: "store-lock-timeout" },
      { fault: "controller-down", match: "juju models", count: 0, to: 30 },
      { fault: "charm-store-timeout", match: "glance" },
      { fault: "action-not-scheduled", match: "get-root-ca" },
    ]);
    expect((await rack.juju("clouds --client --format json")).rc).toBe(0);
    expect((await rack.juju("controllers --format json")).stderr).toContain(
      "timeout acquiring mutex",
    );
    expect((await rack.juju("models -c mc")).stderr).toContain("unable to connect to API");
    expect((await rack.juju("deploy -m mc:os glance")).stderr).toContain("i/o timeout");
    expect(await run("vault/0 get-root-ca")).toMatchObject({ rc: 0, stdout: "" });
    await rack.advance(60);
    expect((await rack.juju("models -c mc")).rc).toBe(0);
  });

  test("what exists is refused in the words that tell it", async () => {
    const errors = await Promise.all([
      rack.juju("add-model os -c mc --no-switch"),
      rack.juju("deploy -m mc:os vault"),
      rack.juju("bootstrap maas-one mc --no-switch"),
    ]);
    for (const { rc, stderr } of errors) {
      expect(rc).toBe(1);
      expect(stderr).toContain("already exists");
    }
  });

  test("config has types and sources", async () => {
    const wrong = await rack.juju("config -m mc:os vault disable-mlock=maybe");
    expect(wrong).toEqual({
      rc: 1,
      stdout: "{}\n",
      stderr: 'ERROR option "disable-mlock" expected boolean, got "maybe"\n',
    });
    await rack.juju("config -m mc:os vault disable-mlock=true");
    expect(await rack.json("config -m mc:os vault")).toMatchObject({
      settings: {
        "disable-mlock": { value: true, source: "user", default: false, type: "boolean" },
      },
    });
  });

  test("ssh passes on output and exit status, and waits for a unit that is not there", async () => {
    expect(await rack.juju("ssh -m mc:os vault/0 echo here")).toEqual({
      rc: 0,
      stdout: "here\n",
      stderr: "",
    });
    expect((await rack.juju("ssh -m mc:os vault/leader exit 4")).rc).toBe(4);
    const before = rack.change((state) => state.now);
    expect(await rack.juju("ssh -m mc:os vault/9 true")).toMatchObject({
      rc: 1,
      stderr: 'ERROR unit "vault/9" not found\n',
    });
    expect(rack.change((state) => state.now) - before).toBeGreaterThanOrEqual(18_000);
  });

  test("a model's settings can come from a file", async () => {
    const file = rack.file("settings.yaml", "automatically-retry-hooks: false\nproxy-ssh: true\n");
    expect((await rack.juju(`model-config -m mc:os --file ${file}`)).rc).toBe(0);
    expect(await rack.json("model-config -m mc:os")).toMatchObject({
      "automatically-retry-hooks": { Value: false, Source: "model" },
      "proxy-ssh": { Value: true, Source: "model" },
    });
    await rack.juju("model-config -m mc:os --reset automatically-retry-hooks,proxy-ssh");
    expect((await rack.juju("model-config -m mc:os automatically-retry-hooks")).stdout).toBe(
      "True\n",
    );
  });

  test("files are seen as a snap sees them", async () => {
    const put = (path: string): Promise<{ rc: number; stderr: string }> =>
      rack.juju(`model-config -m mc:os --file ${path}`);
    expect(await put("/etc/hostname")).toMatchObject({
      rc: 1,
      stderr: "ERROR open /etc/hostname: permission denied\n",
    });
    expect((await put("/tmp/of-another/x.yaml")).stderr).toContain("no such file or directory");
    expect((await put("./.hidden/x.yaml")).stderr).toContain("permission denied");
  });

  test("a machine that nothing fits ends in provisioning error with MAAS's words", async () => {
    await rack.juju("add-machine -m mc:os --constraints tags=controller");
    await rack.advance(300);
    const { machines } = await rack.json<{
      machines: Record<string, Record<string, { current: string; message: string }>>;
    }>("status -m mc:os");
    const last = Object.values(machines).at(-1)!;
    expect(last["machine-status"]!.current).toBe("provisioning error");
    expect(last["machine-status"]!.message).toContain("No available machine matches constraints");
    expect(last["juju-status"]!.current).toBe("down");
  });

  test("destroy-model waits until its machines are given back", async () => {
    const { rc, stderr } = await rack.juju("destroy-model mc:os --no-prompt --destroy-storage");
    expect(rc).toBe(0);
    expect(stderr).toMatch(
      /^Destroying model\nWaiting for model to be removed, \d+ machine\(s\), 2 application\(s\)/,
    );
    expect(stderr).toContain("Model destroyed.");
    await rack.advance(600);
    rack.change((state) => {
      const states = state.maas.machines.map((machine) => machine.status);
      expect(states.filter((each) => each === DEPLOYED)).toHaveLength(1);
      expect(states.filter((each) => each === READY)).toHaveLength(4);
      expect(state.maas.devices).toEqual([]);
    });
    expect((await rack.juju("status -m mc:os")).stderr).toContain("model mc:admin/os not found");
  });

  test("kill-controller leaves nothing in MAAS and no entry", async () => {
    expect((await rack.juju("kill-controller mc --no-prompt -t 0")).rc).toBe(0);
    await rack.advance(600);
    rack.change((state) =>
      expect(state.maas.machines.filter((machine) => machine.status !== READY)).toEqual([]),
    );
    expect((await rack.juju("controllers --format json")).stdout).toBe(
      '{"controllers":null,"current-controller":""}\n',
    );
  });
});

describe("a bootstrap", () => {
  let rack: JujuRack;
  beforeEach(() => {
    rack = new JujuRack();
  });
  afterEach(() => rack.stop());

  const prepare = async (key = API_KEY): Promise<void> => {
    const cloud =
      "clouds: {maas-one: {type: maas, auth-types: [oauth1], endpoint: 'http://h:5240/MAAS'}}";
    const credential = `credentials: {maas-one: {admin: {auth-type: oauth1, maas-oauth: '${key}'}}}`;
    await rack.juju(`update-cloud maas-one -f ${rack.file("c.yaml", cloud)} --client`);
    await rack.juju(`add-credential maas-one -f ${rack.file("k.yaml", credential)} --client`);
  };

  test("that is killed leaves an entry without endpoints and a machine with its mark", async () => {
    await prepare();
    // The process dies at its first wait: nothing that comes after is run.
    const dies = new Promise<never>((_resolve, reject) => {
      jest.spyOn(global, "setTimeout").mockImplementation(() => {
        reject(new Error("killed"));
        return undefined as unknown as NodeJS.Timeout;
      });
    });
    rack.change((state) => {
      state.clock = { mode: "running", now: state.now, wall: Date.now(), factor: 1 };
    });
    await expect(
      Promise.race([
        rack.juju("bootstrap maas-one mc --no-switch --bootstrap-constraints tags=controller"),
        dies,
      ]),
    ).rejects.toThrow("killed");
    jest.restoreAllMocks();
    const { controllers } = JSON.parse((await rack.juju("controllers --format json")).stdout) as {
      controllers: Record<string, { "api-endpoints": string[] }>;
    };
    expect(controllers.mc?.["api-endpoints"]).toEqual([]);
    const models = readFileSync(join(rack.home, "juju", "models.yaml"), "utf8");
    rack.change((state) => {
      const taken = state.maas.machines.filter((machine) => machine.agentName !== "");
      expect(taken).toHaveLength(1);
      expect(models).toContain(taken[0]!.agentName);
    });
    const killed = await rack.juju("kill-controller mc --no-prompt -t 0");
    expect(killed.rc).toBe(0);
    rack.change((state) => moveClock(state.clock, 600));
    open(rack.home, (state) =>
      expect(state.maas.machines.filter((machine) => machine.agentName !== "")).toEqual([]),
    );
  });

  test("with a key that MAAS does not know touches nothing", async () => {
    await prepare("x:y:z");
    const { rc, stderr } = await rack.juju("bootstrap maas-one mc --no-switch");
    expect(rc).toBe(1);
    expect(stderr).toContain("401");
    expect(stderr).not.toContain("x:y:z");
    expect((await rack.juju("controllers --format json")).stdout).toContain('"controllers":null');
  });

  test("that finds no machine says so in MAAS's words and leaves nothing", async () => {
    await prepare();
    const { rc, stderr } = await rack.juju(
      "bootstrap maas-one mc --no-switch --bootstrap-constraints tags=nosuch",
    );
    expect(rc).toBe(1);
    expect(stderr).toContain("failed to acquire node:");
    expect((await rack.juju("controllers --format json")).stdout).toContain('"controllers":null');
  });
});
