import { MaasRack } from "./support/maasRack";

/** What Juju's MAAS provider asks of a region, in the way it asks: ids for spaces, devices for containers, composed machines. */

interface Link {
  mode: string;
  ip_address?: string;
  subnet?: { id: number };
}

interface Nic {
  id: number;
  name: string;
  vlan: { id: number } | null;
  links: Link[];
}

interface Node {
  system_id: string;
  hostname: string;
  fqdn: string;
  status_name: string;
  owner: string | null;
  owner_data: Record<string, string>;
  zone: { name: string };
  interface_set: Nic[];
  blockdevice_set: { id: number; id_path: string; size: number }[];
  constraints_by_type: Record<string, Record<string, (number | string)[]>>;
}

const STORE = "10.77.0.0/24";

describe("a region that Juju provisions from", () => {
  let rack: MaasRack;
  let first: string;
  let second: string;
  let spaces: { public: number; storage: number };
  let storeSubnet: number;
  let storeVlan: number;

  const allocate = (...words: string[]) => rack.maas(["machines", "allocate", ...words]);

  const released = async (id: string): Promise<void> => {
    await rack.json(["machine", "release", id]);
    rack.advance(400);
  };

  const chosen = async (...words: string[]): Promise<Node> => {
    const node = await rack.json<Node>(["machines", "allocate", ...words]);
    await released(node.system_id);
    return node;
  };

  beforeAll(async () => {
    rack = await MaasRack.start();
    await rack.turnDhcpOn();
    first = await rack.ready(2);
    second = await rack.ready(3);
    const id = async (line: string) => (await rack.json<{ id: number }>(line)).id;
    spaces = {
      public: await id("spaces create name=public"),
      storage: await id("spaces create name=storage"),
    };
    await rack.json(`vlan update 0 0 space=${spaces.public}`);
    const fabric = await id("fabrics create name=store");
    const vlan = await rack.json<{ id: number }>(
      `vlan update ${fabric} 0 space=${spaces.storage} mtu=9000`,
    );
    storeVlan = vlan.id;
    storeSubnet = await id(`subnets create cidr=${STORE} name=store vlan=${storeVlan}`);
    const nic = await id(
      `interfaces create-physical ${first} name=eth1 mac_address=52:54:00:16:01:02 vlan=${storeVlan}`,
    );
    await rack.json(`interface link-subnet ${first} ${nic} mode=AUTO subnet=${storeSubnet}`);
    await rack.json("zones create name=az1");
  });
  afterAll(() => rack.stop());

  test("a space that must not be connected may be given by its id", async () => {
    expect((await chosen()).system_id).toBe(first);
    expect((await chosen(`not_subnets=space:${spaces.storage}`)).system_id).toBe(second);
    expect((await chosen("not_subnets=space:storage")).system_id).toBe(second);
    expect((await chosen(`not_subnets=${storeSubnet}`)).system_id).toBe(second);
    expect((await allocate(`not_subnets=space:${spaces.public}`)).stdout).toContain(
      '(resolved to "not_subnets=1")',
    );
    expect((await allocate("not_subnets=10.99.0.0/24")).stdout).toBe(
      '{"not_subnets": ["No matching subnets found."]}',
    );
    expect((await allocate("not_subnets=space:99")).stdout).toBe(
      "No Space matches the given query.",
    );
  });

  test("what is in no space is listed under one that is not defined, with its subnets", async () => {
    const fabric = await rack.json<{ id: number }>("fabrics create name=spare");
    type Space = { id: number; name: string; subnets: { cidr: string; space: string }[] };
    const undefinedSpace = async () => (await rack.json<Space[]>("spaces read")).at(-1);
    expect(await undefinedSpace()).toMatchObject({ id: -1, name: "undefined", subnets: [] });
    await rack.json(`subnets create cidr=10.88.0.0/24 fabric=${fabric.id} vid=0`);
    const spare = [{ cidr: "10.88.0.0/24", space: "undefined" }];
    expect(await undefinedSpace()).toMatchObject({ subnets: spare });
    expect(await rack.json("space read undefined")).toMatchObject({
      subnets: spare,
      resource_uri: "/MAAS/api/2.0/spaces/undefined/",
    });
    expect((await rack.maas("space delete -1")).stdout).toBe("Space cannot be deleted: undefined");
    await rack.json(`vlan update ${fabric.id} 0 space=${spaces.public}`);
    expect(await undefinedSpace()).toMatchObject({ name: "storage" });
  });

  test("labels tell which interfaces keep the wishes for them", async () => {
    const node = await chosen(
      `interfaces=${spaces.public}:space=${spaces.public};b:space=${spaces.storage}`,
    );
    expect(node.constraints_by_type).toEqual({
      interfaces: {
        [spaces.public]: [node.interface_set[0]?.id],
        b: [node.interface_set[1]?.id],
      },
    });
    expect((await allocate("interfaces=a:room=1")).stdout).toBe(
      `{"interfaces": ["Unknown interfaces constraint: 'room"]}`,
    );
  });

  test("the first disk wanted is what the system is on, the others are unused ones", async () => {
    const node = await chosen("storage=root:0,7:100(ssd)");
    const [root, data] = node.blockdevice_set;
    expect(node.constraints_by_type).toEqual({ storage: { root: [root?.id], 7: [data?.id] } });
    // The second disk would be large enough.
    expect((await allocate("storage=root:300")).rc).toBe(2);
    expect((await chosen("storage=1,300")).constraints_by_type).toEqual({});
    expect((await allocate("storage=root:big")).stdout).toBe(
      '{"storage": ["Malformed storage constraint, \\"root:big\\"."]}',
    );
    expect((await allocate("storage=root:1.2.3")).stdout).toContain("Malformed storage");
  });

  test("a constraint is none because every object has something of that name", async () => {
    expect((await allocate("constructor=1")).stdout).toBe(
      '{"constructor": ["No such constraint."]}',
    );
    expect((await allocate("interfaces=a:constructor=1")).rc).toBe(2);
  });

  test("a refusal tells how the constraints were understood", async () => {
    const { stdout } = await allocate("arch=amd64", "cpu_count=99", "mem=4096", "zone=az1");
    expect(stdout).toBe(
      "No available machine matches constraints: [('arch', ['amd64']), ('cpu_count', ['99']), " +
        "('mem', ['4096']), ('zone', ['az1'])] " +
        '(resolved to "arch=amd64/generic cpu_count=99.0 mem=4096.0 zone=az1")',
    );
    expect((await allocate("arch=arm64")).stdout).toBe(
      '{"arch": ["Architecture not recognised."]}',
    );
  });

  test("a machine may be named with its domain", async () => {
    expect((await chosen("name=server3.maas")).system_id).toBe(second);
    expect((await allocate("name=server3.other")).rc).toBe(2);
  });

  test("several machines are released at once; what cannot be is told after the others were", async () => {
    await rack.json(["machines", "allocate", `system_id=${first}`]);
    await rack.json(["machine", "deploy", first]);
    await rack.json(["machines", "allocate", `system_id=${second}`]);
    const release = (...ids: string[]) =>
      rack.maas(["machines", "release", ...ids.map((id) => `machines=${id}`)]);
    const status = async (id: string) => (await rack.read(id)).status_name;
    expect((await release(first, "zzzzzz")).stdout).toBe("Unknown machine(s): zzzzzz.");
    expect(await status(first)).toBe("Deploying");
    expect(JSON.parse((await release(first)).stdout)).toEqual([first]);
    expect(await status(first)).toBe("Releasing");
    expect((await release(first, second)).stdout).toBe(
      `Machine(s) cannot be released in their current state: ${first} ('Releasing').`,
    );
    rack.advance(400);
    expect([await status(first), await status(second)]).toEqual(["Ready", "Ready"]);
    expect(JSON.parse((await release(first, first)).stdout)).toEqual([]);
  });

  test("only who owns a machine may release or mark it", async () => {
    await rack.addUser("eve");
    await rack.json(["machines", "allocate", `system_id=${first}`]);
    expect((await rack.maas(["machines", "release", `machines=${first}`], "eve")).stdout).toBe(
      `You don't have the required permission to release the following machine(s): ${first}.`,
    );
    await released(first);
    await rack.json(["machines", "allocate", `system_id=${first}`], "eve");
    expect((await rack.maas(["machine", "set-owner-data", first, "a=b"])).stdout).toBe(
      "Cannot set workload annotation: it hasn't been acquired.",
    );
    await released(first);
  });

  test("a composed machine is where it was wished and is marked while it commissions", async () => {
    await rack.json("vm-hosts create type=lxd power_address=172.16.15.250 project=p name=host");
    const zone = (await rack.json<{ id: number }>("zone read az1")).id;
    const words = ["cores=2", "memory=4096", "storage=root:20,1:30(ssd)", `zone=${zone}`];
    const inSpace = (space: number): string => `${space}:space=${space}`;
    const networks = `interfaces=${inSpace(spaces.public)};${inSpace(spaces.storage)}`;
    const compose = (...more: string[]) =>
      rack.maas(["vm-host", "compose", "1", ...words, ...more]);
    expect((await compose(`interfaces=${inSpace(spaces.storage)}`)).stdout).toBe(
      "MAAS DHCP must be enabled on at least one VLAN attached to the specified interfaces.",
    );
    const { system_id: id } = JSON.parse((await compose(networks)).stdout) as Node;
    const node = () => rack.json<Node>(["machine", "read", id]);
    expect(await node()).toMatchObject({ status_name: "Commissioning", owner: "admin" });
    await rack.json(["machine", "set-owner-data", id, "juju-composed=true"]);
    rack.advance(600);
    expect(await node()).toMatchObject({
      status_name: "Ready",
      owner: null,
      owner_data: { "juju-composed": "true" },
      zone: { name: "az1" },
    });
    const taken = await rack.json<Node>(
      `machines allocate system_id=${id} zone=az1 storage=root:20,1:30(ssd) ${networks}`,
    );
    expect(Object.keys(taken.constraints_by_type).sort()).toEqual(["interfaces", "storage"]);
    await rack.json(["machine", "deploy", id]);
    const {
      interface_set: [, nic],
      blockdevice_set: disks,
    } = await node();
    expect(nic).toMatchObject({
      name: `eth${spaces.storage}`,
      vlan: { id: storeVlan },
      links: [{ mode: "auto", ip_address: "10.77.0.1" }],
    });
    expect(disks.map(({ size, id_path: path }) => [size, path.split("/").at(-1)])).toEqual([
      [20e9, "scsi-SQEMU_QEMU_HARDDISK_lxd_root"],
      [30e9, "scsi-SQEMU_QEMU_HARDDISK_lxd_disk0"],
    ]);
  });

  test("a VM host refuses what it has not", async () => {
    const compose = (...words: string[]) => rack.maas(["vm-host", "compose", "1", ...words]);
    expect((await compose("cores=15")).stdout).toBe(
      "Unable to compose KVM instance in 'host'. CPU overcommit ratio is 1.0 and there are 14 available resources; 15 requested.",
    );
    expect((await compose("memory=512")).stdout).toBe(
      '{"memory": ["Ensure this value is greater than or equal to 1024."]}',
    );
    expect((await compose("zone=99")).rc).toBe(2);
  });

  test("a machine whose commissioning is over has no owner, however it ended", async () => {
    const { system_id: id } = await rack.enlist(4);
    expect((await rack.read(id)).owner).toBe("admin");
    await rack.json(["machine", "abort", id]);
    expect((await rack.read(id)).owner).toBeNull();
    rack.faults([{ fault: "commissioning-fails", count: 1 }]);
    await rack.json(["machine", "commission", id]);
    rack.advance(600);
    expect(await rack.read(id)).toMatchObject({ status_name: "Failed commissioning", owner: null });
  });

  test("an interface carries what its VLAN carries, or what it is told to, and all that is stacked on it", async () => {
    const nics = async () =>
      Object.fromEntries(
        (
          await rack.json<{ name: string; effective_mtu: number }[]>(`interfaces read ${first}`)
        ).map(({ name, effective_mtu: mtu }) => [name, mtu]),
      );
    expect(await nics()).toEqual({ eth0: 1500, eth1: 9000 });
    await rack.json(`interfaces create-bridge ${first} name=br0 parent=eth0 mtu=2000`);
    expect(await nics()).toEqual({ eth0: 2000, eth1: 9000, br0: 2000 });
    await rack.json(`interface update ${first} eth1 mtu=1400`);
    expect(await nics()).toMatchObject({ eth1: 1400 });
    expect((await rack.maas(`interface update ${first} eth1 mtu=100`)).stdout).toBe(
      '{"mtu": ["Ensure this value is greater than or equal to 552."]}',
    );
    await rack.maas(`interface update ${first} eth1 name=other mtu=100`);
    expect(Object.keys(await nics())).toContain("eth1");
  });

  test("a container's device is nowhere before it is put somewhere", async () => {
    const domain = await rack.json<{ id: number }>("domains create name=inside.example");
    await rack.json(`machine update ${second} domain=${domain.id}`);
    const device = await rack.json<Node>(
      `devices create hostname=juju-1-lxd-0 mac_addresses=00:16:3e:00:00:01 parent=${second}`,
    );
    const [nic] = device.interface_set;
    expect(device.fqdn).toBe("juju-1-lxd-0.inside.example");
    expect(nic).toMatchObject({ vlan: null, links: [] });
    const path = `${device.system_id} ${nic?.id ?? ""}`;
    await rack.json(`interface update ${path} name=eth0 vlan=${storeVlan}`);
    const put = await rack.json<Nic>(
      `interface link-subnet ${path} mode=STATIC subnet=${storeSubnet}`,
    );
    expect(put.links).toMatchObject([{ mode: "static", subnet: { id: storeSubnet } }]);
    expect(put.links[0]?.ip_address).toMatch(/^10\.77\.0\./);
  });

  test("a file is open to whoever knows its key, and to nobody else", async () => {
    const body = new FormData();
    body.set("filename", "state");
    body.set("file", new Blob(["what was stored"]), "file");
    const sign =
      'OAuth oauth_version="1.0", oauth_signature_method="PLAINTEXT", oauth_consumer_key="cccc", ' +
      'oauth_token="tttt", oauth_signature="%26ssss"';
    const headers = { Authorization: sign };
    await fetch(`${rack.url}/api/2.0/files/`, { method: "POST", body, headers });
    const [file] =
      await rack.json<{ anon_resource_uri: string; resource_uri: string }[]>("files read");
    const get = (path: string | undefined) => fetch(new URL(path ?? "", rack.url));
    expect(await (await get(file?.anon_resource_uri)).text()).toBe("what was stored");
    expect((await get(file?.resource_uri)).status).toBe(401);
    expect((await get("/MAAS/api/2.0/files/?op=get_by_key&key=state")).status).toBe(404);
  });
});
