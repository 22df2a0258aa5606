import { differences, FIELDS, machineFields, VERSIONS, type Version } from "./support/maasFields";
import { MaasRack } from "./support/maasRack";

type Json = Record<string, unknown>;
type Kind = keyof typeof FIELDS;

let rack: MaasRack;
let id: string;

const start = async (version: Version): Promise<void> => {
  rack = await MaasRack.start(version);
  await rack.turnDhcpOn();
  id = await rack.ready(1);
};
afterEach(() => rack.stop());

const first = async (line: string): Promise<Json> => {
  const answer = await rack.json<Json | Json[]>(line);
  const one = Array.isArray(answer) ? answer[0] : answer;
  if (one === undefined) throw new Error(`maas ${line} lists nothing`);
  return one;
};

const shows = async (line: string, kind: Kind): Promise<Json> => {
  const found = await first(line);
  expect({ line, wrong: differences(found, FIELDS[kind]) }).toEqual({ line, wrong: [] });
  return found;
};

const part = (value: unknown, kind: Kind): Json => {
  const one = (Array.isArray(value) ? value[0] : value) as Json;
  expect({ kind, wrong: differences(one, FIELDS[kind]) }).toEqual({ kind, wrong: [] });
  return one;
};

describe.each(VERSIONS)("MAAS %s", (version) => {
  beforeEach(() => start(version));

  test("shows machines and what they are made of with the fields of its version", async () => {
    const machine = await first(`machine read ${id}`);
    expect(differences(machine, machineFields(version))).toEqual([]);
    const nic = part(machine.interface_set, "interface");
    part(part((nic.links as Json[])[0]?.subnet, "subnet").vlan, "vlan");
    const disk = part(machine.boot_disk, "blockDevice");
    part(part(disk.partitions, "partition").filesystem, "filesystem");
    part(machine.domain, "domain");
    part(machine.zone, "zone");
    part(machine.pool, "pool");
    const [listed] = await rack.json<Json[]>("machines read");
    expect(Object.keys(listed ?? {})).toEqual(Object.keys(machine));
    const taken = await rack.json<Json>("machines allocate");
    const more = { ...machineFields(version), constraints_by_type: "{}" };
    expect(differences(taken, more)).toEqual([]);
  });
});

describe("a region", () => {
  beforeEach(() => start("3.6"));

  test("tells of its own machine as of a rack and a region controller", async () => {
    const controller = await shows("rack-controllers read", "rackController");
    await shows("region-controllers read", "regionController");
    part(controller.interface_set, "interface");
    expect(controller).toMatchObject({
      node_type: 4,
      version: "3.6.5",
      ip_addresses: ["172.16.0.3"],
    });
    expect(Object.keys((controller.service_set as Json[])[0] ?? {})).toEqual([
      "name",
      "status",
      "status_info",
    ]);
  });

  test("shows its network with owners of ranges as users", async () => {
    await shows("fabrics read", "fabric");
    await rack.json("spaces create name=oam");
    await shows("spaces read", "space");
    await shows("vlans read 0", "vlan");
    await shows("subnets read", "subnet");
    const range = await shows(
      "ipranges create type=reserved start_ip=172.16.9.1 end_ip=172.16.9.9",
      "range",
    );
    part(range.user, "user");
    await shows("ipranges read", "range");
    await rack.json("tags create name=t");
    await shows("tags read", "tag");
    await shows("users whoami", "user");
  });

  test("an interface that DHCP never served has discovered nothing, which is null", async () => {
    const nic = await first(
      `interfaces create-physical ${id} mac_address=52:54:00:aa:00:01 name=ens9`,
    );
    expect(nic).toMatchObject({ discovered: null, params: {} });
    const [boot] = await rack.json<Json[]>(`interfaces read ${id}`);
    const [found] = boot?.discovered as Json[];
    expect(Object.keys(found ?? {}).sort()).toEqual(["ip_address", "subnet"]);
  });

  test("says who holds which address of a subnet, and which are free", async () => {
    const [mine] = await rack.json<Json[]>("subnet ip-addresses 1");
    expect(mine).toMatchObject({ ip: "172.16.0.3", alloc_type: 1 });
    part(part(mine, "relatedAddress").node_summary, "summary");
    await rack.json("ipaddresses reserve ip=172.16.0.9");
    const reserved = await rack.json<Json[]>("subnet reserved-ip-ranges 1");
    expect(reserved).toEqual([
      { start: "172.16.0.1", end: "172.16.0.1", num_addresses: 1, purpose: ["gateway-ip"] },
      { start: "172.16.0.3", end: "172.16.0.3", num_addresses: 1, purpose: ["assigned-ip"] },
      { start: "172.16.0.9", end: "172.16.0.9", num_addresses: 1, purpose: ["assigned-ip"] },
      { start: "172.16.11.1", end: "172.16.14.255", num_addresses: 1023, purpose: ["dynamic"] },
    ]);
    const free = await rack.json<Json[]>("subnet unreserved-ip-ranges 1");
    expect(free[0]).toEqual({ start: "172.16.0.2", end: "172.16.0.2", num_addresses: 1 });
    const sizes = free.map((each) => Number(each.num_addresses));
    const statistics = await rack.json<Json>("subnet statistics 1");
    expect(statistics).toMatchObject({
      num_available: sizes.reduce((sum, size) => sum + size, 0),
      largest_available: Math.max(...sizes),
      total_addresses: 4094,
      usage_string: "25%",
    });
  });

  test("keeps an address for a user until it is released", async () => {
    const held = await shows("ipaddresses reserve subnet=172.16.0.0/20", "address");
    expect(held).toMatchObject({ ip: "172.16.0.2", alloc_type_name: "User reserved" });
    part(held.owner, "user");
    expect((await rack.maas(`ipaddresses reserve ip=${String(held.ip)}`)).rc).toBe(2);
    await rack.json(`machine deploy ${id}`);
    expect((await rack.read(id)).ip_addresses).not.toContain(held.ip);
    expect((await rack.maas(`ipaddresses release ip=${String(held.ip)}`)).rc).toBe(0);
    expect(await rack.json("ipaddresses read")).toEqual([]);
  });

  test("events name the page before and the page after", async () => {
    const page = await rack.json<Json>("events query limit=2");
    const [newest, oldest] = page.events as Json[];
    part(newest, "event");
    expect(page).toMatchObject({
      count: 2,
      next_uri: `/MAAS/api/2.0/events/?op=query&limit=2&after=${String(newest?.id)}`,
      prev_uri: `/MAAS/api/2.0/events/?op=query&limit=2&before=${String(oldest?.id)}`,
    });
  });

  test("a composed machine tells of its host, and a host has tags, a pool and ratios of its own", async () => {
    const line = "vm-hosts create type=lxd power_address=10.0.0.5 name=host tags=a";
    const host = await shows(`${line} cpu_over_commit_ratio=2`, "vmHost");
    expect(host).toMatchObject({ tags: ["a"], cpu_over_commit_ratio: 2 });
    expect((await rack.maas("vm-host read 1")).stdout).toContain('"memory_over_commit_ratio": 1.0');
    const { system_id: composed } = await rack.json<Json>("vm-host compose 1 cores=1");
    expect(await first(`machine read ${String(composed)}`)).toMatchObject({
      pod: { id: 1, name: "host", resource_uri: "/MAAS/api/2.0/pods/1/" },
      virtualmachine_id: 1,
    });
    await rack.json("vm-host add-tag 1 tag=b");
    expect(await first("vm-host remove-tag 1 tag=a")).toMatchObject({ tags: ["b"] });
  });
});
