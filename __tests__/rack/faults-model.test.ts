/** Faults of a controller, a model and what its charms run: one at a time, against the steps that meet them first. */
import type { JujuBundleResult } from "../../steps/specs";
import { makeCa } from "./support/ca";
import { type Case, CASE_MS, FaultBed, virtual } from "./support/faultBed";
import { bundle, controller, model, plainFleet, settled, site, vault } from "./support/faultSpecs";

jest.setTimeout(CASE_MS);

const CA = makeCa();
const IN_MODEL = ["-m", "maas-controller:openstack"];

let bed: FaultBed;

beforeAll(async () => {
  bed = await FaultBed.start({ caPrivateKeyPem: CA.key });
  await bed.must("maas/site", site(bed.access));
  await bed.must("maas/fleet", plainFleet(bed.access, 1, 3));
  await bed.must("juju/controller", controller(bed.access));
  await bed.must("juju/model", model(bed.access));
  bed.keep();
});

afterAll(() => bed.stop());

const juju = (command: string, ...words: string[]) =>
  bed.tool("juju", command, ...IN_MODEL, ...words);

/** Nothing of the model was made twice. */
async function counts(): Promise<unknown> {
  const { juju: state, maas } = await bed.state();
  const [found] = state.controllers.flatMap(({ models }) =>
    models.filter(({ name }) => name === "openstack"),
  );
  return {
    machines: found?.machines.map(({ id }) => id).filter((id) => !id.includes("/")),
    units: found?.applications.map(({ name, units }) => `${name} ${units.length}`).sort(),
    relations: found?.relations.filter(({ ends }) => ends.length === 2).length,
    taken: maas.machines.filter(({ owner }) => owner !== null).length,
  };
}

const WHOLE = {
  machines: ["0"],
  units: ["mysql-innodb-cluster 3", "vault 1"],
  relations: 1,
  taken: 2,
};

type Row = Omit<Case, "step" | "spec">;

const deploying: Row[] = [
  {
    fault: "allocate 409 k times",
    plan: [{ fault: "allocate-conflict", match: "tags=compute", count: 3 }],
    ends: "through",
  },
  {
    fault: "charm store i/o timeout",
    plan: [{ fault: "charm-store-timeout", match: "^vault$", count: 2 }],
    ends: "through",
  },
  {
    fault: "hook error that resolves",
    plan: [{ fault: "hook-error", match: "^vault/0 install$" }],
    ends: "through",
  },
  {
    fault: "hook error that stays",
    plan: [{ fault: "hook-error-stays", match: "^vault/0 install$" }],
    ends: [1, /vault\/0: error "hook failed: "install"".*juju debug-log.*juju resolved.*run again/],
    repair: () => juju("resolved", "vault/0"),
  },
  {
    fault: "unit lost",
    plan: [{ fault: "unit-lost", match: "^vault/0$" }],
    ends: [1, /vault\/0: lost "agent is not communicating.*Look at the machine in MAAS.*run again/],
    silent: true,
  },
  {
    fault: "container that never starts",
    plan: [{ fault: "container-never-starts", match: "^0/lxd/1$" }],
    ends: [1, /nothing has changed for .*0\/lxd\/1.*Creating container.*Look at LXD.*run again/],
    silent: true,
  },
  {
    fault: "relation silently not made",
    plan: [{ fault: "relation-not-made", match: "vault" }],
    ends: "through",
  },
  {
    fault: "credential invalid",
    plan: [{ fault: "credential-invalid", match: "^admin$" }],
    ends: [1, /suspended since cloud credential is not valid.*juju update-credential.*run again/],
    silent: true,
  },
  {
    fault: "controller API down for 30 s",
    // Juju is asked again after 1, 2, 4, 8 and 15 seconds.
    plan: [{ fault: "controller-down", count: 5 }],
    ends: "through",
  },
  {
    fault: "controller machine rebooted",
    plan: [{ fault: "controller-rebooting", count: 0, to: virtual(180) }],
    ends: "through",
    silent: true,
  },
];

describe("while a bundle is deployed", () => {
  it.each(deploying.map((each) => [each.fault, each] as const))("%s", async (_name, each) => {
    const again = await bed.meet({ step: "juju/bundle", spec: bundle(), ...each });
    const { applications } = again.result as JujuBundleResult;
    expect(applications.map(({ units }) => units.length)).toEqual([3, 1]);
    expect(await counts()).toEqual(WHOLE);
  });
});

const authorising: Row[] = [
  {
    fault: "leader change in the middle of an action",
    plan: [{ fault: "leader-changes", match: "vault/0 authorize-charm" }],
    ends: "through",
  },
  {
    fault: "action that times out and goes on",
    plan: [{ fault: "action-slow", match: "vault/0 authorize-charm", with: { seconds: 1500 } }],
    ends: [75, /action authorize-charm on vault\/leader has not ended .* goes on\..*run again/],
  },
  {
    fault: "action that schedules nothing and exits 0",
    plan: [{ fault: "action-not-scheduled", match: "vault/leader authorize-charm" }],
    ends: "through",
  },
  {
    fault: "action-fail with exit 0",
    plan: [{ fault: "action-fails", match: "vault/0 authorize-charm", with: { text: "no disk" } }],
    ends: [1, /action authorize-charm on vault\/leader is failed: no disk\..*run again/],
  },
];

describe("while Vault is made ready", () => {
  beforeAll(async () => {
    await bed.must("juju/bundle", bundle());
    bed.keep();
  });

  it.each(authorising.map((each) => [each.fault, each] as const))("%s", async (_name, each) => {
    const again = await bed.meet({
      step: "vault/ready",
      spec: vault(CA.certificatePem),
      ...each,
    });
    expect(again.result).toMatchObject({ initialized: true, sealed: false });
    expect(await counts()).toEqual(WHOLE);
  });
});

describe("in a cloud that was whole", () => {
  beforeAll(async () => {
    await bed.must("vault/ready", vault(CA.certificatePem));
    await bed.must("juju/settled", settled());
    bed.keep();
  });

  it("Vault sealed again", async () => {
    // The second time in the moment after the keys were given.
    const plan = [{ fault: "vault-sealed", match: "^vault/0$", count: 2 }];
    const spec = vault(CA.certificatePem);
    const again = await bed.meet({
      ...{ fault: "Vault sealed again", plan, step: "vault/ready", spec },
      ends: "through",
    });
    expect(again.result).toMatchObject({ sealed: false });
  });

  it("Vault that seals itself again and again", async () => {
    const spec = vault(CA.certificatePem);
    await bed.meet({
      ...{ fault: "Vault always sealed again", step: "vault/ready", spec },
      plan: [{ fault: "vault-sealed", match: "^vault/0$", count: 0 }],
      ends: [1, /took 3 keys 2 times and is sealed: it starts again and again\. Look at its unit/],
    });
  });

  it("MySQL complete outage", async () => {
    await bed.meet({
      fault: "MySQL complete outage",
      plan: [{ fault: "mysql-outage" }],
      ...{ step: "juju/settled", spec: settled() },
      ends: [1, /Cluster is inaccessible.*reboot-cluster-from-complete-outage.*run again/],
      repair: () =>
        // It takes about a minute, which is as long as `juju run` waits by itself.
        juju(
          ...["run", "--wait=10m", "mysql-innodb-cluster/leader"],
          "reboot-cluster-from-complete-outage",
        ),
    });
    expect(await counts()).toEqual(WHOLE);
  });
});
