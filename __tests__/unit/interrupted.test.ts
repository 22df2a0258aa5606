import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pendingCreates } from "../../config/interrupted";

describe("what a killed run left undecided", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "private-cloud-state-"));
    mkdirSync(join(folder, ".pulumi/stacks/private-cloud"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
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

  test("a stack that was not killed, that does not exist or lives elsewhere has none", () => {
    expect(look()).toEqual([]);
    state([]);
    expect(look()).toEqual([]);
    expect(look("s3://bucket")).toEqual([]);
    expect(pendingCreates(undefined, "private-cloud", "dev")).toEqual([]);
  });
});
