import { MaasRack } from "./support/maasRack";

/** What each fault of MAAS does to somebody who asks with the `maas` command. */

let rack: MaasRack;

beforeEach(async () => {
  rack = await MaasRack.start();
  await rack.turnDhcpOn();
});

afterEach(() => rack.stop());

const statusOf = async (id: string): Promise<string> => (await rack.read(id)).status_name;

test("region-unavailable: 503 with a text on standard output, for a while", async () => {
  rack.faults([{ fault: "region-unavailable", count: 0, to: 30, with: { seconds: 7 } }]);
  const busy = await rack.maas("machines read -d");
  expect(busy).toMatchObject({ rc: 2, stdout: "The MAAS region is too busy to answer." });
  expect(busy.stderr).toMatch(/^Status: 503$/m);
  expect(busy.stderr).toMatch(/^ *Retry-After: 7$/m);
  rack.advance(31);
  expect((await rack.maas("machines read")).rc).toBe(0);
});

test("region-cuts: a connection error on standard error", async () => {
  rack.faults([{ fault: "region-cuts", match: "^GET .*machines" }]);
  const cut = await rack.maas("machines read");
  expect([cut.rc, cut.stdout]).toEqual([2, ""]);
  expect(cut.stderr).toMatch(/^usage: [\s\S]*\[Errno 104\] Connection reset by peer\n$/);
});

test("connection-refused: for every command that asks the region", async () => {
  const env = { RACK_REFUSED: "1" };
  for (const argv of [
    ["admin", "machines", "read"],
    ["login", "again", rack.url, "a:b:c"],
    ["refresh"],
  ]) {
    const refused = await rack.call(argv, { env });
    expect([argv[0], refused.rc, refused.stdout]).toEqual([argv[0], 2, ""]);
    expect(refused.stderr).toMatch(/\[Errno 111\] Connection refused\n$/);
  }
  expect((await rack.call(["list"], { env })).rc).toBe(0);
});

test("key-expired: 401 with MAAS's text; a login says that the key was rejected", async () => {
  rack.faults([{ fault: "key-expired", count: 2 }]);
  expect(await rack.maas("machines read")).toMatchObject({
    rc: 2,
    stdout: "Authorization Error: Invalid API key.",
  });
  const login = await rack.call(["login", "x", rack.url, "a:b:c"]);
  expect(login).toEqual({ rc: 1, stdout: "", stderr: "The MAAS server rejected your API key.\n" });
});

test("description-stale: calls go on with a warning, until a refresh", async () => {
  rack.faults([{ fault: "description-stale" }]);
  await rack.login("admin", "cccc:tttt:ssss");
  const old = await rack.maas("version read");
  expect(old.rc).toBe(0);
  expect(old.stderr).toContain("*** WARNING! The API on the server differs");
  expect((await rack.call(["refresh"])).rc).toBe(0);
  expect((await rack.maas("version read")).stderr).toBe("");
});

test("allocate-conflict: 409 as often as it is armed, though a machine is free", async () => {
  const id = await rack.ready(1);
  rack.faults([{ fault: "allocate-conflict", count: 2 }]);
  const refused = { rc: 2, stdout: "No machine available.", stderr: "" };
  expect(await rack.maas("machines allocate")).toEqual(refused);
  expect(await rack.maas("machines allocate")).toEqual(refused);
  expect(await rack.json("machines allocate")).toMatchObject({ system_id: id });
});

test("tag-vanished: allocate knows the tag no more", async () => {
  const id = await rack.ready(1);
  await rack.json("tags create name=compute");
  await rack.json(`tag update-nodes compute add=${id}`);
  rack.faults([{ fault: "tag-vanished", match: "compute" }]);
  expect((await rack.maas("machines allocate tags=compute")).stdout).toBe(
    `{"tags": ["No such tag(s): 'compute'."]}`,
  );
  expect((await rack.maas("machines allocate tags=compute")).rc).toBe(0);
});

test("machine-stolen: the machine is somebody else's, whom a plain user cannot see into", async () => {
  const id = await rack.ready(1);
  rack.faults([{ fault: "machine-stolen", match: "^server1$", with: { user: "rival" } }]);
  expect((await rack.maas("machines allocate agent_name=mine")).stdout).toBe(
    `No machine with system ID ${id} available.`,
  );
  expect(await rack.read(id)).toMatchObject({ owner: "rival", status_name: "Allocated" });
  expect(await rack.json("machines read agent_name=mine")).toEqual([]);
  await rack.addUser("pat");
  expect((await rack.maas(`machine read ${id}`, "pat")).stdout).toBe(
    "No Machine matches the given query.",
  );
});

