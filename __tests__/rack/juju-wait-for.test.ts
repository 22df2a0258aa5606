import { runningClock } from "../../lab/rack/core/clock";
import { JujuRack } from "./support/jujuRack";

const bundle = JSON.stringify({
  machines: { "0": { constraints: "arch=amd64 tags=compute" } },
  applications: {
    "rabbitmq-server": { charm: "rabbitmq-server", channel: "3.9/stable", num_units: 1, to: ["0"] },
    grafana: { charm: "grafana", channel: "stable", num_units: 1, to: ["lxd:0"] },
  },
});

describe("wait-for", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    expect(await rack.juju(`deploy -m mc:os ${rack.file("bundle.yaml", bundle)}`)).toMatchObject({
      rc: 0,
    });
  });
  afterAll(() => rack.stop());

  const waitFor = (words: string, query?: string) =>
    rack.juju([
      "wait-for",
      ...words.split(" "),
      ...(words.startsWith("model") ? [] : ["-m", "mc:os"]),
      ...(query === undefined ? [] : ["--query", query]),
    ]);
  const now = (): number => rack.change((each) => each.now);

  test("a time that runs out ends with status 1, after as much time", async () => {
    const before = now();
    const { rc, stdout, stderr } = await waitFor("application rabbitmq-server --timeout 1m30s");
    expect({ rc, stdout }).toEqual({ rc: 1, stdout: "" });
    expect(stderr).toMatch(
      /^application "rabbitmq-server" found with "waiting", waiting\.\.\.\n([^]*\n)?ERROR timed out waiting for "rabbitmq-server" to reach goal state\n$/,
    );
    const passed = (now() - before) / 1000;
    expect(passed).toBeGreaterThanOrEqual(90);
    expect(passed).toBeLessThan(120);
  });

  test("it comes back when the machine, the unit and the application are there", async () => {
    const machine = await waitFor("machine 0 --timeout 1h");
    expect(machine).toMatchObject({
      rc: 0,
      stdout: "properties:\n  life: alive\n  status: started\n",
    });
    expect(machine.stderr).toMatch(
      /^machine "0" found, waiting\.\.\.\n[^]*machine "0" is running\n$/,
    );
    const unit = await waitFor("unit rabbitmq-server/0 --timeout 1h");
    expect(unit).toMatchObject({
      rc: 0,
      stdout: "properties:\n  life: alive\n  workload-status: active\n",
    });
    expect(unit.stderr).toMatch(/unit "rabbitmq-server\/0" is running\n$/);
    const { stdout, rc } = await waitFor("application grafana --timeout 1h");
    expect({ rc, stdout }).toEqual({
      rc: 0,
      stdout: "properties:\n  life: alive\n  status: active\n",
    });
    const status = await rack.json<{ applications: Record<string, object> }>("status -m mc:os");
    expect(status.applications.grafana).toMatchObject({
      "application-status": { current: "active" },
    });
  });

  test("what has come true already costs no time, and is summed up", async () => {
    expect(await waitFor("application grafana")).toEqual({
      rc: 0,
      stdout: "properties:\n  life: alive\n  status: active\n",
      stderr: 'Application "grafana" is running\n',
    });
    expect(await waitFor("application grafana --summary=false")).toEqual({
      rc: 0,
      stdout: "",
      stderr: "",
    });
    expect(
      await waitFor("application grafana", 'forEach(units, unit => unit.agent-status=="idle")'),
    ).toMatchObject({
      stdout: "properties:\n  units: {}\nunits:\n  grafana/0:\n    agent-status: idle\n",
    });
    expect(await waitFor("unit grafana/0", "len(machines) == 1")).toMatchObject({
      stdout: "properties:\n  machines: {}\nmachines:\n  0/lxd/0: {}\n",
    });
    expect(
      await waitFor(
        "model mc:os",
        'life=="alive" && forEach(applications, app => app.status == "active")',
      ),
    ).toMatchObject({
      rc: 0,
      stderr: 'model "os" is running\n',
      stdout:
        "properties:\n  life: alive\napplications:\n  grafana:\n    status: active\n  rabbitmq-server:\n    status: active\n",
    });
  });

  test("what is not there yet is waited for", async () => {
    const { rc, stderr } = await waitFor("unit grafana/7 --timeout 10s");
    expect(rc).toBe(1);
    expect(stderr).toBe(
      'unit "grafana/7" not found, waiting...\nERROR timed out waiting for "grafana/7" to reach goal state\n',
    );
    const model = await waitFor("model mc:nosuch --timeout 5s");
    expect(model).toEqual({
      rc: 2,
      stdout: "",
      stderr:
        'model "nosuch" not found, waiting...\nmodel "nosuch" not found, waiting...\nmodel "nosuch" not found, waiting...\n' +
        'ERROR unable to locate model "nosuch"\n',
    });
  });

  test("a query that says nothing ends at once", async () => {
    const before = now();
    const { rc, stderr } = await waitFor("application grafana", 'machines=="x"');
    expect(rc).toBe(1);
    expect(stderr).toContain('No possible matches for "machines" on ApplicationInfo: \n');
    expect((await waitFor("unit grafana/0", "life==")).stderr).toContain("runtime error");
    expect((await waitFor("unit grafana/0", 'life=="')).stderr).toContain("Cannot parse query");
    expect(now() - before).toBeLessThan(2000);
  });

  test("a clock that runs is waited for in its own time", async () => {
    rack.change((each) => {
      each.clock = { ...runningClock(3600), now: each.now };
    });
    expect((await waitFor("application nosuch --timeout 2m")).stderr).toContain(
      'ERROR timed out waiting for "nosuch" to reach goal state\n',
    );
    rack.change((each) => {
      each.clock = { mode: "driven", now: each.now, costPerCall: 200 };
    });
  });

  test("what goes while it is waited for is told, and is an error", async () => {
    await rack.juju("remove-application -m mc:os grafana --no-prompt");
    expect(await waitFor("application grafana", 'life=="dying"')).toEqual({
      rc: 0,
      stdout: "",
      stderr: 'Application "grafana" is being removed\n',
    });
    const { rc, stderr } = await waitFor("application grafana --timeout 1h", 'life=="dead"');
    expect(rc).toBe(1);
    expect(stderr).toMatch(/ERROR application grafana removed\n$/);
  });
});
