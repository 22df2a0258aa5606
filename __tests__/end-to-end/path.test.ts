/** The main job, with real virtual machines: from a fresh checkout to an application that answers, survives and goes away. */
import { existsSync } from "node:fs";
import { get, request, type IncomingHttpHeaders } from "node:http";
import { Checkout, tail, type Ended } from "../support/checkout";

const ADDRESS = "127.0.54.1";
const MINUTES = 60_000;
const URL_AT_DOOR = `http://${ADDRESS}:8080/`;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function fetch(path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const collect = (answer: import("node:http").IncomingMessage) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    };
    const url = new URL(path, URL_AT_DOOR);
    const sent =
      body === undefined
        ? get(url, { timeout: 10_000, agent: false }, collect)
        : request(url, { method: "POST", timeout: 10_000, agent: false }, collect);
    sent.on("timeout", () => sent.destroy(new Error(`${url.href}: no answer within 10 s`)));
    sent.on("error", reject);
    if (body !== undefined) sent.end(body);
  });
}

interface Outputs {
  verification: {
    ok: boolean;
    checks: { name: string; ok: boolean; detail: string }[];
    leftOut: string[];
    servers: { name: string; hypervisor: string }[];
    failover?: { owner: string; newOwner: string; outageSeconds: number; at: string };
  };
  application: { floatingIp: string };
}

describe("the application on real virtual machines", () => {
  let checkout: Checkout;
  let up: Ended;
  let outputs: Outputs;

  beforeAll(async () => {
    checkout = new Checkout(ADDRESS);
    up = await checkout.command("up");
    if (up.status !== 0) return;
    const printed = await checkout.command(
      "pulumi",
      "stack",
      "output",
      "--json",
      "--show-secrets",
      "--stack",
      "dev",
    );
    outputs = JSON.parse(printed.stdout) as Outputs;
  }, 35 * MINUTES);
  afterAll(async () => {
    await checkout.command("down");
    checkout.remove();
  }, 5 * MINUTES);

  test("one command brings everything up, and says what it measured", () => {
    expect(up.status === 0 ? "" : tail(up)).toBe("");
    expect(up.stdout).toContain(URL_AT_DOOR);
    expect(up.stdout).toMatch(
      /failover: notes-lb\d killed, notes-lb\d took over, [\d.]+ s without an answer/,
    );
    expect(up.stdout).toMatch(/Total time/);
    process.stderr.write(
      `up took ${up.seconds.toFixed(0)} s; failover ${outputs.verification.failover?.outageSeconds} s\n`,
    );
  });

  test("both API servers answer at the URL, from hypervisors of their own", async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 10 && seen.size < 2; i++) {
      const answer = await fetch("/");
      expect(answer.status).toBe(200);
      seen.add(String(answer.headers["x-instance"]));
    }
    expect([...seen].sort()).toEqual(["notes-api1", "notes-api2"]);
    const hosts = outputs.verification.servers
      .filter((s) => seen.has(s.name))
      .map((s) => s.hypervisor);
    expect(new Set(hosts).size).toBe(2);
  });

  test("what is written through one API server is read through the other", async () => {
    const words = `written at ${Date.now()}`;
    const written = await fetch("/notes", JSON.stringify({ text: words }));
    expect(written.status).toBeLessThan(300);
    const readers = new Set<string>();
    for (let i = 0; i < 10 && readers.size < 2; i++) {
      const answer = await fetch("/notes");
      expect(answer.body).toContain(words);
      readers.add(String(answer.headers["x-instance"]));
    }
    expect(readers.size).toBe(2);
  });

  test("the verification found everything good and left nothing out; the failover was short", () => {
    const { verification } = outputs;
    expect(verification.checks.filter((check) => !check.ok)).toEqual([]);
    expect(verification.ok).toBe(true);
    expect(verification.leftOut).toEqual([]);
    expect(verification.failover?.owner).not.toBe(verification.failover?.newOwner);
    // Three lost adverts of half a second and what an emulated processor adds; a minute would be no failover.
    expect(verification.failover?.outageSeconds).toBeLessThan(30);
  });

  test(
    "a lab that was stopped comes back with the next up, and the plan is empty",
    async () => {
      const stopped = await checkout.lab("down");
      expect(stopped.status).toBe(0);
      const again = await checkout.command("up");
      expect(again.status === 0 ? "" : tail(again)).toBe("");
      expect(again.stdout).toMatch(/\d+ unchanged/);
      expect(again.stdout).not.toMatch(/(created|updated|deleted|replaced) \(/);
      expect((await fetch("/health")).status).toBe(200);
    },
    20 * MINUTES,
  );

  test(
    "down works with a lab that is dead",
    async () => {
      expect((await checkout.lab("down")).status).toBe(0);
      const down = await checkout.command("down");
      expect(down.status === 0 ? "" : tail(down)).toBe("");
      expect(existsSync(checkout.labHome)).toBe(false);
    },
    5 * MINUTES,
  );
});
