import { JujuRack } from "./support/jujuRack";

/** What goes, what asks first, what is waited for, and what force changes. */

const READY = 4;

interface Status {
  machines: Record<string, { "juju-status": { current: string } }>;
  applications: Record<string, { life?: string; units?: Record<string, unknown> }>;
}

describe("removals", () => {
  let rack: JujuRack;
  beforeEach(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    const lines = [
      "deploy -m mc:os grafana --to lxd",
      "deploy -m mc:os rabbitmq-server -n 2",
      "deploy -m mc:os ntp",
      "integrate -m mc:os ntp rabbitmq-server",
    ];
    for (const line of lines) expect(await rack.juju(line)).toMatchObject({ rc: 0 });
    await rack.advance(3600);
  });
  afterEach(() => rack.stop());

  const status = () => rack.json<Status>("status -m mc:os");
  const switchOff = (id: string): void =>
    rack.change((state) => {
      const model = state.juju.controllers[0]!.models.find((each) => each.name === "os")!;
      const { instance } = model.machines.find((each) => each.id === id)!;
      state.maas.machines.find((each) => each.systemId === instance)!.powerState = "off";
    });
  const instances = (): number =>
    rack.change((state) => state.maas.machines.filter((each) => each.status !== READY).length);

  test("a person is asked; no answer is no, yes is yes, and mode= asks nobody", async () => {
    expect(await rack.juju("remove-unit -m mc:os rabbitmq-server/0")).toEqual({
      rc: 1,
      stdout: "will remove unit rabbitmq-server/0\n",
      stderr:
        "WARNING This command will perform the following actions:\n\nContinue [y/N]? ERROR unit removal: aborted\n",
    });
    expect(await rack.juju("remove-application -m mc:os grafana", "y\n")).toEqual({
      rc: 0,
      stdout: "will remove application grafana\n- will remove unit grafana/0\n",
      stderr: "WARNING This command will perform the following actions:\n\nContinue [y/N]? ",
    });
    await rack.juju("model-config -m mc:os mode=");
    expect(await rack.juju("remove-unit -m mc:os rabbitmq-server/0")).toEqual({
      rc: 0,
      stdout: "will remove unit rabbitmq-server/0\n",
      stderr: "",
    });
    await rack.advance(600);
    const { applications } = await status();
    expect(Object.keys(applications)).toEqual(["ntp", "rabbitmq-server"]);
    expect(Object.keys(applications["rabbitmq-server"]!.units!)).toEqual(["rabbitmq-server/1"]);
  });

  test("one that is refused does not stop the others", async () => {
    const { rc, stdout, stderr } = await rack.juju(
      "remove-unit -m mc:os rabbitmq-server/7 ntp/0 rabbitmq-server/0 --no-prompt",
    );
    expect({ rc, stdout }).toEqual({ rc: 1, stdout: "will remove unit rabbitmq-server/0\n" });
    expect(stderr).toBe(
      'ERROR removing unit rabbitmq-server/7 failed: unit "rabbitmq-server/7" does not exist\n' +
        'ERROR removing unit ntp/0 failed: unit "ntp/0" is a subordinate, to remove use remove-relation. Note: this will remove all units of "ntp"\n',
    );
    const dry = await rack.juju("remove-application -m mc:os nosuch grafana --dry-run");
    expect(dry).toEqual({
      rc: 1,
      stdout: "",
      stderr: 'ERROR removing application nosuch failed: application "nosuch" not found\n',
    });
  });

  test("a machine with something on it goes only by force; kept instances stay MAAS's and Juju's", async () => {
    const plain = await rack.juju("remove-machine -m mc:os 0 1 --no-prompt");
    expect(plain.rc).toBe(1);
    expect(plain.stderr).toBe(
      'ERROR removing machine failed: machine 0 is hosting containers "0/lxd/0"\n' +
        'ERROR removing machine failed: machine 1 has unit "rabbitmq-server/0" assigned\n',
    );
    expect(await rack.juju("remove-machine -m mc:os 0 --keep-instance --dry-run")).toEqual({
      rc: 0,
      stdout:
        "will remove machine 0 (but retaining cloud instance)\nwill remove machine 0/lxd/0 (but retaining cloud instance)\n- will remove unit grafana/0\n",
      stderr:
        "WARNING This command will perform the following actions:\n\nThis will require `--force`\n",
    });
    const before = instances();
    expect(
      (await rack.juju("remove-machine -m mc:os 0 --force --keep-instance --no-prompt")).rc,
    ).toBe(0);
    await rack.advance(600);
    expect(instances()).toBe(before);
    expect((await rack.juju("remove-machine -m mc:os 1 --force --no-prompt")).rc).toBe(0);
    await rack.advance(600);
    expect(instances()).toBe(before - 1);
  });

  test("a unit whose machine is off is waited for without limit, by force for a minute", async () => {
    switchOff("1");
    await rack.advance(60);
    expect((await status()).machines["1"]!["juju-status"].current).toBe("down");
    await rack.juju("remove-unit -m mc:os rabbitmq-server/0 --no-prompt");
    await rack.advance(7200);
    const units = async () => Object.keys((await status()).applications["rabbitmq-server"]!.units!);
    expect(await units()).toContain("rabbitmq-server/0");
    await rack.juju("remove-unit -m mc:os rabbitmq-server/0 --no-prompt --force");
    await rack.advance(45);
    expect(await units()).toContain("rabbitmq-server/0");
    await rack.advance(30);
    expect(await units()).toEqual(["rabbitmq-server/1"]);
  });

  test("so is a model: destroy-model --force gives up on what does not answer, --timeout sooner", async () => {
    switchOff("1");
    await rack.advance(60);
    const began = rack.change((state) => state.now);
    const forced = await rack.juju("destroy-model mc:os --no-prompt --force --timeout 20s");
    expect(forced.rc).toBe(0);
    expect(forced.stderr).toMatch(
      /^Destroying model\nWaiting for model to be removed, 4 machine\(s\), 3 application\(s\)[^]*\nModel destroyed\.\n$/,
    );
    const took = rack.change((state) => state.now) - began;
    expect(took).toBeGreaterThanOrEqual(20_000);
    expect(took).toBeLessThan(60_000);
  });

  test("destroy-model shows what goes and wants the model's name", async () => {
    const { rc, stderr } = await rack.juju("destroy-model mc:os", "other\n");
    expect(rc).toBe(1);
    expect(stderr).toMatch(
      /^WARNING This command will destroy the "os" model and affect the following resources\. It cannot be stopped\.\n\n - 4 machines will be destroyed\n {2}- machine list: "0 \(\w+\)" "0\/lxd\/0 \(\S+\)" "1 \(\w+\)" "2 \(\w+\)"\n - 3 applications will be removed\n {2}- application list: "grafana" "rabbitmq-server" "ntp"\n - 0 filesystem and 0 volume will be destroyed\n\nTo continue, enter the name of the model to be unregistered: ERROR model destruction: aborted\n$/,
    );
    expect((await rack.juju("destroy-model mc:controller --no-prompt")).stderr).toBe(
      "ERROR \"controller\" is a controller; use 'juju destroy-controller' to destroy it\n",
    );
    expect((await rack.juju("destroy-model mc:os", "os\n")).rc).toBe(0);
  });

  test("destroy-controller wants to be told of models and its name, and waits for what it destroys", async () => {
    const live = await rack.juju("destroy-controller mc --no-prompt");
    expect(live.rc).toBe(1);
    expect(live.stderr).toContain(
      'ERROR cannot destroy controller "mc"\n\nThe controller has live models.',
    );
    expect(live.stderr).toContain("Models:\n\tadmin/os (alive), 4 machines, 3 applications\n");
    const asked = await rack.juju("destroy-controller mc --destroy-all-models");
    expect(asked.stderr).toMatch(
      /resources\n\n\n - 1 model will be destroyed\n {2}- model list: "admin\/os \(alive\)"\n - 4 machines will be destroyed\n - 3 applications will be removed\n[^]*To continue, enter the name of the controller to be unregistered: ERROR controller destruction: aborted\n$/,
    );
    const gone = await rack.juju("destroy-controller mc --no-prompt --destroy-all-models");
    expect(gone.rc).toBe(0);
    expect(gone.stderr).toMatch(
      /\nDestroying controller\nWaiting for model resources to be reclaimed\n(Waiting for 1 model, 4 machines, 4 applications\n)+(Waiting for 1 model.*\n)*All models reclaimed, cleaning up controller machines\n$/,
    );
    await rack.advance(600);
    expect(instances()).toBe(0);
  });

  test("kill-controller waits as long as it is told, then kills what is left", async () => {
    switchOff("1");
    await rack.advance(60);
    const asked = await rack.juju("kill-controller mc");
    expect(asked.stderr).toMatch(/ERROR controller destruction: aborted\n$/);
    const { rc, stderr } = await rack.juju("kill-controller mc --no-prompt -t 40s");
    expect(rc).toBe(0);
    expect(stderr).toMatch(
      /^Destroying controller "mc"\nWaiting for resources to be reclaimed\n(Waiting for 1 model.*\n)+Killing admin\/os directly\n {2}done\nAll models destroyed, cleaning up controller machines\n$/,
    );
    expect(stderr).toMatch(/, will kill machines directly in \d+s\n/);
    await rack.advance(1200);
    expect(instances()).toBe(0);
  });
});

