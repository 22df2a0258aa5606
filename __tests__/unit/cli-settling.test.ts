import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importFile } from "../../cli/recovery/imports";
import { Journal, type Import } from "../../cli/recovery/journal";
import { KINDS } from "../../cli/recovery/kinds";
import type { OpenStackApi, Thing } from "../../cli/recovery/openstackApi";
import { settlePending, type Surroundings } from "../../cli/recovery/pending";
import { settleThing } from "../../cli/recovery/things";
import type { Exported, StateResource } from "../../cli/stack";

const kind = (name: string) => {
  const found = KINDS[`openstack:${name}`];
  if (!found) throw new Error(`no kind ${name}`);
  return found;
};

/** A cloud with one list of things, which change as it is looked at. */
class Cloud implements Pick<OpenStackApi, "list" | "send"> {
  looks = 0;
  removals: string[] = [];
  constructor(
    public things: Thing[],
    private readonly onLook: (cloud: Cloud) => void = () => undefined,
    private readonly onRemoval: (cloud: Cloud, id: string) => number = (cloud, id) => {
      cloud.things = cloud.things.filter((thing) => thing.id !== id);
      return 202;
    },
  ) {}
  list(): Promise<Thing[]> {
    this.looks += 1;
    this.onLook(this);
    return Promise.resolve(this.things);
  }
  send(_service: string, _method: string, path: string): Promise<number> {
    const id = path.slice(path.lastIndexOf("/") + 1);
    this.removals.push(id);
    return Promise.resolve(this.onRemoval(this, id));
  }
}

const quick = { seconds: 20, pauseMs: 1 };
const wanted = {
  kind: kind("blockstorage/volume:Volume"),
  inputs: { name: "data" },
  known: new Set<string>(),
  replaces: false,
};
const volume = (status: string, id = "v1"): Thing => ({ id, name: "data", status });
const become = (after: number, status: string) => (cloud: Cloud) => {
  if (cloud.looks > after) cloud.things = cloud.things.map((t) => ({ ...t, status }));
};

describe("what one pending create has made", () => {
  test("a volume that is still being made is waited for and kept", async () => {
    const cloud = new Cloud([volume("creating")], become(3, "available"));
    expect(await settleThing(cloud, wanted, quick)).toEqual({ whole: "v1", removed: [] });
    expect(cloud.removals).toEqual([]);
  });

  test("one that fails while it is made is removed", async () => {
    const cloud = new Cloud([volume("creating")], become(2, "error"));
    expect(await settleThing(cloud, wanted, quick)).toEqual({ removed: ["v1"] });
  });

  test("a removal that is refused at first is asked for again", async () => {
    const cloud = new Cloud([volume("error")], undefined, (it) => {
      if (it.removals.length < 3) return 400;
      it.things = [];
      return 202;
    });
    expect(await settleThing(cloud, wanted, quick)).toEqual({ removed: ["v1"] });
    expect(cloud.removals).toHaveLength(3);
  });

  test("what does not go is told with its status and the refusal's", async () => {
    const cloud = new Cloud([volume("error_deleting")], undefined, () => 409);
    await expect(settleThing(cloud, wanted, { seconds: 0, pauseMs: 1 })).rejects.toThrow(
      /volumes: v1, status error_deleting, its removal is refused with HTTP 409: .*npm run up/,
    );
  });

  test("of two whole ones one is kept; one that the state has is left alone", async () => {
    const cloud = new Cloud(["v1", "v2", "v3"].map((id) => volume("available", id)));
    const found = await settleThing(cloud, { ...wanted, known: new Set(["v2"]) }, quick);
    expect(found).toEqual({ whole: "v1", removed: ["v3"] });
  });

  test("what would replace a resource of the state is made again: none is imported beside it", async () => {
    const cloud = new Cloud([volume("available", "old"), volume("available", "new")]);
    const replacing = { ...wanted, known: new Set(["old"]), replaces: true };
    expect(await settleThing(cloud, replacing, quick)).toEqual({ removed: ["new"] });
  });
});

