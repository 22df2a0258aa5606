import { loadFaults } from "../../lab/rack/core/faults";
import type { Rack } from "../../lab/rack/core/rack";
import { type Machine, Status, STATUS_NAMES } from "../../lab/rack/maas/state";
import { pass, revive, send, withMachines } from "./rackRegion";

/** maas:src/maasserver/node_status.py, with what was measured of MAAS 3.4 beside it (New → Testing, Releasing → New, also where that is one step). */
const TRANSITIONS: Record<string, string> = {
  New: "Commissioning, Testing, Ready, Broken, Entering rescue mode",
  Commissioning: "Failed commissioning, Ready, New, Broken, Testing",
  "Failed commissioning": "Commissioning, Broken, Entering rescue mode, Testing",
  Ready: "Entering rescue mode, Commissioning, Allocated, Broken, Testing, Deploying",
  Allocated:
    "Ready, New, Broken, Deploying, Disk erasing, Releasing, Entering rescue mode, Testing",
  Releasing: "Ready, New, Broken, Releasing failed",
  Deploying: "Allocated, Broken, Failed deployment, Deployed, Ready, Disk erasing, Releasing",
  "Failed deployment": "Broken, Ready, Disk erasing, Releasing, Entering rescue mode, Testing",
  Deployed: "Broken, Ready, Disk erasing, Releasing, Entering rescue mode, Testing",
  Broken: "Commissioning, Ready, New, Disk erasing, Releasing, Entering rescue mode, Testing",
  "Releasing failed": "Releasing, Disk erasing, Ready, New, Broken, Testing",
  "Disk erasing": "Broken, Failed disk erasing, Ready, New, Releasing",
  "Failed disk erasing":
    "Disk erasing, Releasing, Broken, Ready, New, Entering rescue mode, Testing",
  "Entering rescue mode": "Broken, Rescue mode, Failed to enter rescue mode, Exiting rescue mode",
  "Failed to enter rescue mode": "Broken, Entering rescue mode, Exiting rescue mode, Testing",
  "Rescue mode": "Broken, Exiting rescue mode, Testing",
  "Exiting rescue mode":
    "New, Broken, Failed commissioning, Ready, Allocated, Failed deployment, Deployed, " +
    "Failed disk erasing, Failed to exit rescue mode, Failed testing",
  "Failed to exit rescue mode": "Broken, Exiting rescue mode, Testing",
  Testing:
    "Broken, New, Ready, Allocated, Deployed, Failed commissioning, Failed deployment, Failed testing, " +
    "Failed disk erasing",
  "Failed testing": "Commissioning, Broken, Entering rescue mode, Testing, Ready, Deployed",
};

interface Operation {
  op: string;
  form?: Record<string, string>;
  /** Faults that can strike it; the walk takes each way too. */
  faults: string[];
  /** The recorded refusals, apart from the empty ones of permission. */
  refusals: (state: string, machine: Machine) => string[];
}

const notAvailable = (what: string): string =>
  `{"__all__": ["${what} is not available because of the current state of the node."]}`;

const release = (state: string): string[] => [
  `Machine cannot be released in its current state ('${state}').`,
];

const OPERATIONS: Operation[] = [
  {
    op: "commission",
    faults: ["commissioning-fails", "commissioning-hangs", "bmc-unreachable"],
    refusals: () => [notAvailable("Commission")],
  },
  { op: "test", faults: ["bmc-unreachable"], refusals: () => [notAvailable("Test")] },
  {
    op: "deploy",
    faults: ["deployment-fails", "deployment-hangs", "bmc-unreachable", "addresses-exhausted"],
    refusals: (state) => [
      `Can't deploy a machine that is in the '${state}' state`,
      '{"storage": ["Mount the root \'/\' filesystem to be able to deploy this node."]}',
      "No more IPs available in subnet: 10.0.0.0/24.",
    ],
  },
  {
    op: "release",
    faults: ["releasing-fails", "releasing-hangs", "bmc-unreachable"],
    refusals: release,
  },
  {
    op: "release",
    form: { erase: "true" },
    faults: ["erasing-fails", "erasing-hangs", "bmc-unreachable"],
    refusals: release,
  },
  {
    op: "abort",
    faults: [],
    refusals: (state, { systemId }) => [
      `Cannot abort in current state: node ${systemId} is in state ${state}.`,
    ],
  },
  {
    op: "lock",
    faults: [],
    refusals: () => ["Can't lock, node is not deployed or deploying", "Machine is already locked"],
  },
  { op: "unlock", faults: [], refusals: () => ["Machine is not locked"] },
  { op: "mark_broken", faults: [], refusals: () => [] },
  {
    op: "mark_fixed",
    faults: [],
    refusals: () => ["Can't mark a non-broken node as 'Ready'."],
  },
  {
    op: "rescue_mode",
    faults: ["bmc-unreachable"],
    refusals: (state) => [`Invalid transition: ${state} -> Entering rescue mode.`],
  },
  {
    op: "exit_rescue_mode",
    faults: ["bmc-unreachable"],
    refusals: (state) => [`Invalid transition: ${state} -> Exiting rescue mode.`],
  },
  {
    op: "set_workload_annotations",
    form: { a: "b" },
    faults: [],
    refusals: () => ["Cannot set workload annotation: it hasn't been acquired."],
  },
  {
    op: "set_storage_layout",
    form: { storage_layout: "flat" },
    faults: [],
    refusals: () => [
      "Cannot change the storage layout on a machine that is not Ready.",
      '{"__all__": ["Machine doesn\'t have any storage devices to configure."]}',
    ],
  },
  {
    op: "power_on",
    faults: ["bmc-unreachable"],
    refusals: (_state, { hostname }) => [
      `No rack controllers can access the BMC of node ${hostname}`,
    ],
  },
];

