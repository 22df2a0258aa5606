import { startRack, type TestRack } from "../../lab/rack/testing";
import type { MaasFleetResult, MaasSiteResult } from "../../steps/specs";
import { kill, processesWith, until } from "./support/sshd";
import { converged, disconnect, type Place, startStep, step } from "./support/steps";

jest.setTimeout(600_000);

const POWER_SECRET = "planted-power-secret-91c2";
const RANGE = { start: "172.16.11.1", end: "172.16.14.255", comment: "DHCP" };
const POOL = { start: "172.16.7.0", end: "172.16.8.255", comment: "floating addresses" };

let rack: TestRack;
let place: Place;

beforeAll(async () => {
  rack = await startRack({ mode: "running", factor: 2000 });
  const powerSecrets = Object.fromEntries(
    [1, 2, 3, 4, 5].map((n) => [`server${n}`, { power_pass: `${POWER_SECRET}-${n}` }]),
  );
  place = {
    spec: { host: "127.0.0.1", port: rack.sshPort, user: rack.user, hostKey: rack.hostKey },
    secrets: { bastionPrivateKey: rack.privateKey, maasApiKey: rack.apiKey, powerSecrets },
  };
});

afterEach(() => rack.faults([]));

afterAll(async () => {
  await disconnect(place);
  await rack.stop();
});

const access = () => ({ profile: "kit", url: rack.maasUrl });

const site = (subnet: Record<string, unknown> = {}) => ({
  maas: access(),
  settings: { upstream_dns: "172.16.0.1", kernel_opts: "net.ifnames=0" },
  zones: ["default", "rack-b"],
  pools: ["default", "openstack"],
  subnets: [
    {
      ...{ cidr: "172.16.0.0/20", gateway: "172.16.0.1", dns: ["172.16.0.1"] },
      ...{ dhcp: { dynamicRange: RANGE }, reserved: [POOL] },
      ...subnet,
    },
  ],
});

const machine = (n: number, more: Record<string, unknown> = {}) => ({
  hostname: `server${n}`,
  macAddresses: [`52:54:00:16:00:0${n}`],
  architecture: "amd64/generic",
  power: { type: "amt", parameters: { power_address: `172.16.15.${n}` } },
  tags: n === 1 ? ["controller"] : ["compute"],
  zone: "default",
  pool: "default",
  bridges: [
    { name: "br-ex", type: "ovs", parent: "eth0", subnetCidr: "172.16.0.0/20", linkMode: "auto" },
  ],
  minimum: { cores: 2, ramMiB: 4096, disks: 1 },
  ...more,
});

const fleet = (...machines: unknown[]) => ({ maas: access(), machines });

async function maas<T>(...words: string[]): Promise<T> {
  await rack.exec(["maas", "login", "test", rack.maasUrl, "-"], rack.apiKey);
  const { rc, stdout, stderr } = await rack.exec(["maas", "test", ...words]);
  if (rc !== 0) throw new Error(`maas ${words.join(" ")}: ${stdout}${stderr}`);
  return (stdout === "" ? undefined : JSON.parse(stdout)) as T;
}

interface Known {
  system_id: string;
  hostname: string;
  status_name: string;
  tag_names: string[];
  interface_set: { name: string; links: { mode: string }[] }[];
}

const machines = (...filter: string[]) => maas<Known[]>("machines", "read", ...filter);

async function known(hostname: string): Promise<Known> {
  const [found] = await machines(`hostname=${hostname}`);
  if (!found) throw new Error(`MAAS does not know ${hostname}`);
  return found;
}

