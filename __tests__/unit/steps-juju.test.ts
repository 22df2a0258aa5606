import * as fc from "fast-check";

import { expectedUnits } from "../../bundle/topology";
import { planCharms } from "../../steps/juju/charms";
import {
  mapMachines,
  optionChanges,
  planMachines,
  readDryRun,
  surplus,
} from "../../steps/juju/plan";
import { type Expectation, judge } from "../../steps/juju/settle";
import { statusShape, type Status } from "../../steps/juju/shapes";
import { refusedBecause, requireSafe } from "../../steps/juju/versions";
import type { BundleSpec } from "../../steps/specs";

const SINCE = "2026-11-22 07:31:00Z";
const ready = (message = "Unit is ready") => ({
  "workload-status": { current: "active", message, since: SINCE },
  "juju-status": { current: "idle", since: SINCE },
});
const started = { "juju-status": { current: "started" }, "machine-status": { current: "running" } };

/** A status document with one principal on a container, its subordinate, and their relation. */
function settledStatus(): Status {
  return statusShape.parse({
    model: { "model-status": { current: "available" } },
    machines: {
      "0": {
        ...started,
        constraints: "tags=compute arch=amd64",
        containers: { "0/lxd/0": started },
      },
    },
    applications: {
      keystone: {
        life: "alive",
        "application-status": { current: "active" },
        relations: { "shared-db": [{ "related-application": "router" }] },
        units: {
          "keystone/0": { ...ready(), machine: "0/lxd/0", subordinates: { "router/0": ready() } },
        },
      },
      router: {
        "subordinate-to": ["keystone"],
        relations: { "shared-db": [{ "related-application": "keystone" }] },
      },
    },
    controller: { timestamp: "07:31:30Z" },
  });
}

const expected: Expectation = {
  applications: { keystone: 1, router: 0 },
  relations: [["keystone:shared-db", "router:shared-db"]],
  allowed: [],
};

/** Judges a settled status after `change`. */
function after(change: (status: Status) => void, expectation = expected) {
  const status = settledStatus();
  change(status);
  return judge(status, expectation);
}

function keystone(status: Status) {
  const unit = status.applications["keystone"]?.units?.["keystone/0"];
  if (!unit) throw new Error("the fixture has no keystone/0");
  return unit;
}

describe("a model", () => {
  it("has settled when everything expected is there, active and idle", () => {
    const { waiting, errors, fatal, quietSeconds } = judge(settledStatus(), expected);
    expect({ waiting, errors, fatal, quietSeconds }).toEqual({
      waiting: [],
      errors: [],
      fatal: [],
      quietSeconds: 30,
    });
  });

  it.each<[string, (status: Status) => void]>([
    ["keystone is not in the model", (s) => delete s.applications["keystone"]],
    ["keystone has 0 of 1 units", (s) => (s.applications["keystone"]!.units = {})],
    ["router is not yet beside keystone/0", (s) => (keystone(s).subordinates = {})],
    [
      'keystone/0: its agent is executing "running x"',
      (s) => (keystone(s)["juju-status"] = { current: "executing", message: "running x" }),
    ],
    [
      'keystone/0: waiting "db"',
      (s) => (keystone(s)["workload-status"] = { current: "waiting", message: "db" }),
    ],
    [
      'router/0: blocked "b"',
      (s) =>
        (keystone(s).subordinates!["router/0"]!["workload-status"] = {
          current: "blocked",
          message: "b",
        }),
    ],
    [
      "machine 0/lxd/0: pending",
      (s) => (s.machines["0"]!.containers!["0/lxd/0"]!["machine-status"] = { current: "pending" }),
    ],
    ["machine 0: pending", (s) => (s.machines["0"]!["juju-status"] = { current: "pending" })],
    [
      "relation keystone:shared-db - router:shared-db is missing",
      (s) => (s.applications["router"]!.relations = {}),
    ],
    [
      "keystone: Juju cannot read it (oops)",
      (s) => (s.applications["keystone"]!["status-error"] = "oops"),
    ],
  ])("waits for: %s", (reason, change) => {
    expect(after(change).waiting).toContain(reason);
  });

  it("accepts a status that is allowed for that application at this gate, and for no other", () => {
    const blocked = (s: Status): void => {
      keystone(s)["workload-status"] = {
        current: "blocked",
        message: "Vault needs to be initialized",
      };
    };
    const allow = (application: string) => ({
      ...expected,
      allowed: [{ application, workload: "blocked", message: "^Vault needs" }],
    });
    expect(after(blocked, allow("keystone")).waiting).toEqual([]);
    expect(after(blocked, allow("vault")).waiting).toHaveLength(1);
  });

  it("is in error after a failed hook or a lost agent, which may heal", () => {
    const hook = after(
      (s) => (keystone(s)["workload-status"] = { current: "error", message: "hook failed" }),
    );
    const lost = after((s) => (keystone(s)["juju-status"] = { current: "lost" }));
    const down = after((s) => (s.machines["0"]!["juju-status"] = { current: "down" }));
    expect([hook.errors, lost.errors, down.errors]).toEqual([
      ['keystone/0: error "hook failed"'],
      ["keystone/0: lost"],
      ["machine 0: down"],
    ]);
  });

  it("cannot settle when a machine was not provisioned or an application is dying", () => {
    const machine = after(
      (s) =>
        (s.machines["0"]!["machine-status"] = { current: "provisioning error", message: "no" }),
    );
    const dying = after((s) => (s.applications["keystone"]!.life = "dying"));
    expect(machine.fatal).toEqual(['machine 0: provisioning error "no"']);
    expect(dying.fatal).toEqual(["keystone is dying: it is being removed"]);
  });

  it("is told to be quiet for too short rather than for too long", () => {
    const justNow = after((s) => (s.controller = { timestamp: "07:30:59Z" }));
    expect(justNow.quietSeconds).toBe(0);
    const midnight = after((s) => {
      s.controller = { timestamp: "00:00:10Z" };
      keystone(s)["workload-status"].since = "2026-11-22 23:59:50Z";
    });
    expect(midnight.quietSeconds).toBe(20);
    expect(after((s) => (s.controller = {})).quietSeconds).toBeUndefined();
  });

  it("shows a change of any status, but not the mere passing of time", () => {
    const first = judge(settledStatus(), expected).fingerprint;
    expect(
      after((s) => (keystone(s)["juju-status"].since = "2026-11-22 08:00:00Z")).fingerprint,
    ).toBe(first);
    expect(after((s) => (keystone(s)["juju-status"].current = "executing")).fingerprint).not.toBe(
      first,
    );
    const container = (s: Status) => s.machines["0"]!.containers!["0/lxd/0"]!;
    expect(
      after((s) => (container(s)["machine-status"] = { current: "pending" })).fingerprint,
    ).not.toBe(first);
  });

  it("is not kept waiting by an application that is not expected", () => {
    const stranger = (s: Status, message: string): void => {
      s.applications["other"] = {
        ...s.applications["router"]!,
        units: { "other/0": { ...ready(message), machine: "1" } },
      };
      s.machines["1"] = { ...s.machines["0"]!, "juju-status": { current: message } };
    };
    const [one, two] = ["one", "two"].map((text) => after((s) => stranger(s, text)).fingerprint);
    expect(one).toBe(two);
  });
});

