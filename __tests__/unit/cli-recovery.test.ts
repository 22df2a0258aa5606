import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { identify } from "../../cli/processes";
import { failedCreates } from "../../cli/recovery/failed";
import { KINDS } from "../../cli/recovery/kinds";
import { clearOwnLocks } from "../../cli/recovery/locks";
import type { Thing } from "../../cli/recovery/openstackApi";
import { clear } from "../../cli/recovery/pending";
import { urnName } from "../../cli/stack";

describe("locks of a killed run", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "private-cloud-locks-")), "dev");
    mkdirSync(folder);
  });
  afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }));
  const lock = (name: string, pid: number, host = hostname()) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(
      file,
      JSON.stringify({ pid, username: "ana", hostname: host, timestamp: "2026-11-24T10:00:00Z" }),
    );
    return file;
  };
  const dead = { pid: 4_000_000, startTime: "1" };

  test("a lock of our own dead pulumi is removed", () => {
    lock("a", dead.pid);
    expect(clearOwnLocks(folder, [dead])).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a lock of a process that we did not start stays, and its holder is named", () => {
    const file = lock("b", 4_000_001);
    expect(() => clearOwnLocks(folder, [dead])).toThrow(/locked by process 4000001 of ana/);
    expect(existsSync(file)).toBe(true);
  });

  test("the same pid on another machine is not ours", () => {
    lock("c", dead.pid, "elsewhere");
    expect(() => clearOwnLocks(folder, [dead])).toThrow(/on elsewhere/);
  });

  test("a lock whose holder lives stays, although it is ours", () => {
    const own = identify(process.pid);
    const file = lock("d", process.pid);
    expect(() => clearOwnLocks(folder, own ? [own] : [])).toThrow(/locked by process/);
    expect(existsSync(file)).toBe(true);
  });

  test("a lock that a power cut has left empty holds nobody", () => {
    for (const text of ["", '{"pid":12,"user'])
      writeFileSync(join(folder, `cut${text.length}.json`), text);
    expect(clearOwnLocks(folder, [])).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a lock that was not finished when its pulumi was killed goes too: the engine counts it", () => {
    writeFileSync(join(folder, "e.json.18a7c0de12345678.tmp"), "");
    writeFileSync(
      join(folder, "f.json.18a7c0de12345679.tmp"),
      JSON.stringify({ pid: dead.pid, hostname: hostname() }),
    );
    expect(clearOwnLocks(folder, [dead])).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a stack that was never locked has nothing to clear", () => {
    expect(clearOwnLocks(join(folder, "none"), [])).toBe(0);
  });
});

test("what failed after it had begun in OpenStack is known by the reason that the engine recorded", () => {
  const resource = (type: string, initErrors?: string[]) => ({
    urn: `urn:pulumi:dev::p::${type}::x`,
    type,
    ...(initErrors ? { initErrors } : {}),
  });
  const server = "openstack:compute/instance:Instance";
  expect(
    failedCreates([
      resource(server),
      resource(server, []),
      resource("command:local:Command", ["exit status 1"]),
      resource("openstack:blockstorage/volume:Volume", ["state ERROR"]),
    ]),
  ).toEqual(["urn:pulumi:dev::p::openstack:blockstorage/volume:Volume::x"]);
});

describe("values of an exported state", () => {
  test("secrets come in clear, at any depth", () => {
    const secret = (value: unknown) => ({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: JSON.stringify(value),
    });
    expect(clear({ a: [secret("x")], b: secret({ c: secret(1) }) })).toEqual({
      a: ["x"],
      b: { c: 1 },
    });
  });

  test("the name of a resource is the last part of its URN", () => {
    expect(urnName("urn:pulumi:dev::private-cloud::a$openstack:x/y:Y::app-net")).toBe("app-net");
  });
});

describe("things that a killed run may have made", () => {
  const kind = (name: string) => {
    const found = KINDS[`openstack:${name}`];
    if (!found) throw new Error(`no kind ${name}`);
    return found;
  };
  const thing = (members: Record<string, unknown>): Thing => ({ id: "1", ...members });

  test("a subnet of the same name in another network is another one", () => {
    const subnet = kind("networking/subnet:Subnet");
    const inputs = { name: "app", networkId: "n1" };
    expect(subnet.matches(thing({ name: "app", network_id: "n1" }), inputs)).toBe(true);
    expect(subnet.matches(thing({ name: "app", network_id: "n2" }), inputs)).toBe(false);
  });

  test("a security group rule is known by all that it allows", () => {
    const rule = kind("networking/secGroupRule:SecGroupRule");
    const inputs = {
      securityGroupId: "g",
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      portRangeMin: 80,
      portRangeMax: 80,
      remoteIpPrefix: "0.0.0.0/0",
    };
    const made = {
      security_group_id: "g",
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      port_range_min: 80,
      port_range_max: 80,
      remote_ip_prefix: "0.0.0.0/0",
      remote_group_id: null,
    };
    expect(rule.matches(thing(made), inputs)).toBe(true);
    expect(rule.matches(thing({ ...made, port_range_max: 443 }), inputs)).toBe(false);
    expect(rule.matches(thing({ ...made, remote_group_id: "h" }), inputs)).toBe(false);
  });

  test("a floating IP without a description is nobody's that we know", () => {
    const address = kind("networking/floatingIp:FloatingIp");
    expect(address.matches(thing({ description: "" }), { description: "" })).toBe(false);
    expect(address.matches(thing({ description: "app" }), { description: "app" })).toBe(true);
  });

  test("a volume that still creates is not whole, nor is any server", () => {
    expect(kind("blockstorage/volume:Volume").whole(thing({ status: "creating" }))).toBe(false);
    expect(kind("blockstorage/volume:Volume").whole(thing({ status: "available" }))).toBe(true);
    expect(kind("compute/instance:Instance").whole(thing({ status: "ACTIVE" }))).toBe(false);
  });
});
