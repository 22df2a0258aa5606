import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, MaasRack } from "./support/maasRack";

let rack: MaasRack;

afterEach(() => rack.stop());

describe("several users", () => {
  let id: string;
  beforeEach(async () => {
    rack = await MaasRack.start();
    await rack.turnDhcpOn();
    id = await rack.ready(1);
    await rack.addUser("pat");
    await rack.addUser("kim");
  });

  test("whose machine it is decides who sees and changes it; the administrator does both", async () => {
    const taken = await rack.json<Machine>("machines allocate agent_name=a", "pat");
    expect(taken).toMatchObject({ system_id: id, owner: "pat" });
    expect(await rack.json("machines read", "kim")).toEqual([]);
    expect(await rack.maas(`machine release ${id}`, "kim")).toMatchObject({
      rc: 2,
      stdout: "No Machine matches the given query.",
    });
    expect(await rack.maas(`machine update ${id} hostname=x`, "pat")).toEqual({
      rc: 2,
      stdout: "",
      stderr: "",
    });
    expect(await rack.json(`machine release ${id}`)).toMatchObject({ owner: null });
    expect(await rack.json("machines read agent_name=a")).toEqual([]);
  });

  test("the site is the administrator's; a machine's owner changes no network of it, but its containers'", async () => {
    const refused = async (line: string) => {
      const { rc, stdout } = await rack.maas(line, "pat");
      return rc === 2 ? stdout : `${rc} ${stdout}`;
    };
    const reserved = "This method is reserved for admin users.";
    expect(await refused("spaces create name=s")).toBe(reserved);
    expect(await refused("zone delete default")).toBe(reserved);
    expect(await refused("maas set-config name=theme value=x")).toBe(reserved);
    expect(await refused("vm-host compose 1")).toBe(reserved);
    expect(await refused("subnet update 1 name=mine")).toBe("");
    expect(await refused("vlans create 0 vid=7")).toBe("");
    await rack.json("tags create name=t");
    expect(await refused(`tag update-nodes t add=${id}`)).toBe(
      "Must be a superuser or supply a rack_controller",
    );
    const { interface_set: nics } = await rack.json<Machine>("machines allocate", "pat");
    expect(await refused(`interface update ${id} ${nics[0]?.id ?? 0} name=lan`)).toBe("");
    const device = await rack.json<Machine>(
      `devices create hostname=c mac_addresses=00:16:3e:00:00:09 parent=${id}`,
      "pat",
    );
    const nic = device.interface_set[0]?.id ?? 0;
    await rack.json(`interface update ${device.system_id} ${nic} name=lan`, "pat");
    expect(await refused(`interface update ${device.system_id} ${nic} name=wan`)).toMatch(/^0 /);
    expect((await rack.maas(`device read ${device.system_id}`, "kim")).rc).toBe(2);
  });

  test("a lock keeps its owner from releasing, with an empty answer", async () => {
    await rack.json(`machine deploy ${id}`, "pat");
    rack.advance(900);
    await rack.json(`machine lock ${id}`, "pat");
    expect(await rack.maas(`machine release ${id}`, "pat")).toEqual({
      rc: 2,
      stdout: "",
      stderr: "",
    });
    expect((await rack.maas(`machine lock ${id}`, "pat")).rc).toBe(2);
    await rack.json(`machine unlock ${id}`, "pat");
    expect(await rack.json(`machine release ${id}`, "pat")).toMatchObject({
      status_name: "Releasing",
    });
  });

  test("each of a user's keys works until it is deleted", async () => {
    const made = await rack.json<Record<string, string>>(
      "account create-authorisation-token name=second",
      "pat",
    );
    const key = [made.consumer_key, made.token_key, made.token_secret].join(":");
    await rack.login("second", key);
    expect(await rack.json("users whoami", "second")).toMatchObject({ username: "pat" });
    await rack.maas(`account delete-authorisation-token token_key=${made.token_key ?? ""}`, "pat");
    expect((await rack.maas("users whoami", "second")).stdout).toBe(
      "Authorization Error: Invalid API key.",
    );
    expect(await rack.json("users whoami", "pat")).toMatchObject({ username: "pat" });
  });
});

