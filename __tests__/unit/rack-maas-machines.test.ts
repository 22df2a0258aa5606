import * as fc from "fast-check";
import { drivenClock, readClock, moveClock } from "../../lab/rack/core/clock";
import type { Rack, Seed } from "../../lab/rack/core/rack";
import { random } from "../../lab/rack/core/rng";
import { maas as domain, Status } from "../../lab/rack/maas";
import { answer } from "../../lab/rack/maas/region";
import type { Machine } from "../../lab/rack/maas/state";
import { STATUS_NAMES } from "../../lab/rack/maas/state";

const seed: Seed = {
  name: "empty",
  random: "machines",
  profile: { maas: "3.5", juju: "3.6.25" },
  apiKey: "consumer:token:secret",
  cloud: null,
};

const makeRack = (): Rack => {
  const clock = drivenClock(0);
  const rng = (key: string) => random("machines", key);
  const maas = domain.initial(seed, rng);
  maas.rackControllers = [{ systemId: "rack01", hostname: "rack01", address: "10.0.0.3" }];
  return {
    format: 1,
    seed: { name: "empty", random: "machines" },
    profile: seed.profile,
    clock,
    cloud: null,
    faults: { plan: [] },
    maas,
    now: readClock(clock),
    rng,
  } as unknown as Rack;
};

const send = (rack: Rack, method: string, path: string, form: Record<string, string> = {}) => {
  const { status, body } = answer(rack, {
    method,
    url: `/MAAS/api/2.0${path}`,
    host: "region",
    authorization:
      'OAuth oauth_signature_method="PLAINTEXT", oauth_consumer_key="consumer", oauth_token="token", oauth_signature="%26secret"',
    form: new Map(Object.entries(form).map(([name, value]) => [name, [value]])),
  });
  return { status, body: body.toString() };
};

const pass = (rack: Rack, seconds: number): void => {
  const target = rack.now + seconds * 1000;
  moveClock(rack.clock, seconds);
  for (let next = domain.nextEvent(rack); next <= target; next = domain.nextEvent(rack)) {
    rack.now = next;
    domain.advance(rack);
  }
  rack.now = target;
};

/** A region with a network that serves DHCP and `count` Ready machines. */
const withMachines = (count: number): Rack => {
  const rack = makeRack();
  send(rack, "POST", "/fabrics/", { name: "lan" });
  send(rack, "POST", "/subnets/", {
    cidr: "10.0.0.0/24",
    fabric: "lan",
    vid: "0",
    gateway_ip: "10.0.0.1",
  });
  send(rack, "POST", "/ipranges/", {
    type: "dynamic",
    start_ip: "10.0.0.200",
    end_ip: "10.0.0.250",
  });
  send(rack, "PUT", "/fabrics/1/vlans/0/", { dhcp_on: "true", primary_rack: "rack01" });
  for (let number = 0; number < count; number++) {
    const { status, body } = send(rack, "POST", "/machines/", {
      architecture: "amd64/generic",
      mac_addresses: `52:54:00:00:00:0${number}`,
      power_type: "ipmi",
      power_parameters_power_address: `10.0.1.${number}`,
      hostname: `node${number}`,
    });
    expect([status, status === 200 ? "" : body]).toEqual([200, ""]);
  }
  pass(rack, 600);
  return rack;
};