test.each([
  ["commissioning-fails", "Failed commissioning", 600],
  ["commissioning-hangs", "Failed commissioning", 1900],
])("%s: commission ends in %s, and works again", async (fault, status, seconds) => {
  rack.faults([{ fault, match: "^server2$" }]);
  const { system_id: id } = await rack.enlist(2);
  if (fault.endsWith("hangs")) {
    rack.advance(1700);
    expect(await statusOf(id)).toBe("Commissioning");
  }
  rack.advance(seconds);
  expect(await statusOf(id)).toBe(status);
  expect((await rack.maas(`machine deploy ${id}`)).stdout).toBe(
    "Can't deploy a machine that is in the 'Failed commissioning' state",
  );
  await rack.json(`machine commission ${id}`);
  rack.advance(600);
  expect(await statusOf(id)).toBe("Ready");
});

test.each([
  ["deployment-fails", 900],
  ["deployment-hangs", 1900],
])(
  "%s: Failed deployment, which must be released before it can be deployed",
  async (fault, seconds) => {
    const id = await rack.ready(3);
    rack.faults([{ fault, match: "^server3$" }]);
    await rack.json(`machine deploy ${id}`);
    rack.advance(seconds);
    expect(await statusOf(id)).toBe("Failed deployment");
    expect((await rack.maas(`machine deploy ${id}`)).stdout).toBe(
      "Can't deploy a machine that is in the 'Failed deployment' state",
    );
    await rack.json(`machine release ${id}`);
    rack.advance(200);
    expect(await statusOf(id)).toBe("Ready");
  },
);

test.each([
  ["releasing-fails", "Releasing", "Releasing failed", ""],
  ["releasing-hangs", "Releasing", "Releasing failed", ""],
  ["erasing-fails", "Disk erasing", "Failed disk erasing", " erase=true"],
])("%s: from %s to %s, from where it can be released again", async (fault, during, after, how) => {
  const id = await rack.ready(3);
  await rack.json(`machine deploy ${id}`);
  rack.advance(900);
  rack.faults([{ fault }]);
  await rack.json(`machine release ${id}${how}`);
  expect(await statusOf(id)).toBe(during);
  rack.advance(1500);
  expect(await statusOf(id)).toBe(after);
  await rack.json(`machine release ${id}`);
  rack.advance(300);
  expect(await rack.read(id)).toMatchObject({ status_name: "Ready", owner: null });
});

test("erasing-hangs: Disk erasing without end; release is refused, abort ends it", async () => {
  const id = await rack.ready(3);
  await rack.json(`machine deploy ${id}`);
  rack.advance(900);
  rack.faults([{ fault: "erasing-hangs" }]);
  await rack.json(`machine release ${id} erase=true`);
  rack.advance(7 * 24 * 3600);
  expect(await statusOf(id)).toBe("Disk erasing");
  expect((await rack.maas(`machine release ${id}`)).stdout).toBe(
    "Machine cannot be released in its current state ('Disk erasing').",
  );
  await rack.json(`machine abort ${id}`);
  expect(await statusOf(id)).toBe("Failed disk erasing");
});

test("bmc-unreachable: power calls say so, a deployment fails within a minute", async () => {
  const id = await rack.ready(4);
  rack.faults([{ fault: "bmc-unreachable", match: "^server4$", count: 0 }]);
  const text = "No rack controllers can access the BMC of node server4";
  for (const action of ["query-power-state", "power-on", "power-off"]) {
    const answer = await rack.maas(`machine ${action} ${id}`);
    expect([action, answer.rc, answer.stdout]).toEqual([action, 2, text]);
  }
  expect((await rack.read(id)).status_message).toContain(text);
  await rack.json(`machine deploy ${id}`);
  rack.advance(60);
  expect(await statusOf(id)).toBe("Failed deployment");
});

test("wrong-disks and nic-missing: commissioning finds another machine than was ordered", async () => {
  rack.faults([
    { fault: "wrong-disks", match: "^server3$" },
    { fault: "nic-missing", match: "^server3$" },
  ]);
  const machine = await rack.read(await rack.ready(3));
  expect(machine).toMatchObject({ status_name: "Ready" });
  expect(machine.blockdevice_set).toHaveLength(1);
  expect(machine.interface_set.map(({ name }) => name)).toEqual(["eth9"]);
});

test("addresses-exhausted: a deployment answers 503 and the machine stays as it was", async () => {
  const id = await rack.ready(3);
  rack.faults([{ fault: "addresses-exhausted", match: "172.16.0.0/20" }]);
  const refused = await rack.maas(`machine deploy ${id} -d`);
  expect(refused.stdout).toBe("No more IPs available in subnet: 172.16.0.0/20.");
  expect(refused.stderr).toMatch(/^Status: 503$/m);
  expect(await rack.read(id)).toMatchObject({ status_name: "Ready", owner: null });
  expect((await rack.maas(`machine deploy ${id}`)).rc).toBe(0);
});

test("vm-host-unreachable: a VM host is made, with nothing in it", async () => {
  rack.faults([{ fault: "vm-host-unreachable", match: "172.16.9.9" }]);
  const create = "vm-hosts create type=lxd power_address=";
  expect(await rack.json(`${create}172.16.9.9`)).toMatchObject({ total: { cores: 0 } });
  expect(await rack.json(`${create}172.16.9.8`)).toMatchObject({ total: { cores: 16 } });
});