const bundle: BundleSpec = {
  machines: {
    "0": { constraints: "arch=amd64 tags=compute" },
    "1": { constraints: "arch=amd64 tags=compute" },
  },
  applications: {
    osd: { charm: "ceph-osd", channel: "q/stable", num_units: 2, to: ["0", "1"] },
    keystone: { charm: "keystone", channel: "y/stable", to: ["lxd:1"] },
    router: { charm: "mysql-router", channel: "8.0/stable" },
  },
  relations: [],
  "default-base": "ubuntu@22.04",
};

/** A status with these units (unit → machine) and machines without units. */
function model(units: Record<string, string>, empty: Record<string, string> = {}): Status {
  const applications: Record<string, { units: Record<string, unknown> }> = {};
  for (const [unit, machine] of Object.entries(units)) {
    const [name = ""] = unit.split("/");
    (applications[name] ??= { units: {} }).units[unit] = { machine };
  }
  const machines = Object.fromEntries([
    ...Object.values(units).map((machine) => [machine.split("/")[0], started]),
    ...Object.entries(empty).map(([id, constraints]) => [id, { ...started, constraints }]),
  ]) as Record<string, unknown>;
  return statusShape.parse({ model: {}, machines, applications });
}

describe("the machines of a bundle", () => {
  it("are all missing in an empty model", () => {
    expect(planMachines(bundle, model({}))).toEqual({ mapped: {}, missing: ["0", "1"] });
  });

  it("are found by the units that are placed on them", () => {
    const status = model({ "osd/0": "4", "osd/1": "7", "keystone/0": "7/lxd/2" });
    expect(planMachines(bundle, status)).toEqual({ mapped: { "0": "4", "1": "7" }, missing: [] });
  });

  it("are taken from machines without units that a killed run left, before others are added", () => {
    const status = model(
      { "osd/0": "0" },
      { "3": "tags=compute arch=amd64", "2": "tags=controller" },
    );
    expect(planMachines(bundle, status)).toEqual({ mapped: { "0": "0", "1": "3" }, missing: [] });
  });

  it("are never mapped twice, and adding what is missing ends it, wherever a run was killed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 2 }),
        (added, placed) => {
          const units = Object.fromEntries(
            [...Array(Math.min(added, placed)).keys()].map((n) => [`osd/${n}`, `${n + 5}`]),
          );
          const used = Object.values(units);
          const left = [...Array(added).keys()]
            .map((n) => `${n + 5}`)
            .filter((id) => !used.includes(id));
          const status = model(
            units,
            Object.fromEntries(left.map((id) => [id, "arch=amd64 tags=compute"])),
          );
          const { mapped, missing } = planMachines(bundle, status);
          expect(new Set(Object.values(mapped)).size).toBe(Object.keys(mapped).length);
          expect(Object.keys(mapped).length + missing.length).toBe(2);
          expect(missing.length).toBe(2 - added);
        },
      ),
    );
  });

  it("are given to juju by number", () => {
    expect(mapMachines({ "0": "4", "1": "7" })).toBe("existing,0=4,1=7");
  });
});

