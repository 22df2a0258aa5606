/** Faults between this machine, the bastion and MAAS: one at a time against the steps that meet them first. */
import type { MaasFleetResult } from "../../steps/specs";
import { type Case, CASE_MS, FaultBed, STEP_SPEED } from "./support/faultBed";
import { fleet, site } from "./support/faultSpecs";

jest.setTimeout(CASE_MS);

const SERVER = "server3";

let bed: FaultBed;

beforeAll(async () => {
  bed = await FaultBed.start({
    powerSecrets: { [SERVER]: { power_pass: "planted-power-secret-91c2" } },
  });
  await bed.must("maas/site", site(bed.access));
  bed.keep();
});

afterAll(() => bed.stop());

const maas = (...words: string[]) => bed.tool("maas", "kit", ...words);

async function commission(): Promise<void> {
  const { maas: region } = await bed.state();
  const found = region.machines.find(({ hostname }) => hostname === SERVER);
  await maas("machine", "commission", found?.systemId ?? "");
}

type Row = Omit<Case, "step" | "spec">;

const onTheWay: Row[] = [
  {
    fault: "SSH cut mid-call, while something is read",
    plan: [{ fault: "ssh-cut", match: "subnets read", count: 2 }],
    ends: "through",
  },
  {
    fault: "SSH cut mid-call, while something is changed",
    plan: [{ fault: "ssh-cut", match: "zones create" }],
    ends: [75, /connection to .* was cut while a command ran .*Run again/],
  },
  {
    fault: "sshd refusing for 30 s",
    plan: [{ fault: "sshd-refuses", with: { seconds: 30 / STEP_SPEED } }],
    ends: "through",
    silent: true,
  },
  {
    fault: "host key changed",
    plan: [{ fault: "host-key-changes" }],
    ends: [1, /bastion\.hostKey: 127\.0\.0\.1:\d+ showed another host key.*configure/],
    silent: true,
  },
  {
    fault: "disk full on the bastion",
    plan: [{ fault: "disk-full", match: "zones create" }],
    ends: [75, /The bastion's disk is full: "maas kit zones create.*Make room there.*run again/],
  },
  {
    fault: "slow output",
    plan: [{ fault: "output-slow", match: "subnets read", with: { seconds: 1 } }],
    ends: "through",
  },
  {
    fault: "truncated output",
    plan: [{ fault: "output-truncated", match: " read", count: 3 }],
    ends: "through",
  },
  {
    fault: "output over 64 KiB in one line",
    plan: [{ fault: "output-long-line", match: "^maas", count: 0 }],
    ends: "through",
  },
  {
    fault: "MAAS 503",
    plan: [{ fault: "region-unavailable", count: 6 }],
    ends: "through",
  },
  {
    fault: "connection refused for 30 s",
    // MAAS is asked again after 1, 2, 4, 8 and 10 seconds.
    plan: [{ fault: "connection-refused", match: "^maas (login|kit subnets)", count: 6 }],
    ends: "through",
  },
  {
    fault: "key expired",
    plan: [{ fault: "key-expired", match: "zones", count: 0 }],
    ends: [1, /MAAS at http.* rejected the API key\..*configure it as maasApiKey/],
  },
  {
    fault: "description stale",
    plan: [{ fault: "description-stale", count: 0 }],
    ends: "through",
  },
];

const inMachines: Row[] = [
  {
    fault: "machine fails commissioning",
    plan: [{ fault: "commissioning-fails", match: SERVER }],
    ends: [
      1,
      /server3: Failed commissioning in MAAS \(last events: .*run again: it is commissioned/,
    ],
  },
  {
    fault: "BMC unreachable",
    plan: [{ fault: "bmc-unreachable", match: SERVER }],
    ends: [1, /server3: Failed commissioning in MAAS .*BMC.*power.*run again/],
  },
  {
    fault: "wrong disk layout",
    plan: [{ fault: "wrong-disks", match: SERVER }],
    ends: [1, /server3: commissioning found 1 disks, at least 2 are wanted\. Repair .*commission/],
    repair: commission,
  },
  {
    fault: "NIC missing",
    plan: [{ fault: "nic-missing", match: SERVER }],
    ends: [1, /server3: has no interface eth0 for bridge br-ex; MAAS found eth9\..*commission/],
    repair: commission,
  },
];

describe("between this machine, the bastion and MAAS", () => {
  it.each(onTheWay.map((each) => [each.fault, each] as const))("%s", async (_name, each) => {
    const changes = each.plan.some(({ match }) => match === "zones create");
    const zones = ["default", "rack-b", ...(changes ? ["rack-c"] : [])];
    const spec = { ...site(bed.access), zones };
    await bed.meet({ step: "maas/site", spec, ...each });
    const { maas: region } = await bed.state();
    expect(region.zones.map(({ name }) => name).sort()).toEqual(zones);
    expect(region.ranges).toHaveLength(2);
  });
});

describe("in a machine", () => {
  it.each(inMachines.map((each) => [each.fault, each] as const))("%s", async (_name, each) => {
    const again = await bed.meet({ step: "maas/fleet", spec: fleet(bed.access, 3), ...each });
    const { machines } = again.result as MaasFleetResult;
    expect(machines).toMatchObject([
      { hostname: SERVER, status: "Ready", disks: 2, tags: ["compute"] },
    ]);
    const { maas: region } = await bed.state();
    expect(region.machines.map(({ hostname }) => hostname)).toEqual([SERVER]);
    const bridges = region.machines.flatMap(({ interfaces }) =>
      interfaces.filter(({ type }) => type === "bridge"),
    );
    expect(bridges.map(({ name, links }) => [name, links.length])).toEqual([["br-ex", 1]]);
  });
});
