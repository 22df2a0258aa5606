import { JujuRack } from "./support/jujuRack";
import type { Instance, Shown } from "./support/storageShown";

/** Storage on MAAS: it is bound to the machine that it was made on. */

const CHARM = "nova-compute.charm";

const said = (stderr: string) => ({ rc: 1, stdout: "", stderr });
const fine = (stderr: string) => ({ rc: 0, stdout: "", stderr });

describe("storage on MAAS", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    const charm = rack.file(CHARM, "");
    const lines = [
      `deploy -m mc:os ${charm} nc --storage instances=rootfs,1G`,
      `deploy -m mc:os ceph-osd --storage osd-devices=loop,2G,2`,
    ];
    for (const line of lines) expect((await rack.juju(line)).rc).toBe(0);
  });
  afterAll(() => rack.stop());

  const storage = async (): Promise<Shown> => {
    const { stdout } = await rack.juju("storage -m mc:os --format json");
    return stdout === "" ? {} : (JSON.parse(stdout) as Shown);
  };
  const juju = (line: string, stdin = "") => rack.juju(`${line} -m mc:os`, stdin);

  test("storage waits for its machine, then it is attached", async () => {
    const before = await storage();
    expect(before.storage!["instances/0"]).toEqual({
      kind: "filesystem",
      life: "alive",
      status: { current: "pending", since: expect.any(String) as string },
      persistent: false,
      attachments: { units: { "nc/0": { machine: "0", life: "alive" } } },
    });
    expect(before.filesystems!["0/0"]).toMatchObject({ storage: "instances/0", size: 0 });
    expect(before.filesystems!["0/0"]).not.toHaveProperty("pool");
    await rack.advance(3000);
    const after = await storage();
    expect(after.storage!["instances/0"]!.status.current).toBe("attached");
    expect(after.storage!["instances/0"]!.attachments!.units["nc/0"]!.location).toBe(
      "/srv/instances",
    );
    // What rootfs gives is as large as the machine's own disk.
    expect(after.filesystems!["0/0"]).toMatchObject({
      "provider-id": "0/0",
      pool: "rootfs",
      size: Math.floor(120e9 / 1024 ** 2),
    });
    expect(Object.keys(after.volumes!)).toEqual(["1/0", "1/1"]);
    expect(after.volumes!["1/1"]).toMatchObject({ "provider-id": "volume-1-1", size: 2048 });
  });

  test("the table, status --storage and show-storage say the same", async () => {
    expect((await juju("storage")).stdout).toBe(
      [
        "Unit        Storage ID     Type        Pool    Size     Status    Message",
        "ceph-osd/0  osd-devices/1  block       loop    2.0 GiB  attached  ",
        "ceph-osd/0  osd-devices/2  block       loop    2.0 GiB  attached  ",
        "nc/0        instances/0    filesystem  rootfs  112 GiB  attached  ",
        "",
      ].join("\n"),
    );
    expect((await juju("status --storage")).stdout).toContain(
      "nc/0          instances/0    filesystem  rootfs  /srv/instances  112 GiB  attached",
    );
    const shown = await rack.json<Record<string, Instance>>("show-storage instances/0 -m mc:os");
    expect(shown["instances/0"]).toEqual((await storage()).storage!["instances/0"]);
    expect(await juju("show-storage instances/9 data/7")).toEqual({
      rc: 1,
      stdout: "{}\n",
      stderr:
        'ERROR storage instance "instances/9" not found\nstorage instance "data/7" not found\n',
    });
    expect((await juju("show-storage nonsense")).stderr).toBe(
      "ERROR invalid storage ID nonsense\n",
    );
  });

  test("add-storage is refused where charm, pool or number do not allow it", async () => {
    const add = async (directive: string, unit = "nc/0") =>
      (await juju(`add-storage ${unit} ${directive}`)).stderr;
    const failed = (name: string, reason: string, unit = "nc/0") =>
      `failed to add storage "${name}" to ${unit}: ${reason}\n`;
    expect(await add("instances=1G")).toBe(
      failed(
        "instances",
        "attaching 1 storage instance brings the total to 2, exceeding the maximum of 1",
      ),
    );
    expect(await add("nosuch=1G")).toBe(failed("nosuch", 'charm storage "nosuch" not found'));
    expect(await add("ephemeral-device=rootfs,1G")).toBe(
      failed("ephemeral-device", '"rootfs" provider does not support "block" storage'),
    );
    expect(await add("ephemeral-device=maas,1G")).toBe(
      failed("ephemeral-device", '"maas" storage provider does not support dynamic storage'),
    );
    expect(await add("ephemeral-device=ebs,1G")).toBe(
      failed("ephemeral-device", 'pool "ebs" not found'),
    );
    expect(await add("instances=1G", "nc/9")).toBe(
      failed("instances", 'unit "nc/9" not found', "nc/9"),
    );
  });

  test("what is attached is not removed without force, and not given to another unit", async () => {
    expect(await juju("remove-storage instances/0 data/9")).toEqual(
      said(
        'failed to remove instances/0: cannot destroy storage "instances/0": storage is attached\n' +
          'failed to remove data/9: cannot destroy storage "data/9": storage instance "data/9" not found\n' +
          '\nUse the --force option to remove attached storage, or use\n"juju detach-storage" to explicitly detach the storage\nbefore removing.\n',
      ),
    );
    expect(await juju("remove-storage instances/0 --no-destroy --force")).toEqual(
      said(
        'failed to remove instances/0: cannot release storage "instances/0": storage provider "rootfs" does not support releasing storage\n',
      ),
    );
    expect((await juju("attach-storage ceph-osd/0 instances/0")).stderr).toBe(
      "failed to attach instances/0 to ceph-osd/0: cannot attach storage instances/0 to unit ceph-osd/0: " +
        "cannot attach storage owned by unit nc/0 to unit ceph-osd/0\n",
    );
    expect((await juju("detach-storage nonsense")).stderr).toBe(
      'ERROR storage ID "nonsense" not valid\n',
    );
    expect((await juju("attach-storage nc instances/0")).stderr).toBe(
      'ERROR could not attach storage [instances/0]: unit ID "nc" not valid\n',
    );
  });

  test("detaching takes a hook of the unit; what is bound stays on its machine", async () => {
    expect(await juju("detach-storage instances/0")).toEqual(fine("detaching instances/0\n"));
    expect((await storage()).storage!["instances/0"]!.attachments!.units["nc/0"]!.life).toBe(
      "dying",
    );
    await rack.advance(120);
    const { storage: left, filesystems } = await storage();
    expect(left!["instances/0"]).not.toHaveProperty("attachments");
    expect(Object.keys(filesystems!["0/0"]!.attachments!.machines!)).toEqual(["0"]);
    expect((await juju("storage")).stdout).toContain("\n            instances/0    filesystem");
  });

  test("bound storage is attached again only to a unit of its machine", async () => {
    expect((await juju(`deploy ${rack.file(CHARM, "")} other --to 1`)).rc).toBe(0);
    expect((await juju("attach-storage other/0 instances/0")).stderr).toContain(
      "cannot attach storage instances/0 to unit other/0: storage is non-detachable (bound to machine 0)",
    );
    expect((await juju("attach-storage ceph-osd/0 instances/0")).stderr).toContain(
      "charm ceph-osd has no storage called instances",
    );
    expect(await juju("attach-storage nc/0 instances/0")).toEqual(
      fine("attaching instances/0 to nc/0\n"),
    );
    const { storage: again } = await storage();
    expect(again!["instances/0"]!.attachments!.units["nc/0"]!.life).toBe("alive");
    expect(await juju("attach-storage nc/0 instances/0")).toMatchObject({ rc: 0 });
  });

  test("by force it is taken from its unit, then it is gone", async () => {
    expect(await juju("remove-storage osd-devices/1 --force")).toEqual(
      fine("removing osd-devices/1\n"),
    );
    expect((await storage()).storage!["osd-devices/1"]!.life).toBe("dying");
    expect((await juju("attach-storage ceph-osd/0 osd-devices/1")).stderr).toContain(
      "storage not alive",
    );
    await rack.advance(120);
    const left = await storage();
    expect(Object.keys(left.storage!)).toEqual(["instances/0", "osd-devices/2"]);
    expect(Object.keys(left.volumes!)).toEqual(["1/1"]);
  });

  test("a unit's removal tells what becomes of its storage; bound storage goes with its machine", async () => {
    expect(await juju("remove-unit nc/0 --dry-run")).toEqual({
      rc: 0,
      stdout: "will remove unit nc/0\n- will remove storage instances/0\n",
      stderr: "WARNING This command will perform the following actions:\n",
    });
    expect((await juju("remove-unit ceph-osd/0 --no-prompt --destroy-storage")).stdout).toBe(
      "will remove unit ceph-osd/0\n- will remove storage osd-devices/2\n",
    );
    expect((await juju("remove-application nc --no-prompt")).stdout).toBe(
      "will remove application nc\n- will remove unit nc/0\n- will remove storage instances/0\n",
    );
    await rack.advance(600);
    expect(await storage()).toEqual({});
    expect((await juju("storage")).stderr).toBe("No storage to display.\n");
  });

  test("nothing there can be imported", async () => {
    const take = (pool: string) => juju(`import-filesystem ${pool} juju:x data`);
    expect((await take("rootfs")).stderr).toBe(
      'importing "juju:x" from storage pool "rootfs" as storage "data"\nERROR storage directory not specified\n',
    );
    expect((await take("maas")).stderr).toContain("ERROR volumes not supported\n");
    expect((await take("ebs")).stderr).toContain('ERROR storage provider "ebs" not found\n');
  });
});