describe("maas/site", () => {
  it("brings the region to the configuration once, and then changes nothing", async () => {
    const first = await converged<MaasSiteResult>(place, "maas/site", site());
    expect(first.lines.length).toBeGreaterThan(5);
    expect(first.result.subnets).toEqual([
      expect.objectContaining({ cidr: "172.16.0.0/20", fabric: "fabric-0", vid: 0 }),
    ]);
    const second = await converged(place, "maas/site", site());
    expect(second).toEqual({ result: first.result, lines: [] });
    const ranges = await maas<{ type: string; start_ip: string }[]>("ipranges", "read");
    expect(ranges.map(({ type, start_ip }) => `${type} ${start_ip}`).sort()).toEqual([
      "dynamic 172.16.11.1",
      "reserved 172.16.7.0",
    ]);
  });

  it("puts back what was changed by hand", async () => {
    await rack.exec(["maas", "test", "maas", "set-config", "name=kernel_opts", "value=quiet"]);
    const { lines } = await converged(place, "maas/site", site());
    expect(lines).toEqual(['MAAS setting kernel_opts: "quiet" becomes "net.ifnames=0"']);
  });

  it("moves a range of its own when configuration does", async () => {
    const grown = { ...POOL, end: "172.16.9.255" };
    const { lines } = await converged(place, "maas/site", site({ reserved: [grown] }));
    expect(lines).toEqual([
      "MAAS reserved range 172.16.7.0 to 172.16.9.255 (floating addresses) is moved there",
    ]);
    await converged(place, "maas/site", site());
    const ranges = await maas<{ end_ip: string }[]>("ipranges", "read");
    expect(ranges.map(({ end_ip }) => end_ip).sort()).toEqual(["172.16.14.255", "172.16.8.255"]);
  });

  it("refuses a range that overlaps another before it makes anything", async () => {
    const reserved = [
      { start: "172.16.2.0", end: "172.16.2.9", comment: "new" },
      { ...POOL, end: "172.16.12.0", comment: "another's" },
    ];
    const { code, lines } = await step(place, "maas/site", site({ reserved }));
    expect(code).toBe(1);
    expect(lines.join(" ")).toContain(
      "MAAS subnet 172.16.0.0/20: reserved range 172.16.7.0 to 172.16.12.0 (another's) overlaps MAAS's reserved range 172.16.7.0 to 172.16.8.255",
    );
    expect(await maas<unknown[]>("ipranges", "read")).toHaveLength(2);
  });

  it("names the subnets that there are when one is not", async () => {
    const { code, lines } = await step(place, "maas/site", site({ cidr: "10.0.0.0/24" }));
    expect([code, lines.join(" ")]).toEqual([
      1,
      expect.stringContaining(
        "network.cidr: MAAS has no subnet 10.0.0.0/24; it has 172.16.0.0/20.",
      ),
    ]);
  });

  it("says that MAAS rejected the API key, and does not show it", async () => {
    const rejected = {
      ...place,
      secrets: { ...place.secrets, maasApiKey: "wrong:planted-key:secret" },
    };
    const { code, lines } = await step(rejected, "maas/site", site());
    expect(code).toBe(1);
    expect(lines.join(" ")).toContain("rejected the API key. Make one in MAAS");
    expect(lines.join(" ")).not.toContain("planted-key");
  });

  it("goes on when the region is away for a moment", async () => {
    await rack.faults([{ fault: "region-unavailable", match: "subnets", count: 1 }]);
    expect((await converged(place, "maas/site", site())).lines).toEqual([]);
  });

  it("says that MAAS does not answer, as something to try again", async () => {
    const nowhere = { ...site(), maas: { profile: "kit", url: "http://127.0.0.1:9/MAAS" } };
    const { code, lines } = await step(place, "maas/site", nowhere);
    expect([code, lines.join(" ")]).toEqual([
      75,
      expect.stringContaining("does not answer the bastion"),
    ]);
  });
});