/** Transitions of maas:src/maasserver/node_status.py, from the table of statuses. */
const TRANSITIONS: Record<string, string[]> = {
  New: ["Commissioning", "Testing", "Ready", "Broken"],
  Commissioning: ["Ready", "Failed commissioning", "Testing", "New"],
  "Failed commissioning": ["Commissioning", "Testing", "Ready", "Broken"],
  Ready: ["Allocated", "Commissioning", "Testing", "Broken", "Deploying", "Entering rescue mode"],
  Allocated: [
    "Deploying",
    "Releasing",
    "Ready",
    "Disk erasing",
    "Broken",
    "Testing",
    "Entering rescue mode",
  ],
  Deploying: [
    "Deployed",
    "Failed deployment",
    "Allocated",
    "Releasing",
    "Disk erasing",
    "Broken",
    "Ready",
  ],
  Deployed: ["Releasing", "Disk erasing", "Broken", "Testing", "Entering rescue mode", "Ready"],
  "Failed deployment": [
    "Releasing",
    "Disk erasing",
    "Ready",
    "Broken",
    "Testing",
    "Entering rescue mode",
  ],
  Releasing: ["Ready", "New", "Releasing failed", "Broken"],
  "Releasing failed": ["Releasing", "Ready", "Disk erasing", "Broken"],
  "Disk erasing": ["Failed disk erasing", "Releasing", "Ready", "Broken"],
  "Failed disk erasing": ["Releasing", "Disk erasing", "Ready", "Broken"],
  Broken: [
    "Ready",
    "New",
    "Commissioning",
    "Testing",
    "Releasing",
    "Disk erasing",
    "Entering rescue mode",
  ],
  Testing: [
    "Ready",
    "Failed testing",
    "New",
    "Allocated",
    "Deployed",
    "Failed commissioning",
    "Failed deployment",
    "Broken",
  ],
  "Failed testing": ["Ready", "Commissioning", "Testing", "Broken"],
  "Entering rescue mode": ["Rescue mode", "Failed to enter rescue mode"],
  "Rescue mode": ["Exiting rescue mode"],
  "Exiting rescue mode": [
    "Ready",
    "Deployed",
    "Broken",
    "Failed deployment",
    "Failed to exit rescue mode",
  ],
};

const OPERATIONS = [
  ["commission", {}],
  ["deploy", {}],
  ["release", {}],
  ["release", { erase: "true" }],
  ["abort", {}],
  ["lock", {}],
  ["unlock", {}],
  ["mark_broken", {}],
  ["mark_fixed", {}],
  ["rescue_mode", {}],
  ["exit_rescue_mode", {}],
  ["set_workload_annotations", { a: "b" }],
  ["set_storage_layout", { storage_layout: "flat" }],
  ["test", {}],
  ["power_on", {}],
] as const;

const REFUSALS = [
  /^\{"__all__": \["(Commission|Test) is not available because of the current state of the node\."\]\}$/,
  /^Can't deploy a machine that is in the '.+' state$/,
  /^Machine cannot be released in its current state \('.+'\)\.$/,
  /^(Can't lock, node is not deployed or deploying|Machine is (not|already) locked)$/,
  /^Can't mark a non-broken node as 'Ready'\.$/,
  /^Cannot set workload annotation: it hasn't been acquired\.$/,
  /^Cannot change the storage layout on a machine that is not Ready\.$/,
  /^Cannot (enter|exit) rescue mode in the machine's current state\.$/,
  /^Invalid transition: .+ -> Broken\.$/,
  /^Cannot abort: no operation is in progress\.$/,
  /^$/,
];

const name = (machine: Machine): string => STATUS_NAMES[machine.status] ?? "";

test("a walk over every state reached by every operation takes only edges of MAAS's table", () => {
  const start = JSON.stringify(withMachines(1));
  const seen = new Set<string>();
  const reached = new Set<string>();
  const revive = (text: string): Rack =>
    Object.assign(JSON.parse(text) as Rack, { rng: (key: string) => random("machines", key) });
  const key = (machine: Machine): string =>
    JSON.stringify([machine.status, machine.owner, machine.locked, machine.transition?.kind ?? ""]);
  const queue = [start];
  const check = (before: Machine, after: Machine | undefined, what: string): void => {
    if (after === undefined || before.status === after.status) return;
    const edge = `${name(before)} → ${name(after)} by ${what}`;
    expect([edge, TRANSITIONS[name(before)]?.includes(name(after))]).toEqual([edge, true]);
  };
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    const machine = revive(text).maas.machines[0] as Machine;
    if (seen.has(key(machine))) continue;
    seen.add(key(machine));
    reached.add(name(machine));
    for (const [op, form] of OPERATIONS) {
      const rack = revive(text);
      const { status, body } = send(rack, "POST", `/machines/${machine.systemId}/?op=${op}`, form);
      check(machine, rack.maas.machines[0], op);
      if (status >= 400) {
        expect([op, body, REFUSALS.some((pattern) => pattern.test(body))]).toEqual([
          op,
          body,
          true,
        ]);
        expect(rack.maas.machines[0]?.status).toBe(machine.status);
      } else queue.push(JSON.stringify(rack));
    }
    const later = revive(text);
    pass(later, 2000);
    check(machine, later.maas.machines[0], "time");
    queue.push(JSON.stringify(later));
  }
  expect([...reached].sort()).toEqual(
    [
      ...["Allocated", "Broken", "Commissioning", "Deployed", "Deploying", "Disk erasing"],
      ...["Entering rescue mode", "Exiting rescue mode", "Failed disk erasing", "New", "Ready"],
      ...["Releasing", "Rescue mode", "Testing"],
    ].sort(),
  );
});

