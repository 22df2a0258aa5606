import { JujuRack } from "./support/jujuRack";

interface Shown {
  details: { "api-endpoints": string[] };
  "controller-machines": Record<string, Record<string, unknown>>;
}

interface Machine {
  "instance-id": string;
  "controller-member-status"?: string;
  "ha-primary"?: boolean;
  "juju-status": { current: string };
}

const READY = 4;
const DEPLOYED = 6;

/** A controller of three machines: made, watched, robbed of machines, made whole and taken down. */
describe("enable-ha", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
  });
  afterAll(() => rack.stop());

  const machines = async (): Promise<Record<string, Machine>> =>
    (await rack.json<{ machines: Record<string, Machine> }>("status -m mc:controller")).machines;
  const votes = async (): Promise<Record<string, string | undefined>> =>
    Object.fromEntries(
      Object.entries(await machines()).map(([id, each]) => [id, each["controller-member-status"]]),
    );
  const shown = async (): Promise<Shown> =>
    (await rack.json<Record<string, Shown>>("show-controller mc")).mc!;
  const redundancy = async (): Promise<string> => {
    const { stdout } = await rack.juju("controllers --refresh");
    return /^mc .*?(\S+)\s+3\.6\.25\s*$/m.exec(stdout)?.[1] ?? stdout;
  };
  const power = (host: string, powerState: "on" | "off"): void =>
    rack.change(({ maas }) => {
      maas.machines.find((each) => each.hostname === host)!.powerState = powerState;
    });
  const hostOf = async (id: string): Promise<string> => {
    const systemId = (await machines())[id]!["instance-id"];
    return rack.change(
      ({ maas }) => maas.machines.find((each) => each.systemId === systemId)!.hostname,
    );
  };

  test.each([
    ["-n 2", 2, "must specify a number of controllers odd and non-negative"],
    ["-n 9", 1, "controller count is too large (allowed 7)"],
    ["--to lxd:0", 2, 'unsupported enable-ha placement directive "lxd:0"'],
    [
      "--to 9",
      1,
      `failed to enable HA with 0 controllers: can't find machine for placement directive "#:9": machine 9 not found`,
    ],
    [
      "-n 3 --to 0",
      1,
      'failed to enable HA with 3 controllers: machine for placement directive "#:0" is already a controller',
    ],
    [
      "-n 3 --to zone=moon",
      1,
      'failed to enable HA with 3 controllers: availability zone "moon" not valid',
    ],
    ["--constraints colour=red", 1, 'unknown constraint "colour"'],
  ])("is refused: %s", async (line, rc, reason) => {
    expect(await rack.juju(`enable-ha -c mc ${line}`)).toEqual({
      rc,
      stdout: "",
      stderr: `ERROR ${reason}\n`,
    });
  });

  test("one machine is the controller: it has the vote, leads nobody and cannot be removed", async () => {
    expect(await votes()).toEqual({ "0": "has-vote" });
    expect((await shown())["controller-machines"]).toEqual({
      "0": { "instance-id": "sys001" },
    });
    expect(await redundancy()).toBe("none");
    for (const force of ["", " --force"])
      expect(
        await rack.juju(`remove-machine -m mc:controller 0 --no-prompt${force}`),
      ).toMatchObject({
        rc: 1,
        stderr: "ERROR removing machine failed: controller 0 is the only controller\n",
      });
  });

  test("units of the controller come and go with its machines only", async () => {
    const answers = [
      [
        "add-unit -m mc:controller controller",
        "adding units to the controller application not supported (not supported)",
      ],
      [
        "remove-unit -m mc:controller controller/0 --no-prompt",
        "removing unit controller/0 failed: removing units from the controller application not supported",
      ],
      [
        "remove-application -m mc:controller controller --no-prompt",
        "removing application controller failed: removing the controller application not supported",
      ],
    ] as const;
    for (const [line, reason] of answers)
      expect(await rack.juju(line)).toEqual({
        rc: 1,
        stdout: "",
        stderr: `ERROR ${reason}\n`,
      });
  });

  test("without an address that the others can use, a space must be named", async () => {
    const extra = (addresses: string[]) =>
      rack.change(({ juju }) => {
        juju.controllers[0]!.models[0]!.machines[0]!.addresses.splice(1, 9, ...addresses);
      });
    extra(["10.9.9.9"]);
    const { rc, stderr } = await rack.juju("enable-ha -c mc -n 3");
    expect({ rc, stderr }).toEqual({
      rc: 1,
      stderr:
        "ERROR juju-ha-space is not set and a unique usable address was not found for machines: 0\n" +
        'run "juju controller-config juju-ha-space=<name>" to set a space for Mongo peer communication\n',
    });
    expect(await rack.juju("controller-config -c mc juju-ha-space=nosuch")).toMatchObject({
      rc: 1,
      stderr: 'ERROR invalid config "juju-ha-space"="nosuch": space "nosuch" not found\n',
    });
    extra([]);
  });

  test("two machines are added in MAAS; they vote once their databases have joined", async () => {
    expect(await rack.juju("enable-ha -c mc --constraints tags=compute")).toEqual({
      rc: 0,
      stdout: "maintaining machines: 0\nadding machines: 1, 2\n",
      stderr: "",
    });
    expect(await votes()).toEqual({ "0": "has-vote", "1": "adding-vote", "2": "adding-vote" });
    expect((await shown())["controller-machines"]).toMatchObject({
      "0": { "ha-status": "ha-enabled" },
      "1": { "instance-id": "(unprovisioned)", "ha-status": "ha-pending" },
    });
    expect(await redundancy()).toBe("1/3");
    await rack.advance(3000);
    expect(await votes()).toEqual({ "0": "has-vote", "1": "has-vote", "2": "has-vote" });
    const owned = rack.change(({ maas, juju }) =>
      maas.machines.filter(
        (each) =>
          each.agentName === juju.controllers[0]!.models[0]!.uuid && each.status === DEPLOYED,
      ),
    );
    expect(owned.map((each) => each.tags[0]).sort()).toEqual(["compute", "compute", "controller"]);
    const { details, "controller-machines": members } = await shown();
    expect(details["api-endpoints"]).toHaveLength(3);
    expect(members["0"]).toEqual({
      "instance-id": "sys001",
      "ha-status": "ha-enabled",
      "ha-primary": true,
    });
    expect((await machines())["0"]).toMatchObject({ "ha-primary": true });
    expect(await redundancy()).toBe("3");
  });

  test("a second time there is nothing to do, and fewer are refused", async () => {
    const nothing = { rc: 0, stderr: "" };
    expect(await rack.juju("enable-ha -c mc -n 3")).toEqual({ ...nothing, stdout: "" });
    expect(await rack.juju("enable-ha -c mc --format json")).toEqual({
      ...nothing,
      stdout: "{}\n",
    });
    expect(await rack.juju("enable-ha -c mc -n 1 --format json")).toEqual({
      rc: 1,
      stdout: "{}\n",
      stderr:
        "ERROR failed to enable HA with 1 controllers: cannot remove controllers with enable-ha, use remove-machine and chose the controller(s) to remove\n",
    });
  });

  test("one machine may be lost, two may not", async () => {
    const [first, second] = [await hostOf("0"), await hostOf("1")];
    power(first, "off");
    await rack.advance(30);
    expect((await machines())["0"]).toMatchObject({
      "juju-status": { current: "down" },
      "controller-member-status": "has-vote",
    });
    expect((await shown())["controller-machines"]).toMatchObject({
      "0": { "ha-status": "down, lost connection" },
      "1": { "ha-status": "ha-enabled", "ha-primary": true },
    });
    expect(await redundancy()).toBe("2/3");
    power(second, "off");
    await rack.advance(30);
    const { rc, stderr } = await rack.juju("status -m mc:os");
    expect(rc).toBe(1);
    expect(stderr).toMatch(/unable to connect to API: dial tcp \S+:17070: connect: .*refused/);
    power(first, "on");
    power(second, "on");
    await rack.advance(30);
    expect(await redundancy()).toBe("3");
  });

  test("a machine is removed by force: it gives back its vote, then itself; enable-ha fills the gap", async () => {
    const host = await hostOf("2");
    expect(await rack.juju("remove-machine -m mc:controller 2 --no-prompt")).toMatchObject({
      rc: 1,
      stderr: 'ERROR removing machine failed: machine 2 has unit "controller/2" assigned\n',
    });
    expect((await rack.juju("remove-machine -m mc:controller 2 --no-prompt --force")).rc).toBe(0);
    // Two votes could not agree: the second one waits.
    expect(await votes()).toEqual({ "0": "has-vote", "1": "adding-vote", "2": "removing-vote" });
    await rack.advance(300);
    expect(await votes()).toEqual({ "0": "has-vote", "1": "adding-vote" });
    expect(await redundancy()).toBe("1/2");
    expect((await shown()).details["api-endpoints"]).toHaveLength(2);
    expect(
      rack.change(({ maas }) => maas.machines.find((each) => each.hostname === host)),
    ).toMatchObject({ status: READY, agentName: "" });
    const again = "enable-ha -c mc --format yaml --constraints tags=compute";
    expect(await rack.juju(again)).toEqual({
      rc: 0,
      stdout: 'maintained: ["0", "1"]\nadded: ["3"]\n',
      stderr: "",
    });
    await rack.advance(3000);
    expect(await votes()).toEqual({ "0": "has-vote", "1": "has-vote", "3": "has-vote" });
  });

  test("machines of the model become controllers with --to", async () => {
    await rack.juju("add-machine -m mc:controller -n 2 --constraints tags=compute");
    await rack.advance(3000);
    expect(await rack.juju("enable-ha -c mc -n 5 --to 4,server2")).toMatchObject({
      stdout: "maintaining machines: 0, 1, 3\nadding machines: 6\nconverting machines: 4\n",
    });
    await rack.advance(3000);
    expect(await votes()).toMatchObject({ "4": "has-vote", "5": undefined, "6": "has-vote" });
    expect(await hostOf("6")).toBe("server2");
  });

  test("kill-controller gives every machine back", async () => {
    expect((await rack.juju("kill-controller mc --no-prompt -t 0s")).rc).toBe(0);
    await rack.advance(600);
    const states = rack.change(({ maas }) => maas.machines.map((each) => each.status));
    expect(states).toEqual([READY, READY, READY, READY, READY]);
  });
});

