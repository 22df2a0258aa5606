/** How the verification judges what a real cloud printed (recorded with OpenStack Zed and its client), and its probe. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

import {
  checkAgents,
  checkAlternation,
  checkCatalogue,
  checkHypervisors,
  checkReadBack,
  checkServers,
  checkSpread,
  findServers,
} from "../../steps/openstack/checks";
import { judge } from "../../steps/openstack/failover";
import {
  agentsShape,
  answersShape,
  balancersShape,
  catalogueShape,
  computeServicesShape,
  hypervisorsShape,
  outageShape,
  readBackShape,
  serversShape,
} from "../../steps/openstack/shapes";

jest.setTimeout(60_000);

const catalogue = catalogueShape.parse([
  {
    Name: "nova",
    Type: "compute",
    Endpoints: [
      {
        id: "7c93",
        interface: "public",
        region_id: "RegionOne",
        region: "RegionOne",
        url: "https://127.0.52.1:8774/v2.1",
      },
      {
        id: "e043",
        interface: "admin",
        region_id: "RegionOne",
        region: "RegionOne",
        url: "http://10.250.0.1:8774/v2.1",
      },
    ],
  },
  {
    Name: "glance",
    Type: "image",
    Endpoints: [
      {
        id: "c77f",
        interface: "admin",
        region_id: "RegionOne",
        region: "RegionOne",
        url: "http://10.250.0.1:9292",
      },
    ],
  },
]);
const hypervisor = (name: string, State: string) => ({
  ID: 1,
  "Hypervisor Hostname": name,
  "Hypervisor Type": "QEMU",
  "Host IP": "10.250.0.1",
  State,
});
const service = (Binary: string, Host: string, State: string, Status = "enabled") => ({
  ID: "5bb7",
  Binary,
  Host,
  Zone: "nova",
  Status,
  State,
  "Updated At": "2026-11-24T19:15:16.000000",
});
const agent = (type: string, Host: string, Alive: boolean) => ({
  ID: "0124",
  "Agent Type": type,
  Host,
  "Availability Zone": null,
  Alive,
  State: true,
  Binary: "neutron-linuxbridge-agent",
});
const server = (Name: string, Host: string | null, ip: string, Status = "ACTIVE") => ({
  ID: "726c",
  Name,
  Status,
  "Task State": null,
  "Power State": 1,
  Networks: ip === "" ? {} : { "notes-network": [ip] },
  "Image Name": "debian-12",
  "Flavor Name": "m1.tiny",
  "Availability Zone": "nova",
  Host,
  Properties: { component: "notes", role: "balancer" },
});
const app = {
  url: "http://172.16.8.250/",
  loadBalancers: ["notes-lb1", "notes-lb2"],
  apiServers: ["notes-api1", "notes-api2"],
  databaseServer: "notes-db",
};
const recorded = serversShape.parse([
  server("notes-lb1", "compute1", "192.168.90.11"),
  server("notes-api1", "compute2", "192.168.90.21"),
  server("notes-api2", "compute1", "192.168.90.22"),
  server("notes-db", "compute1", "192.168.90.31"),
  server("notes-lb2", "compute2", "192.168.90.12"),
  server("somebody-elses", "compute2", "192.168.90.101"),
]);

describe("the cloud", () => {
  test("has every service, at a public endpoint in the region", () => {
    expect(checkCatalogue(catalogue, ["compute"], "RegionOne").ok).toBe(true);
    expect(checkCatalogue(catalogue, ["compute", "image", "volumev3"], "RegionOne")).toEqual({
      name: "services",
      ok: false,
      detail:
        "no public endpoint of type image in RegionOne; no public endpoint of type volumev3 in RegionOne",
    });
    expect(checkCatalogue(catalogue, ["compute"], "RegionTwo").ok).toBe(false);
  });

  test("has enough hypervisors, none of them down", () => {
    const both = hypervisorsShape.parse([
      hypervisor("compute1", "up"),
      hypervisor("compute2", "up"),
    ]);
    expect(checkHypervisors(both, [], 2)).toMatchObject({
      ok: true,
      detail: "compute1, compute2 are up",
    });
    expect(checkHypervisors(both, [], 3).detail).toBe("2 of at least 3 are up");
    const one = hypervisorsShape.parse([
      hypervisor("compute1", "up"),
      hypervisor("compute2", "down"),
    ]);
    expect(checkHypervisors(one, [], 1)).toMatchObject({ ok: false, detail: "compute2 is down" });
    // Somebody has taken it out of use, e.g. to repair it.
    const disabled = computeServicesShape.parse([
      service("nova-compute", "compute2.maas", "down", "disabled"),
    ]);
    expect(checkHypervisors(one, disabled, 1)).toMatchObject({ ok: true });
    expect(checkHypervisors(one, disabled, 2).detail).toBe("1 of at least 2 are up");
  });

  test("has agents that live; what somebody disabled is left alone", () => {
    const services = computeServicesShape.parse([
      service("nova-scheduler", "compute1", "up"),
      service("nova-compute", "compute2", "down"),
      service("nova-compute", "compute3", "down", "disabled"),
    ]);
    const agents = agentsShape.parse([
      agent("L3 agent", "compute1", false),
      agent("DHCP agent", "compute1", true),
    ]);
    expect(checkAgents(services, agents).detail).toBe(
      "nova-compute on compute2 is down; L3 agent on compute1 is not alive",
    );
    expect(checkAgents(services.slice(0, 1), agents.slice(1))).toMatchObject({ ok: true });
  });
});

describe("the servers", () => {
  const servers = findServers(recorded, app);

  test("are found by name, with their place", () => {
    expect(servers.map(({ name }) => name)).toEqual([
      "notes-lb1",
      "notes-lb2",
      "notes-api1",
      "notes-api2",
      "notes-db",
    ]);
    expect(servers[2]).toEqual({
      name: "notes-api1",
      status: "ACTIVE",
      hypervisor: "compute2",
      fixedIp: "192.168.90.21",
    });
    expect(checkServers(servers).ok).toBe(true);
  });

  test("that are missing or broken are named", () => {
    const broken = serversShape.parse([
      server("notes-lb1", "compute1", "192.168.90.11", "SHUTOFF"),
      server("notes-api1", null, "", "ERROR"),
    ]);
    const found = findServers(broken, app);
    expect(checkServers(found).detail).toBe(
      "notes-lb1 is SHUTOFF; notes-lb2 is MISSING; notes-api1 is ERROR; notes-api2 is MISSING; notes-db is MISSING",
    );
    expect(checkSpread("API servers", found, app.apiServers).ok).toBe(false);
  });

  test("of one tier are on different hypervisors", () => {
    expect(checkSpread("API servers", servers, app.apiServers)).toEqual({
      name: "spread of API servers",
      ok: true,
      detail: "notes-api1 on compute2, notes-api2 on compute1",
    });
    const together = servers.map((each) => ({ ...each, hypervisor: "compute1" }));
    expect(checkSpread("API servers", together, app.apiServers).detail).toBe(
      "notes-api1 and notes-api2 are both on compute1",
    );
  });
});

describe("the answers", () => {
  test("come from all instances, though not strictly in turn", () => {
    const [a, b] = app.apiServers as [string, string];
    expect(checkAlternation([a, b, a, b, a, a, b, a], app.apiServers).ok).toBe(true);
    const lame = checkAlternation([a, a, a, a, a, b, a, a], app.apiServers);
    expect(lame).toMatchObject({ ok: false, detail: "notes-api2 gave 1 of 8 answers" });
  });

  test("read what another instance wrote", () => {
    expect(checkReadBack({ id: 7, writer: "notes-api1", reader: "notes-api2" }).ok).toBe(true);
    const failed = checkReadBack({ error: "writing: status 503 of notes-api1" });
    expect(failed).toMatchObject({ ok: false, detail: "writing: status 503 of notes-api1" });
  });

  test("of a failover that did not happen say which half of it", () => {
    const at = "2026-11-24T19:38:51.407Z";
    const outage = {
      asked: 40,
      failed: 9,
      answersOfOwner: 20,
      newOwner: "notes-lb2",
      outageSeconds: 2.08,
    };
    expect(judge(outage, "notes-lb1", at, 60)).toEqual({
      owner: "notes-lb1",
      newOwner: "notes-lb2",
      outageSeconds: 2.08,
      at,
    });
    const stuck = { asked: 600, failed: 580, answersOfOwner: 20, newOwner: "" };
    expect(() => judge(stuck, "notes-lb1", at, 60)).toThrow(
      /no other load balancer answered after notes-lb1/,
    );
    const silent = { asked: 600, failed: 600, answersOfOwner: 0, newOwner: "" };
    expect(() => judge(silent, "notes-lb1", at, 60)).toThrow(/notes-lb1 gave no answer before/);
  });
});

describe("the probe", () => {
  let site: Server;
  let url = "";
  let answer: (path: string, method: string, response: ServerResponse) => void;

  beforeEach(async () => {
    site = createServer((request, response) => {
      request.resume();
      request.on("end", () => answer(request.url ?? "", request.method ?? "", response));
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
  });

  /** As the step runs it: the program comes by standard input. */
  async function probe(command: string, wanted: Record<string, unknown>): Promise<unknown> {
    const child = spawn("python3", ["-", command, JSON.stringify({ url, ...wanted })], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(readFileSync(path.join(__dirname, "../../steps/openstack/probe.py")));
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => child.on("close", resolve));
    return JSON.parse(text);
  }

  const say = (
    response: ServerResponse,
    status: number,
    headers: Record<string, string>,
    body: unknown = {},
  ) =>
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));

  test("waits for all instances and names the one that does not come", async () => {
    let count = 0;
    answer = (_path, _method, response) =>
      say(response, 200, { "X-Instance": `api${(count++ % 2) + 1}` });
    const both = { instances: ["api1", "api2"], seconds: 20, requests: 4 };
    const answers = answersShape.parse(await probe("answers", both));
    expect(answers.missing).toEqual([]);
    expect(answers.order.sort()).toEqual(["api1", "api1", "api2", "api2"]);
    answer = (_path, _method, response) => say(response, 503, { "X-Instance": "api1" });
    const none = answersShape.parse(await probe("answers", { ...both, seconds: 0 }));
    expect(none).toMatchObject({
      missing: ["api1", "api2"],
      last: "status 503 of api1",
      order: [],
    });
  });

  test("reads a note through another instance than wrote it", async () => {
    let reads = 0;
    answer = (_path, method, response) => {
      if (method === "POST") say(response, 201, { "X-Instance": "api1" }, { id: 7 });
      else
        say(
          response,
          200,
          { "X-Instance": reads++ === 0 ? "api1" : "api2" },
          { notes: [{ id: 7 }] },
        );
    };
    const wanted = { seconds: 20, text: "hello" };
    expect(readBackShape.parse(await probe("readBack", wanted))).toEqual({
      id: 7,
      writer: "api1",
      reader: "api2",
    });
    answer = (_path, method, response) =>
      say(response, method === "POST" ? 201 : 200, { "X-Instance": "api1" }, { id: 7, notes: [] });
    expect(readBackShape.parse(await probe("readBack", { ...wanted, seconds: 0 }))).toEqual({
      error: "reading note 7 through another than api1: status 200 of api1",
    });
  });

  test("finds the holder of the address and a balancer that is away", async () => {
    answer = (path, _method, response) =>
      path === "/balancers/lb1"
        ? say(response, 200, { "X-Balancer": "lb1" }, "lb1")
        : say(response, 503, { "X-Balancer": "lb1" });
    const found = await probe("balancers", { balancers: ["lb1", "lb2"], seconds: 0 });
    expect(balancersShape.parse(found)).toEqual({ owner: "lb1", missing: ["lb2"] });
  });

  test("measures how long nobody answers", async () => {
    let began = 0;
    let last = 0;
    let first = 0;
    answer = (_path, _method, response) => {
      const now = Date.now();
      began ||= now;
      if (now - began < 1000) {
        last = now;
        say(response, 200, { "X-Balancer": "lb1" });
      } else if (now - began < 3000) {
        response.destroy();
      } else {
        first ||= now;
        say(response, 200, { "X-Balancer": "lb2" });
      }
    };
    const found = outageShape.parse(await probe("outage", { owner: "lb1", seconds: 30 }));
    expect(found.newOwner).toBe("lb2");
    expect(found.failed).toBeGreaterThan(0);
    // About two seconds; a busy machine notices answers late.
    expect(Math.abs((found.outageSeconds ?? 0) - (first - last) / 1000)).toBeLessThan(1.5);
  });

  test("gives up on an address that nobody takes", async () => {
    answer = (_path, _method, response) => say(response, 200, { "X-Balancer": "lb1" });
    const found = outageShape.parse(await probe("outage", { owner: "lb1", seconds: 1 }));
    expect(found).not.toHaveProperty("outageSeconds");
    expect(found.answersOfOwner).toBeGreaterThan(0);
  });
});