const name = (machine: Machine): string => STATUS_NAMES[machine.status] ?? "";

/** Where what a machine goes back to matters: in tests and rescue mode. */
const RESUMES = /rescue|Testing/i;

/** What tells two machines apart for the walk. */
const key = (machine: Machine): string =>
  JSON.stringify([
    machine.status,
    RESUMES.test(name(machine)) ? machine.resumeStatus : null,
    machine.owner,
    machine.locked,
    machine.commissioned,
    machine.transition?.kind,
    machine.transition?.failure,
  ]);

const edges = new Set<string>();

const check = (before: Machine, after: Machine | undefined, what: string): void => {
  if (after === undefined || before.status === after.status) return;
  const edge = `${name(before)} → ${name(after)}`;
  edges.add(edge);
  const allowed = TRANSITIONS[name(before)]?.split(", ").includes(name(after));
  expect([edge, what, allowed]).toEqual([edge, what, true]);
};

/** Does one operation in a state; nothing where it is refused. */
const tryOne = (
  text: string,
  before: Machine,
  { op, form, refusals }: Operation,
  fault?: string,
): Rack | undefined => {
  const rack = revive(text);
  if (fault !== undefined) loadFaults(rack, [{ fault, count: 0 }]);
  const { status, body } = send(rack, "POST", `/machines/${before.systemId}/?op=${op}`, form);
  check(before, rack.maas.machines[0], `${op} ${fault ?? ""}`);
  loadFaults(rack, []);
  if (status < 400) return rack;
  const forbidden = status === 403 && (before.locked || before.owner === null);
  const texts = forbidden ? [""] : refusals(name(before), before);
  expect([name(before), op, body, texts.includes(body)]).toEqual([name(before), op, body, true]);
  expect(rack.maas.machines[0]?.status).toBe(before.status);
  return undefined;
};

/** Every state that one step leads to. */
const stepsFrom = (text: string, before: Machine): Rack[] => {
  const next: (Rack | undefined)[] = [];
  for (const operation of OPERATIONS) {
    const plain = tryOne(text, before, operation);
    next.push(plain);
    // A fault strikes only what is not refused anyway.
    if (plain === undefined) continue;
    for (const fault of operation.faults) next.push(tryOne(text, before, operation, fault));
  }
  const later = revive(text);
  pass(later, 2000);
  check(before, later.maas.machines[0], "time");
  return [...next, later].filter((rack) => rack !== undefined);
};

test("every way through the states, with and without faults, takes edges of MAAS's table; the rest is refused in its words", () => {
  const uncommissioned = withMachines(1);
  for (const machine of uncommissioned.maas.machines)
    Object.assign(machine, { status: Status.New, commissioned: false, blockDevices: [] });
  const queue: string[] = [];
  const seen = new Map<string, string>();
  const visit = (rack: Rack): void => {
    const machine = rack.maas.machines[0];
    if (machine === undefined || seen.has(key(machine))) return;
    seen.set(key(machine), name(machine));
    queue.push(JSON.stringify({ ...rack, maas: { ...rack.maas, events: [] } }));
  };
  [withMachines(1), uncommissioned].forEach(visit);
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    const before = revive(text).maas.machines[0];
    if (before !== undefined) stepsFrom(text, before).forEach(visit);
  }
  // Missing, Reserved and Retired are states that nothing of today's MAAS leads to.
  expect([...new Set(seen.values())].sort()).toEqual(Object.keys(TRANSITIONS).sort());
  expect(edges.size).toBeGreaterThan(50);
});