describe("enable-ha without machines for it", () => {
  test("the constraints of bootstrap hold: the new machines find none", async () => {
    const rack = new JujuRack();
    await rack.bootstrap();
    await rack.juju("enable-ha -c mc");
    await rack.advance(300);
    const status = await rack.json<{ machines: Record<string, Record<string, unknown>> }>(
      "status -m mc:controller",
    );
    expect(status.machines["1"]).toMatchObject({
      "controller-member-status": "adding-vote",
      "machine-status": { current: "provisioning error" },
    });
    rack.stop();
  });

  test("changes that are disabled are refused", async () => {
    const rack = new JujuRack();
    await rack.bootstrap();
    await rack.juju("disable-command -m mc:controller all frozen");
    expect(await rack.juju("enable-ha -c mc")).toMatchObject({
      rc: 1,
      stderr:
        "ERROR frozen\n\nAll operations that change model have been disabled for the current model.\nTo enable changes, run\n\n    juju enable-command all\n\n\n",
    });
    rack.stop();
  });

  test("Juju 4 has another way: units of the controller", async () => {
    const rack = new JujuRack(null, "4.0.15");
    await rack.bootstrap();
    expect((await rack.juju("enable-ha -c mc")).rc).toBe(1);
    expect((await rack.juju("add-unit -m mc:controller controller -n 2")).rc).toBe(0);
    rack.stop();
  });
});