test("a device has its parent and one static address, and goes when the parent is released", async () => {
  rack = await MaasRack.start();
  await rack.turnDhcpOn();
  const parent = await rack.ready(1);
  await rack.json(`machine deploy ${parent}`);
  const create = `devices create hostname=juju-0-lxd-0 parent=${parent} mac_addresses=`;
  const device = await rack.json<Machine & { parent: string }>(`${create}00:16:3E:00:00:01`);
  expect(device).toMatchObject({ parent, owner: "admin", ip_addresses: [] });
  const nic = device.interface_set[0]?.id ?? 0;
  await rack.json(`interface update ${device.system_id} ${nic} name=eth7`);
  await rack.json(`interface link-subnet ${device.system_id} ${nic} mode=STATIC subnet=1`);
  const [read] = await rack.json<Machine[]>("devices read hostname=juju-0-lxd-0");
  expect(read?.interface_set[0]?.name).toBe("eth7");
  const [address = ""] = read?.ip_addresses ?? [];
  const machine = await rack.read(parent);
  expect(machine.ip_addresses).not.toContain(address);
  expect((await rack.maas(`${create}00:16:3e:00:00:01`)).stdout).toBe(
    '{"mac_addresses": ["MAC address 00:16:3e:00:00:01 already in use on juju-0-lxd-0."]}',
  );
  const link = `interface link-subnet ${parent} ${machine.interface_set[0]?.id ?? 0} mode=STATIC`;
  await rack.json(`machine abort ${parent}`);
  expect((await rack.maas(`${link} subnet=1 ip_address=${address}`)).stdout).toBe(
    '{"ip_address": ["IP address is already in use."]}',
  );
  await rack.json(`machine release ${parent}`);
  rack.advance(300);
  expect(await rack.json("devices read")).toEqual([]);
});

test("a file is kept byte for byte, for its owner", async () => {
  rack = await MaasRack.start();
  const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 128]);
  writeFileSync(join(rack.home, "blob"), bytes);
  const create = ["files", "create", "filename=state", `file@=${join(rack.home, "blob")}`];
  expect(await rack.maas(create)).toEqual({ rc: 0, stdout: "", stderr: "" });
  const { content } = await rack.json<{ content: string }>("file read state");
  expect(content).toBe(bytes.toString("base64"));
  expect((await rack.maas("files create filename=state")).stdout).toBe("File not supplied");
  await rack.addUser("pat");
  expect(await rack.json("files read", "pat")).toEqual([]);
});

test("labels of an allocation's constraints say what they stand for", async () => {
  rack = await MaasRack.start();
  await rack.turnDhcpOn();
  await rack.ready(3);
  const line = "machines allocate storage=root:10,data:400 interfaces=0:vid=0;1:name=eth0";
  const made = await rack.json<{ constraints_by_type: Record<string, Record<string, number[]>> }>(
    line,
  );
  const { storage = {}, interfaces = {} } = made.constraints_by_type;
  expect([Object.keys(storage), Object.keys(interfaces)]).toEqual([
    ["root", "data"],
    ["0", "1"],
  ]);
  expect(storage.root).not.toEqual(storage.data);
});

test.each([
  ["amt", "", "Power address: This field is required."],
  ["ipmi", " power_parameters_power_address=10.0.0.9", undefined],
  ["redfish", "", "Redfish address: This field is required."],
  ["lxd", " power_parameters_power_address=10.0.0.9", "Instance name: This field is required."],
  [
    "virsh",
    " power_parameters_power_address=qemu+ssh://h/system",
    "Virsh VM ID: This field is required.",
  ],
  [
    "webhook",
    " power_parameters_power_on_uri=http://b/on power_parameters_power_off_uri=http://b/off",
    "URI to query the nodes power status: This field is required.",
  ],
  ["manual", "", undefined],
])("power type %s with%s", async (type, parameters, refusal) => {
  rack = await MaasRack.start("3.4", "kit");
  const line = `machines create architecture=amd64/generic mac_addresses=52:54:00:16:00:01 power_type=${type}`;
  const { rc, stdout } = await rack.maas(`${line}${parameters}`);
  if (refusal === undefined) expect(rc).toBe(0);
  else expect([rc, stdout]).toEqual([2, `{"power_parameters": ["${refusal}"]}`]);
});

test.each([
  ["3.4", [false, false, false, true]],
  ["3.5", [true, false, false, true]],
  ["3.6", [true, true, false, true]],
  ["3.7", [true, true, true, true]],
  ["next", [true, true, true, false]],
])("profile %s shows the fields of its version", async (maas, expected) => {
  rack = await MaasRack.start(maas);
  const machine = await rack.enlist(1);
  const fields = ["error_description", "enable_kernel_crash_dump", "is_dpu", "pod"];
  expect(fields.map((field) => field in machine)).toEqual(expected);
  const gone = await rack.maas("vm-hosts read -d");
  expect(/^Status: 410$/m.test(gone.stderr)).toBe(maas === "next");
  expect((await rack.maas("reserved-ips read")).rc).toBe(["3.4", "3.5"].includes(maas) ? 2 : 0);
});