describe("a run that is killed while it settles what an earlier one left", () => {
  const PROVIDER = "urn:pulumi:dev::private-cloud::pulumi:providers:openstack::cloud";
  const URN = "urn:pulumi:dev::private-cloud::openstack:blockstorage/volume:Volume::data";
  const provider: StateResource = {
    urn: PROVIDER,
    type: "pulumi:providers:openstack",
    id: "p",
    inputs: { authUrl: "x" },
  };
  const wantedVolume: StateResource = {
    urn: URN,
    type: "openstack:blockstorage/volume:Volume",
    provider: `${PROVIDER}::p`,
    inputs: { name: "data" },
  };
  let folder: string;
  let state: Exported;
  let cloud: Cloud;
  let around: Surroundings;
  let taken: Import[][];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "private-cloud-settling-"));
    state = {
      version: 3,
      deployment: {
        resources: [provider],
        pending_operations: [{ type: "creating", resource: wantedVolume }],
      },
    };
    cloud = new Cloud([volume("available")]);
    taken = [];
    around = {
      exportState: () => Promise.resolve(state),
      importState: (given) => {
        state = { ...given, deployment: { ...given.deployment, pending_operations: [] } };
        return Promise.resolve();
      },
      importThings: (imports) => {
        taken.push(imports);
        state.deployment.resources?.push(
          ...imports.map(({ urn, type, id }) => ({ urn, type, id })),
        );
        return Promise.resolve();
      },
      connect: () => Promise.resolve(cloud),
      journal: new Journal(join(folder, "settling.json")),
    };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const settle = async (): Promise<string[]> => {
    const lines: string[] = [];
    await settlePending((line) => lines.push(line), around);
    return lines;
  };
  const killed = () => Promise.reject(new Error("killed"));
  const end = () => {
    expect(state.deployment.pending_operations).toEqual([]);
    const volumes = state.deployment.resources?.filter((r) => r.urn === URN);
    expect(volumes?.map(({ id }) => id)).toEqual(["v1"]);
    expect(cloud.removals).toEqual([]);
    expect(existsSync(join(folder, "settling.json"))).toBe(false);
  };

  test("is not needed: one run settles everything", async () => {
    expect(await settle()).toEqual(["data: was made by the killed run, taken into the state"]);
    end();
    expect(await settle()).toEqual([]);
  });

  test("before the list of pending creates is emptied", async () => {
    const { importState } = around;
    around.importState = killed;
    await expect(settle()).rejects.toThrow("killed");
    around.importState = importState;
    await settle();
    end();
    expect(taken).toHaveLength(1);
  });

  test("between that and the import", async () => {
    const { importThings } = around;
    around.importThings = killed;
    await expect(settle()).rejects.toThrow("killed");
    expect(state.deployment.pending_operations).toEqual([]);
    around.importThings = importThings;
    expect(await settle()).toEqual(["data: was made by the killed run, taken into the state"]);
    end();
  });

  test("in the middle of the import, which leaves an operation of its own", async () => {
    const { importThings } = around;
    around.importThings = () => {
      state.deployment.pending_operations = [{ type: "importing", resource: wantedVolume }];
      return killed();
    };
    await expect(settle()).rejects.toThrow("killed");
    around.importThings = importThings;
    await settle();
    end();
  });

  test("after the import, before it has forgotten what it was at", async () => {
    const journal = around.journal;
    await settle();
    journal.write(taken[0] ?? []);
    await settle();
    end();
    expect(taken).toHaveLength(1);
  });

  test("and whose list a power cut has cut short, is told which file that is and what to do", async () => {
    writeFileSync(join(folder, "settling.json"), '[{"urn":');
    await expect(settle()).rejects.toThrow(
      /settling\.json is empty or cut short.*`npm run down`, then `npm run up`/,
    );
  });

  test("and writes down nothing of a resource's inputs", async () => {
    around.importThings = killed;
    await expect(settle()).rejects.toThrow("killed");
    expect(around.journal.read()).toEqual([
      { urn: URN, type: wantedVolume.type, id: "v1", provider: wantedVolume.provider },
    ]);
  });
});

test("the file of an import names parents and providers by their URNs", () => {
  const urn = (type: string, name: string) => `urn:pulumi:dev::private-cloud::${type}::${name}`;
  const entry: Import = {
    urn: urn("a$b:c:D", "net"),
    type: "b:c:D",
    id: "1",
    parent: urn("a", "tenant"),
    provider: `${urn("pulumi:providers:openstack", "cloud")}::7`,
  };
  expect(importFile([entry])).toEqual({
    nameTable: {
      tenant: urn("a", "tenant"),
      cloud: urn("pulumi:providers:openstack", "cloud"),
    },
    resources: [{ type: "b:c:D", name: "net", id: "1", parent: "tenant", provider: "cloud" }],
  });
});
