import { JujuRack } from "./support/jujuRack";
import type { Shown } from "./support/storageShown";

/** Storage on LXD moves between units, outlives machines and models, and has to be decided about. */

const CHARM = "nova-compute.charm";

const fine = (stderr: string) => ({ rc: 0, stdout: "", stderr });

describe("storage on LXD", () => {
  let rack: JujuRack;
  const model = async (name: string, ...lines: string[]): Promise<void> => {
    const charm = rack.file(CHARM, "");
    const all = [
      `add-model ${name} -c lc --no-switch`,
      `deploy -m lc:${name} ${charm} nc --storage instances=lxd,1G`,
      ...lines,
    ];
    for (const line of all) expect(await rack.juju(line)).toMatchObject({ rc: 0 });
    await rack.advance(300);
  };
  beforeAll(async () => {
    rack = new JujuRack();
    const key = "credentials: {localhost: {localhost: {auth-type: certificate}}}";
    await rack.juju(`add-credential localhost -f ${rack.file("key.yaml", key)} --client`);
    const { rc, stderr } = await rack.juju("bootstrap localhost lc --no-switch");
    if (rc !== 0) throw new Error(stderr);
    await model("one");
  });
  afterAll(() => rack.stop());

  const storage = async (name: string): Promise<Shown> => {
    const { stdout } = await rack.juju(`storage -m lc:${name} --format json`);
    return stdout === "" ? {} : (JSON.parse(stdout) as Shown);
  };

  test("a model with such storage is destroyed only if somebody says what becomes of it", async () => {
    const { rc, stdout, stderr } = await rack.juju("destroy-model lc:one --no-prompt");
    expect({ rc, stdout }).toEqual({ rc: 1, stdout: "" });
    expect(stderr).toBe(
      'ERROR cannot destroy model "one"\n\nThe model has persistent storage remaining:\n    1 filesystem(s)\n\n' +
        'To destroy the storage, run the destroy-model\ncommand again with the "--destroy-storage" option.\n\n' +
        'To release the storage from Juju\'s management\nwithout destroying it, use the "--release-storage"\n' +
        "option instead. The storage can then be imported\ninto another Juju model.\n\n\n",
    );
    const controller = await rack.juju("destroy-controller lc --no-prompt --destroy-all-models");
    expect(controller.rc).toBe(1);
    expect(controller.stderr).toContain(
      "The controller has persistent storage remaining:\n\t1 filesystem in 1 model\n",
    );
  });

  test("a removed unit leaves it; another unit gets it, with what is on it", async () => {
    expect((await rack.juju("remove-unit -m lc:one nc/0 --no-prompt")).stdout).toBe(
      "will remove unit nc/0\n- will detach storage instances/0\n",
    );
    await rack.advance(120);
    const left = await storage("one");
    expect(left.storage!["instances/0"]!.status.current).toBe("detached");
    expect(left.filesystems!["0"]).not.toHaveProperty("attachments");
    const provider = left.filesystems!["0"]!["provider-id"];
    expect(provider).toMatch(/^juju:juju-\w{6}-filesystem-0$/);
    const added = await rack.juju("add-unit -m lc:one nc --attach-storage instances/0");
    expect(added.rc).toBe(0);
    await rack.advance(120);
    const after = await storage("one");
    expect(Object.keys(after.storage!["instances/0"]!.attachments!.units)).toEqual(["nc/1"]);
    expect(after.filesystems!["0"]!["provider-id"]).toBe(provider);
  });

  test("released, it can be imported into another model; only once", async () => {
    const provider = (await storage("one")).filesystems!["0"]!["provider-id"] ?? "";
    const destroyed = await rack.juju("destroy-model lc:one --no-prompt --release-storage");
    expect(destroyed.rc).toBe(0);
    expect(destroyed.stderr).toContain(", 1 filesystems(s)...");
    await model("two");
    const take = () => rack.juju(`import-filesystem -m lc:two lxd ${provider} instances`);
    expect(await take()).toEqual(
      fine(
        `importing "${provider}" from storage pool "lxd" as storage "instances"\nimported storage instances/1\n`,
      ),
    );
    expect((await storage("two")).filesystems!["1"]).toMatchObject({
      "provider-id": provider,
      size: 1024,
      status: { current: "detached" },
    });
    expect((await take()).rc).toBe(1);
  });

  test("destroyed with its model it is nowhere", async () => {
    const provider = (await storage("two")).filesystems!["1"]!["provider-id"] ?? "";
    const { rc } = await rack.juju("destroy-model lc:two --no-prompt --destroy-storage");
    expect(rc).toBe(0);
    expect(rack.change((state) => state.juju.controllers[0]!.released ?? [])).toEqual([]);
    await model("three");
    expect((await rack.juju(`import-filesystem -m lc:three lxd ${provider} instances`)).rc).toBe(1);
  });

  test("remove-storage --no-destroy gives it up, too", async () => {
    await rack.juju("detach-storage -m lc:three instances/0");
    await rack.advance(60);
    expect(await rack.juju("remove-storage -m lc:three instances/0 --no-destroy")).toEqual(
      fine("removing instances/0\n"),
    );
    await rack.advance(60);
    expect(await storage("three")).toEqual({});
    expect(rack.change((state) => state.juju.controllers[0]!.released)).toEqual([
      { provider: expect.stringContaining("filesystem-0") as string, size: 1024 },
    ]);
  });
});