describe("deploy --map-machines", () => {
  const bundle = (machines: string[], to: string[]): string =>
    JSON.stringify({
      "default-base": "ubuntu@22.04",
      machines: Object.fromEntries(machines.map((id) => [id, {}])),
      applications: {
        "rabbitmq-server": {
          ...{ charm: "rabbitmq-server", channel: "3.9/stable" },
          ...{ num_units: to.length, to, constraints: "arch=amd64" },
        },
      },
    });
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    await rack.juju("add-machine -m mc:os -n 3");
    await rack.advance(3600);
  });
  afterAll(() => rack.stop());

  const changes = async (text: string, map: string): Promise<string[]> => {
    const line = `deploy -m mc:os ${rack.file("map.yaml", text)} --dry-run${map}`;
    const { rc, stdout, stderr } = await rack.juju(line);
    if (rc !== 0) return [stderr];
    return stdout.split("\n").filter((each) => /machine|unit/.test(each));
  };
  const two = bundle(["0", "1"], ["0", "1"]);

  test("without it machines that are there are left alone", async () => {
    expect(await changes(two, "")).toEqual([
      "- add new machine 3 (bundle machine 0)",
      "- add new machine 4 (bundle machine 1)",
      "- add unit rabbitmq-server/0 to new machine 3",
      "- add unit rabbitmq-server/1 to new machine 4",
    ]);
  });

  test("existing takes the machines of the same number, pairs take others; what is not there is made", async () => {
    expect(await changes(two, " --map-machines=existing")).toEqual([
      "- add unit rabbitmq-server/0 to existing machine 0",
      "- add unit rabbitmq-server/1 to existing machine 1",
    ]);
    expect(await changes(two, " --map-machines=existing,0=2")).toEqual([
      "- add unit rabbitmq-server/0 to existing machine 2",
      "- add unit rabbitmq-server/1 to existing machine 1",
    ]);
    expect(await changes(two, " --map-machines=0=99,1=1")).toEqual([
      "- add new machine 3 (bundle machine 0)",
      "- add unit rabbitmq-server/0 to new machine 3",
      "- add unit rabbitmq-server/1 to existing machine 1",
    ]);
  });

  test("a machine of the bundle that nothing is placed on is refused", async () => {
    expect(await changes(bundle(["0", "7"], ["0"]), "")).toEqual([
      'ERROR cannot deploy bundle: the provided bundle has the following errors:\nmachine "7" is not referred to by a placement directive\n',
    ]);
  });

  test("once deployed machines are known by their units; a mapping that contradicts them is refused", async () => {
    const line = `deploy -m mc:os ${rack.file("b.yaml", two)} --map-machines=0=2,1=1`;
    expect((await rack.juju(line)).rc).toBe(0);
    expect(await changes(two, "")).toEqual([]);
    expect(await changes(bundle(["0", "1", "5"], ["0", "1", "5"]), "")).toEqual([
      "- add new machine 3 (bundle machine 5)",
      "- add unit rabbitmq-server/2 to new machine 3",
    ]);
    expect(await changes(two, " --map-machines=0=1")).toEqual([]);
    expect(await changes(two, " --map-machines=0=0,1=1")).toEqual([]);
    expect(await changes(bundle(["1", "5"], ["1", "5"]), " --map-machines=1=2,5=98")).toEqual([]);
  });
});