describe("maas/fleet", () => {
  it("makes complete machines of unknown ones, once, and shows no secret while it does", async () => {
    const seen = new Set<number>();
    const watch = setInterval(
      () => processesWith(POWER_SECRET).forEach((pid) => seen.add(pid)),
      20,
    );
    const first = await converged<MaasFleetResult>(
      place,
      "maas/fleet",
      fleet(machine(1), machine(3)),
    );
    clearInterval(watch);
    expect([...seen]).toEqual([]);
    expect(first.lines.join("\n")).not.toContain(POWER_SECRET);
    expect(first.result.machines).toEqual([
      expect.objectContaining({
        hostname: "server1",
        status: "Ready",
        tags: ["controller"],
        ramMiB: 12_288,
      }),
      expect.objectContaining({
        hostname: "server3",
        status: "Ready",
        tags: ["compute"],
        disks: 2,
      }),
    ]);
    const power = await maas<Record<string, string>>(
      "machine",
      "power-parameters",
      (await known("server3")).system_id,
    );
    expect(power["power_pass"]).toBe(`${POWER_SECRET}-3`);
    const second = await converged(place, "maas/fleet", fleet(machine(1), machine(3)));
    expect(second).toEqual({ result: first.result, lines: [] });
    expect(await machines()).toHaveLength(2);
  });

  it("gives each machine exactly its tags of those that configuration names", async () => {
    const { system_id } = await known("server3");
    await maas("tags", "create", "name=by-hand");
    await maas("tag", "update-nodes", "by-hand", `add=${system_id}`);
    await maas("tag", "update-nodes", "controller", `add=${system_id}`);
    await maas("tag", "update-nodes", "compute", `remove=${system_id}`);
    await converged(place, "maas/fleet", fleet(machine(1), machine(3)));
    expect((await known("server3")).tag_names.sort()).toEqual(["by-hand", "compute"]);
  });

  it("leaves one link on a bridge, also when it was linked twice by hand", async () => {
    const { system_id, interface_set } = await known("server3");
    const bridge = interface_set.find(({ name }) => name === "br-ex") as unknown as { id: number };
    await maas("interface", "link-subnet", system_id, String(bridge.id), "mode=AUTO", "subnet=1");
    await converged(place, "maas/fleet", fleet(machine(1), machine(3)));
    const links = (await known("server3")).interface_set.find(
      ({ name }) => name === "br-ex",
    )?.links;
    expect(links?.map(({ mode }) => mode)).toEqual(["auto"]);
  });

  it("does not touch a machine that somebody holds", async () => {
    const { system_id } = await known("server3");
    await maas("machines", "allocate", `system_id=${system_id}`);
    const changed = machine(3, { tags: ["other"], pool: "openstack" });
    const { lines } = await converged(place, "maas/fleet", fleet(machine(1), changed));
    expect(lines).toEqual([]);
    expect((await known("server3")).status_name).toBe("Allocated");
  });

  it("writes a new power password for a machine that somebody holds too", async () => {
    const { system_id } = await known("server3");
    const powerSecrets = { server3: { power_pass: "planted-rotated" } };
    const rotated = { ...place, secrets: { ...place.secrets, powerSecrets } };
    const { lines } = await converged(rotated, "maas/fleet", fleet(machine(3)));
    expect(lines).toEqual([expect.stringMatching(/^server3: .*power settings .* up to date/)]);
    const power = await maas<Record<string, string>>("machine", "power-parameters", system_id);
    expect(power["power_pass"]).toBe("planted-rotated");
    expect((await known("server3")).status_name).toBe("Allocated");
    await maas("machine", "release", system_id);
  });

  it("names the machine whose commissioning failed, with MAAS's events, and tries again in the next run", async () => {
    await rack.faults([{ fault: "commissioning-fails", match: "server4", count: 1 }]);
    const { code, lines } = await step(place, "maas/fleet", fleet(machine(4)));
    expect(code).toBe(1);
    expect(lines.join(" ")).toMatch(
      /server4: Failed commissioning in MAAS \(last events: .+\)\. Look at .* then run again/,
    );
    const { result } = await converged<MaasFleetResult>(place, "maas/fleet", fleet(machine(4)));
    expect(result.machines[0]?.status).toBe("Ready");
  });

  it("names the machine whose hardware is less than its minimum, with both numbers", async () => {
    const greedy = machine(4, { minimum: { cores: 2, ramMiB: 4096, disks: 9 } });
    const { code, lines } = await step(place, "maas/fleet", fleet(greedy));
    expect([code, lines.join(" ")]).toEqual([
      1,
      expect.stringContaining("server4: commissioning found 2 disks, at least 9 are wanted"),
    ]);
  });

  it("names the interfaces that there are when a bridge's parent is not", async () => {
    const bridges = [{ ...machine(4).bridges[0], name: "br-x", parent: "eno9" }];
    const { lines } = await step(place, "maas/fleet", fleet(machine(4, { bridges })));
    expect(lines.join(" ")).toContain(
      "server4: has no interface eno9 for bridge br-x; MAAS found eth0",
    );
  });

  it("ends at the same machines however often it was killed", async () => {
    const all = fleet(...[1, 2, 3, 4, 5].map((n) => machine(n)));
    for (const milliseconds of [900, 1500, 2200]) {
      const { child, ended } = startStep(place, "maas/fleet", all);
      const timer = setTimeout(() => kill(child.pid ?? 0), milliseconds);
      await ended;
      clearTimeout(timer);
    }
    const { result } = await converged<MaasFleetResult>(place, "maas/fleet", all);
    expect(result.machines.map(({ status }) => status)).toEqual(Array(5).fill("Ready"));
    const now = await machines();
    expect(now.map(({ hostname }) => hostname).sort()).toEqual(
      [1, 2, 3, 4, 5].map((n) => `server${n}`),
    );
    for (const { interface_set } of now) {
      expect(interface_set.filter(({ name }) => name === "br-ex")).toHaveLength(1);
    }
    await until(
      "no ssh client is left",
      () => processesWith(`${place.spec.user}@127.0.0.1 -- export`).length === 0,
    );
  });
});
