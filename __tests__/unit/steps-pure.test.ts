import * as fc from "fast-check";
import { z } from "zod";

import { connectTrouble, sessionTrouble } from "../../steps/bastion/errors";
import { duration } from "../../steps/clock";
import { decode } from "../../steps/decode";
import { refusal } from "../../steps/maas/cli";
import { judge, minimumFaults } from "../../steps/maas/judge";
import { planRanges, type WantedRange } from "../../steps/maas/ranges";
import type { Machine, Range } from "../../steps/maas/shapes";
import { dependsOn } from "../../steps/parent";
import { Redactor } from "../../steps/redact";
import { maasSecrets, check } from "../../steps/schema";
import { issuedBy } from "../../steps/vault/sign";

describe("what ssh says", () => {
  it.each([
    [
      "wrongHostKey",
      "No ED25519 host key is known for x and you have requested strict checking.\r\nHost key verification failed.",
    ],
    [
      "wrongHostKey",
      "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.",
    ],
    ["denied", "cloud@172.16.0.3: Permission denied (publickey)."],
    ["unreachable", "ssh: connect to host 172.16.0.3 port 22: Connection refused"],
    ["unreachable", "ssh: connect to host 172.16.0.3 port 22: Connection timed out"],
    ["unreachable", "ssh: Could not resolve hostname nowhere: Name or service not known"],
    ["unreachable", "kex_exchange_identification: Connection closed by remote host"],
  ])("is told apart: %s", (trouble, text) => {
    expect(connectTrouble(text)).toBe(trouble);
  });

  it("tells a command that was not started from one that was cut", () => {
    expect(
      sessionTrouble(
        "mux_client_request_session: session request failed: Session open refused by peer",
      ),
    ).toBe("noSession");
    expect(sessionTrouble("Connection closed by UNKNOWN port 65535")).toBe("noSession");
    expect(sessionTrouble("")).toBe("cut");
  });
});

describe("address ranges", () => {
  const range = (type: "dynamic" | "reserved", start: string, end: string, comment = "ours") => ({
    ...{ type, start: `172.16.${start}`, end: `172.16.${end}`, comment },
  });
  const pool = range("reserved", "7.0", "8.255");
  const existing = (...ranges: WantedRange[]): Range[] =>
    ranges.map(({ type, start, end, comment }, index) => ({
      ...{ id: index + 1, type, start_ip: start, end_ip: end, comment, subnet: { id: 1 } },
    }));
  const plan = (wanted: WantedRange[], ...there: WantedRange[]) =>
    planRanges(wanted, existing(...there), "172.16.0.0/20");

  it("are made where there are none, compared as numbers", () => {
    const [low, high] = [range("reserved", "2.0", "2.9"), range("dynamic", "10.0", "19.0", "x")];
    expect(plan([low], high)).toEqual([{ wanted: low }]);
  });

  it("are there when the same one or a larger reserved one is", () => {
    expect(plan([pool], { ...pool, comment: "theirs" })).toEqual([]);
    expect(plan([pool], range("reserved", "0.0", "9.0", "theirs"))).toEqual([]);
  });

  it("are refused where they overlap somebody else's, with both", () => {
    expect(() => plan([pool], range("dynamic", "8.0", "9.0", "theirs"))).toThrow(
      /172\.16\.0\.0\/20: reserved range 172\.16\.7\.0 to 172\.16\.8\.255 \(ours\) overlaps MAAS's dynamic range 172\.16\.8\.0 to 172\.16\.9\.0 \(theirs\)/,
    );
    const grown = range("reserved", "7.0", "9.9");
    expect(() => plan([grown], pool, range("reserved", "9.0", "9.1", "theirs"))).toThrow(/theirs/);
  });

  it("are moved when they are ours, also smaller or elsewhere", () => {
    for (const wanted of [
      range("reserved", "7.0", "9.255"),
      range("reserved", "7.0", "7.9"),
      range("reserved", "1.0", "1.9"),
    ])
      expect(plan([wanted], pool)).toEqual([{ wanted, id: 1 }]);
  });

  it("that take over each other's addresses are moved in the order that MAAS takes", () => {
    const dynamic = range("dynamic", "9.0", "9.255", "boot");
    const [larger, smaller] = [
      range("reserved", "7.0", "9.99"),
      { ...dynamic, start: "172.16.9.100" },
    ];
    expect(plan([larger, smaller], pool, dynamic)).toEqual([
      { wanted: smaller, id: 2 },
      { wanted: larger, id: 1 },
    ]);
  });
});

