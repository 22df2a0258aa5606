import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pendingCreates } from "../../config/interrupted";

describe("what a killed run left undecided", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "private-cloud-state-")), "state");
    mkdirSync(join(folder, ".pulumi/stacks/private-cloud"), { recursive: true });
  });
  afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }));
  const state = (pending: { type: string; resource: { urn: string } }[]) =>
    writeFileSync(
      join(folder, ".pulumi/stacks/private-cloud/dev.json"),
      JSON.stringify({ version: 3, checkpoint: { latest: { pending_operations: pending } } }),
    );
  const look = (backend = `file://${folder}`) => pendingCreates(backend, "private-cloud", "dev");

  test("creates are named, updates and deletes are not: the engine does those again without harm", () => {
    state([
      { type: "creating", resource: { urn: "urn:pulumi:dev::private-cloud::a:b:C::app-lb1" } },
      { type: "updating", resource: { urn: "urn:pulumi:dev::private-cloud::a:b:C::app-lb2" } },
    ]);
    expect(look()).toEqual(["app-lb1"]);
  });

  test("what a killed run had found and not yet taken into the state is named too", () => {
    state([]);
    const run = join(folder, "..", "run");
    mkdirSync(run);
    writeFileSync(
      join(run, "settling.json"),
      JSON.stringify([
        { urn: "urn:pulumi:dev::private-cloud::a:b:C::app-port", id: "1" },
        { urn: "urn:pulumi:other::private-cloud::a:b:C::app-net", id: "2" },
      ]),
    );
    expect(look()).toEqual(["app-port"]);
  });

  test("after a power cut, a list that is cut short counts as something undecided; of a state the engine speaks itself", () => {
    const run = join(folder, "..", "run");
    mkdirSync(run);
    writeFileSync(join(folder, ".pulumi/stacks/private-cloud/dev.json"), "");
    expect(look()).toEqual([]);
    writeFileSync(join(run, "settling.json"), "");
    expect(look()).toEqual([expect.stringMatching(/settling\.json, which is cut short/)]);
  });

  test("a stack that was not killed, that does not exist or lives elsewhere has none", () => {
    expect(look()).toEqual([]);
    state([]);
    expect(look()).toEqual([]);
    expect(look("s3://bucket")).toEqual([]);
    expect(pendingCreates(undefined, "private-cloud", "dev")).toEqual([]);
  });
});