describe("a dry run", () => {
  it("is read into options, which go through juju config, and other changes", () => {
    const text =
      "Changes to deploy bundle:\n- set application options for keystone\n- expose osd\n- add unit osd/1 to new machine 1\n";
    expect(readDryRun(text)).toEqual({
      options: ["keystone"],
      changes: ["add unit osd/1 to new machine 1"],
    });
  });

  it("of a model that is as it should be is empty", () => {
    expect(readDryRun("")).toEqual({ options: [], changes: [] });
  });
});

it("sets only the options that differ", () => {
  const now = { debug: { value: false }, size: { value: 3 }, name: { value: "x" }, unset: {} };
  expect(optionChanges({ debug: false, size: 3, name: "x", unset: "" }, now)).toEqual({});
  expect(optionChanges({ debug: true, size: 4, name: "y z" }, now)).toEqual({
    debug: "true",
    size: "4",
    name: "y z",
  });
});

it("counts units by their number or their places, and names surplus ones", () => {
  expect(expectedUnits(bundle)).toEqual({ osd: 2, keystone: 1, router: 0 });
  const status = model({ "osd/0": "0", "osd/1": "1", "osd/2": "2" });
  expect(surplus(bundle, status)).toEqual(["osd has 3 units, 2 are configured"]);
});

describe("the charms of a bundle", () => {
  const deployed = (channel: string, revision = 10): Status =>
    statusShape.parse({
      model: {},
      applications: { keystone: { "charm-channel": channel, "charm-rev": revision } },
    });
  const wanted = (channel: string, revision?: number): BundleSpec => ({
    ...bundle,
    applications: {
      keystone: { charm: "keystone", channel, ...(revision === undefined ? {} : { revision }) },
    },
  });

  it.each<[string, number | undefined, string[]]>([
    ["zed/stable", undefined, ["--channel", "zed/stable"]],
    ["2023.1/stable", undefined, ["--channel", "2023.1/stable"]],
    ["yoga/candidate", undefined, ["--channel", "yoga/candidate"]],
    ["yoga/stable", 11, ["--channel", "yoga/stable", "--revision", "11"]],
  ])("go forward to %s, revision %s", (channel, revision, words) => {
    expect(planCharms(wanted(channel, revision), deployed("yoga/stable"))).toEqual([
      { application: "keystone", words },
    ]);
  });

  it("stay where they are, or are not there yet", () => {
    expect(planCharms(wanted("yoga/stable"), deployed("yoga/stable"))).toEqual([]);
    expect(planCharms(wanted("yoga/stable", 10), deployed("yoga/stable"))).toEqual([]);
    expect(planCharms(wanted("yoga/stable"), model({}))).toEqual([]);
  });

  it.each<[string, number | undefined, string]>([
    ["yoga/stable", undefined, "zed/stable"],
    ["zed/stable", undefined, "2023.1/stable"],
    ["2023.2/stable", undefined, "2024.1/stable"],
    ["3.9/stable", undefined, "3.12/stable"],
    ["yoga/stable", 9, "yoga/stable"],
  ])("do not go back to %s, revision %s", (channel, revision, now) => {
    expect(() => planCharms(wanted(channel, revision), deployed(now))).toThrow(
      /would go back.*keystone from/,
    );
  });
});

describe("a Juju version", () => {
  it.each(["3.6.25-ubuntu-amd64", "3.6.28", "4.0.14-genericlinux-arm64", "4.0.15"])(
    "%s is used",
    (version) => {
      expect(refusedBecause(version)).toBeUndefined();
    },
  );

  it.each(["3.6.24-ubuntu-amd64", "4.0.12", "4.0.13-ubuntu-amd64", "4.1-beta2-genericlinux-amd64"])(
    "%s is refused because it deletes machines",
    (version) => {
      expect(refusedBecause(version)).toMatch(/deletes? the MAAS machines/);
      expect(() => requireSafe(version, "The client", false)).toThrow(/allowUnsafeJuju/);
      expect(() => requireSafe(version, "The client", true)).not.toThrow();
    },
  );

  it.each(["2.9.52", "3.5.7", "3.6.3", "4.0.1", "3.6.26-rc1", "5.0.0"])(
    "%s is refused as not known good",
    (version) => {
      expect(refusedBecause(version)).toBeDefined();
    },
  );

  it("that is none is an error", () => {
    expect(() => refusedBecause("juju?")).toThrow("which is none");
  });
});