describe("a machine", () => {
  const machine = (status_name: string, owner_data: Record<string, string> = {}): Machine =>
    ({
      status_name,
      owner_data,
      cpu_count: 2,
      memory: 4096,
      physicalblockdevice_set: [1],
    }) as unknown as Machine;

  it.each([
    ["New", "commission"],
    ["Failed commissioning", "commission"],
    ["Commissioning", "wait"],
    ["Ready", "ready"],
    ["Deployed", "held"],
    ["Broken", "trouble"],
    ["a state of a later MAAS", "trouble"],
  ])("that is %s: %s", (status, judgement) => {
    expect(judge(machine(status))).toBe(judgement);
  });

  it("that failed in Juju's hands is Juju's", () => {
    expect(judge(machine("Failed deployment", { "juju-model-uuid": "x" }))).toBe("held");
    expect(judge(machine("Failed deployment"))).toBe("trouble");
  });

  it("with less than its minimum is named with what was found and wanted", () => {
    const wanted = { hostname: "server3", minimum: { cores: 4, ramMiB: 4096, disks: 2 } };
    expect(minimumFaults(wanted as Parameters<typeof minimumFaults>[0], machine("Ready"))).toEqual([
      "server3: commissioning found 2 cores, at least 4 are wanted",
      "server3: commissioning found 1 disks, at least 2 are wanted",
    ]);
  });
});

it("puts MAAS's refusals into words", () => {
  expect(refusal('{"mac_addresses": ["MAC address x already in use on y."]}')).toBe(
    "mac_addresses: MAC address x already in use on y.",
  );
  expect(refusal('{"__all__": ["No."]}')).toBe("No.");
  expect(refusal("No Machine matches the given query.")).toBe(
    "No Machine matches the given query.",
  );
});

describe("decoding", () => {
  const shape = z.array(z.object({ id: z.number() }));

  it("names command and member of what was not expected", () => {
    expect(() => decode(shape, '[{"id":1},{"id":"x"}]', "maas kit subnets read")).toThrow(
      /"maas kit subnets read" answered something else than expected at \$\[1\]\.id/,
    );
  });

  it("says what was printed instead of JSON", () => {
    expect(() => decode(shape, "Traceback\nOops", "maas x")).toThrow(
      /did not print JSON but: Traceback \/ Oops/,
    );
  });
});

describe("secrets", () => {
  it("are taken out of any text, at any depth, the longer one first", () => {
    const redactor = new Redactor();
    redactor.add({ a: ["hunter22"], b: { c: "hunter22-longer" } });
    expect(redactor.clean("x hunter22-longer y hunter22 z")).toBe("x [secret] y [secret] z");
  });

  it("do not survive in any text that is made around them", () => {
    const secret = fc.stringMatching(/^[a-z0-9+/=]{6,20}$/);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, behind) => {
        const redactor = new Redactor();
        redactor.add(`-----BEGIN-----\n${value}\n`);
        expect(redactor.clean(`${before}${value}${behind}`)).not.toContain(value);
      }),
    );
  });

  it("are not repeated when they are refused", () => {
    expect(() => check(maasSecrets, { maasApiKey: "planted" }, "secrets")).toThrow(
      /^secrets\.maasApiKey: must have three parts/,
    );
    expect(() => check(maasSecrets, { maasApiKey: "planted" }, "secrets")).not.toThrow(/planted/);
  });
});

describe("the processes on which a step depends", () => {
  const table: Record<number, { parent: number; name: string; started: string }> = {
    1: { parent: 0, name: "init", started: "0" },
    10: { parent: 1, name: "bash", started: "1" },
    20: { parent: 10, name: "pulumi", started: "2" },
    30: { parent: 20, name: "pulumi-resource", started: "3" },
    40: { parent: 30, name: "sh", started: "4" },
    50: { parent: 10, name: "node", started: "5" },
  };
  const chain = (pid: number): number[] =>
    dependsOn(pid, (each) => table[each]).map((link) => link.pid);

  it("are shell, plugin and engine, and not the shell that started the engine", () => {
    expect(chain(40)).toEqual([40, 30, 20]);
  });

  it("are only its parent when that is another program", () => {
    expect(chain(50)).toEqual([50]);
  });
});

it("writes durations for people", () => {
  expect([500, 59_000, 60_000, 200_000, 3_600_000 * 2.5].map(duration)).toEqual([
    "1 s",
    "59 s",
    "1 min",
    "3 min 20 s",
    "2 h 30 min",
  ]);
});

it("does not take anything for a certificate of the CA that is none", () => {
  expect(issuedBy("nothing", "nothing")).toBe(false);
});
