/** Faults of machines and of Juju's client while a controller is made or goes: one at a time. */
import type { JujuControllerResult } from "../../steps/specs";
import { type Case, CASE_MS, FaultBed } from "./support/faultBed";
import { controller, plainFleet, site } from "./support/faultSpecs";

jest.setTimeout(CASE_MS);

const SERVER = "server1";

let bed: FaultBed;

beforeAll(async () => {
  bed = await FaultBed.start();
  await bed.must("maas/site", site(bed.access));
  await bed.must("maas/fleet", plainFleet(bed.access, 1, 3));
  bed.keep();
});

afterAll(() => bed.stop());

async function operate(operation: string): Promise<void> {
  const { maas } = await bed.state();
  const found = maas.machines.find(({ hostname }) => hostname === SERVER);
  await bed.tool("maas", "kit", "machine", operation, found?.systemId ?? "");
}

type Row = Omit<Case, "step" | "spec">;

const failed = (why: RegExp, next: RegExp): [1, RegExp] => [
  1,
  new RegExp(
    `juju bootstrap of maas-controller failed \\(status 1\\): .*${why.source}.*${next.source}.*run again`,
  ),
];

const making: Row[] = [
  {
    fault: "allocate 409, as often as Juju asks",
    plan: [{ fault: "allocate-conflict", match: "tags=controller" }],
    ends: failed(/No available machine matches/, /Ready and meets "tags=controller/),
  },
  {
    fault: "machine fails deployment",
    plan: [{ fault: "deployment-fails", match: SERVER }],
    ends: failed(/Failed deployment/, /Look at the machine in MAAS/),
  },
  {
    fault: "machine hangs in Deploying",
    plan: [{ fault: "deployment-hangs", match: SERVER }],
    ends: failed(/timed out after 30 minutes/, /Look at the machine in MAAS/),
  },
  {
    fault: "machine stolen by another user",
    plan: [{ fault: "machine-stolen", match: SERVER }],
    ends: failed(/No machine with system ID/, /Ready and meets "tags=controller/),
    repair: () => operate("release"),
  },
  {
    fault: "tag vanished",
    plan: [{ fault: "tag-vanished", match: "controller" }],
    ends: failed(/No such tag\(s\): 'controller'/, /release or commission one with these tags/),
  },
  {
    fault: "address range exhausted",
    plan: [{ fault: "addresses-exhausted", match: "172.16.0.0/20" }],
    ends: failed(/No more IPs available in subnet: 172\.16\.0\.0\/20/, /free addresses/i),
  },
  ...["entered", "launched", "deployed", "started", "finished"].map((stage): Row => ({
    fault: `bootstrap killed once it has ${stage}`,
    plan: [{ fault: "bootstrap-killed", match: `^${stage}$` }],
    ends: "through",
  })),
  {
    fault: "store lock timeout",
    plan: [{ fault: "store-lock-timeout", match: "^juju controllers", count: 4 }],
    ends: "through",
  },
];

/** Hostnames of machines that are not free, with their status. */
async function taken(): Promise<string[]> {
  const { maas } = await bed.state();
  return maas.machines.filter(({ owner }) => owner !== null).map(({ hostname }) => hostname);
}

describe("while a controller is made", () => {
  it.each(making.map((each) => [each.fault, each] as const))("%s", async (_name, each) => {
    const spec = controller(bed.access);
    const again = await bed.meet({ step: "juju/controller", spec, ...each });
    expect((again.result as JujuControllerResult).machine.hostname).toBe(SERVER);
    expect(await taken()).toEqual([SERVER]);
    expect((await bed.state()).juju.controllers).toHaveLength(1);
  });
});

const ERASING = ["name=enable_disk_erasing_on_release", "value=true"];

const going: Row[] = [
  {
    fault: "Releasing failed",
    plan: [{ fault: "releasing-fails", match: SERVER }],
    ends: "through",
  },
  {
    fault: "stuck in Disk erasing",
    prepare: () => bed.tool("maas", "kit", "maas", "set-config", ...ERASING),
    plan: [{ fault: "erasing-hangs", match: SERVER }],
    ends: [1, /MAAS has not released server1 \(Disk erasing\) .*Abort an erasing.*run again/],
    // MAAS waits for an erasing without end: so does the step, for 45 minutes of its own.
    speed: 1000,
    repair: async () => {
      await operate("abort");
      await operate("release");
      await bed.rack.advance(3600);
    },
  },
];

describe("while a controller goes", () => {
  beforeAll(async () => {
    await bed.must("juju/controller", controller(bed.access));
    bed.keep();
  });

  it.each(going.map((each) => [each.fault, each] as const))("%s", async (_name, each) => {
    await bed.meet({
      step: "juju/controller",
      spec: controller(bed.access),
      remove: true,
      ...each,
    });
    expect(await taken()).toEqual([]);
    const { maas, juju } = await bed.state();
    expect(maas.machines.map(({ hostname }) => hostname).sort()).toEqual([SERVER, "server3"]);
    expect(juju.controllers).toEqual([]);
  });
});