type Step = { op: string; machine: number; wait: number };

const steps = fc.array(
  fc.record({
    op: fc.constantFrom(
      "allocate",
      "deploy",
      "release",
      "erase",
      "commission",
      "annotate",
      "abort",
      "link",
      "broken",
      "fix",
    ),
    machine: fc.integer({ min: 0, max: 3 }),
    wait: fc.constantFrom(0, 0, 30, 200, 1000),
  }),
  { maxLength: 40 },
);

const act = (rack: Rack, { op, machine }: Step): void => {
  const each = rack.maas.machines[machine];
  if (each === undefined) return;
  const post = (operation: string, form: Record<string, string> = {}) =>
    send(rack, "POST", `/machines/${each.systemId}/?op=${operation}`, form);
  if (op === "allocate")
    send(rack, "POST", "/machines/?op=allocate", { agent_name: `agent-${machine}` });
  else if (op === "erase") post("release", { erase: "true" });
  else if (op === "annotate") post("set_workload_annotations", { who: "me" });
  else if (op === "broken") post("mark_broken");
  else if (op === "fix") post("mark_fixed");
  else if (op === "link") {
    const nic = each.interfaces[0]?.id ?? 0;
    const form = { mode: "STATIC", subnet: "1" };
    send(rack, "POST", `/nodes/${each.systemId}/interfaces/${nic}/?op=link_subnet`, form);
  } else post(op);
};

test("whatever is done in whatever order, the region's invariants hold", () => {
  const start = JSON.stringify(withMachines(4));
  fc.assert(
    fc.property(steps, (sequence) => {
      const rack = Object.assign(JSON.parse(start) as Rack, {
        rng: (key: string) => random("machines", key),
      });
      for (const step of sequence) {
        act(rack, step);
        pass(rack, step.wait);
        const addresses = rack.maas.machines.flatMap((machine) =>
          machine.interfaces.flatMap(({ links }) => links.flatMap(({ address }) => address ?? [])),
        );
        expect(new Set(addresses).size).toBe(addresses.length);
        for (const machine of rack.maas.machines) {
          if (machine.status === Status.Ready || machine.status === Status.New) {
            expect(machine).toMatchObject({
              owner: null,
              agentName: "",
              ownerData: {},
              locked: false,
              osystem: "",
            });
          }
          if (machine.status === Status.Deployed || machine.status === Status.Allocated) {
            expect(machine.owner).toBe("admin");
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("the same seed and the same requests give the same answers", () => {
  const run = (): string => {
    const rack = withMachines(2);
    const { body } = send(rack, "POST", "/machines/?op=allocate", {});
    pass(rack, 5);
    return body + send(rack, "GET", "/machines/").body;
  };
  expect(run()).toBe(run());
});
