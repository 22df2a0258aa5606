import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { JujuRack } from "./support/jujuRack";

/** `juju export-bundle`: the bundle that would make a model again. */

const bundle = JSON.stringify({
  "default-base": "ubuntu@22.04",
  machines: {
    "0": { constraints: "arch=amd64 tags=compute mem=8G" },
    "1": { constraints: "arch=amd64 tags=compute" },
  },
  applications: {
    vault: {
      charm: "vault",
      channel: "1.8/stable",
      revision: 336,
      num_units: 2,
      to: ["lxd:0", "lxd:1"],
      constraints: "arch=amd64",
      options: { "auto-generate-root-ca-cert": true },
      expose: true,
    },
    "mysql-innodb-cluster": {
      charm: "mysql-innodb-cluster",
      channel: "8.0/stable",
      num_units: 1,
      to: ["0"],
      constraints: "arch=amd64 cores=2",
    },
    "vault-mysql-router": { charm: "mysql-router", channel: "8.0/stable" },
  },
  relations: [
    ["vault:shared-db", "vault-mysql-router:shared-db"],
    ["vault-mysql-router:db-router", "mysql-innodb-cluster:db-router"],
  ],
});

const EXPORTED = `default-base: ubuntu@22.04/stable
applications:
  mysql-innodb-cluster:
    charm: mysql-innodb-cluster
    channel: 8.0/stable
    revision: REVISION
    num_units: 1
    to:
    - "0"
    constraints: arch=amd64 cpu-cores=2
  vault:
    charm: vault
    channel: 1.8/stable
    revision: 336
    resources:
      core: 0
      vault: 0
    num_units: 2
    to:
    - lxd:0
    - lxd:1
    expose: true
    options:
      auto-generate-root-ca-cert: true
    constraints: arch=amd64
  vault-mysql-router:
    charm: mysql-router
    channel: 8.0/stable
    revision: REVISION
machines:
  "0":
    constraints: arch=amd64 mem=8192 tags=compute
  "1":
    constraints: arch=amd64 tags=compute
relations:
- - vault:shared-db
  - vault-mysql-router:shared-db
- - vault-mysql-router:db-router
  - mysql-innodb-cluster:db-router
`;

describe("export-bundle", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    expect((await rack.juju("export-bundle -m mc:os")).stderr).toBe(
      "ERROR nothing to export as there are no applications\n",
    );
    const { rc, stderr } = await rack.juju(`deploy -m mc:os ${rack.file("b.yaml", bundle)}`);
    if (rc !== 0) throw new Error(stderr);
    await rack.advance(3600);
  });
  afterAll(() => rack.stop());

  const exported = async (flags = ""): Promise<string> => {
    const { rc, stdout } = await rack.juju(`export-bundle -m mc:os${flags}`);
    expect(rc).toBe(0);
    return stdout;
  };

  test("has applications, placements, machines and relations as the model has them", async () => {
    const text = await exported();
    expect(text.replace(/revision: (?!336)\d+/g, "revision: REVISION")).toBe(EXPORTED);
  });

  test("deployed on the model that it came from it changes nothing", async () => {
    const file = rack.file("again.yaml", (await exported()).replace("    expose: true\n", ""));
    const line = `deploy -m mc:os ${file} --dry-run --map-machines=existing`;
    expect(await rack.juju(line)).toEqual({
      rc: 0,
      stdout: "",
      stderr: "No changes to apply.\n",
    });
  });

  test("has the revisions of the store's files, but not of those that were attached", async () => {
    rack.file("core.snap", "x");
    const own = JSON.stringify({
      applications: {
        second: { charm: "vault", channel: "1.8/stable", revision: 336, resources: { vault: 3 } },
      },
    });
    expect(await rack.juju(`deploy -m mc:os ${rack.file("own.yaml", own)}`)).toMatchObject({
      rc: 0,
      stderr: expect.stringContaining("  added resource core\n  added resource vault\n") as string,
    });
    expect(await exported()).toContain("    resources:\n      core: 0\n      vault: 3\n");
    expect(await rack.juju("attach-resource -m mc:os second core=core.snap")).toMatchObject({
      rc: 0,
    });
    expect(await exported()).toContain("    resources:\n      vault: 3\n");
    interface Listed {
      resources: { name: string; revision: string; origin: string }[];
    }
    const { resources } = await rack.json<Listed>("resources -m mc:os second");
    expect(resources).toMatchObject([
      { name: "core", origin: "upload" },
      { name: "vault", origin: "store", revision: "3" },
    ]);
    expect(await rack.juju("remove-application -m mc:os second --no-prompt")).toMatchObject({
      rc: 0,
    });
    await rack.advance(60);
  });

  test("goes into a file for its owner's eyes, which must have a folder", async () => {
    expect(await rack.juju("export-bundle -m mc:os --filename out.yaml")).toEqual({
      rc: 0,
      stdout: "Bundle successfully exported to out.yaml\n",
      stderr: "",
    });
    const path = join(rack.home, "out.yaml");
    expect(readFileSync(path, "utf8")).toBe(await exported());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await rack.juju("export-bundle -m mc:os --filename nosuch/out.yaml")).toMatchObject({
      rc: 1,
      stderr: "ERROR while creating local file: open nosuch/out.yaml: no such file or directory\n",
    });
  });

  test("with charm defaults and series, if asked for", async () => {
    const plain = await exported();
    const defaults = await exported(" --include-charm-defaults");
    expect(plain).not.toContain("disable-mlock");
    expect(defaults).toContain("\n      disable-mlock: false\n");
    expect(defaults).toContain("\n      auto-generate-root-ca-cert: true\n");
    expect(await exported(" --include-series")).toMatch(
      /^default-base: ubuntu@22\.04\/stable\nseries: jammy\n/,
    );
  });

  test("offers are an overlay; what is consumed is listed; storage and other bases are told", async () => {
    const lines = [
      "add-model other -c mc --no-switch",
      "deploy -m mc:other ceph-osd --base ubuntu@20.04 --storage osd-devices=loop,2G,2",
      "deploy -m mc:other mysql-router router --base ubuntu@22.04",
      "offer os.mysql-innodb-cluster:db-router database -c mc",
      "integrate -m mc:other router admin/os.database",
    ];
    for (const line of lines) expect(await rack.juju(line)).toMatchObject({ rc: 0 });
    expect(await exported()).toMatch(
      /\n--- # overlay\.yaml\napplications:\n {2}mysql-innodb-cluster:\n {4}offers:\n {6}database:\n {8}endpoints:\n {8}- db-router\n {8}acl:\n {10}admin: admin\n$/,
    );
    expect(await exported()).not.toContain("remote-");
    const { stdout } = await rack.juju("export-bundle -m mc:other");
    expect(stdout).toContain("saas:\n  database:\n    url: mc:admin/os.database\n");
    expect(stdout).toContain("- - router:db-router\n  - database:db-router\n");
    expect(stdout).toContain("    base: ubuntu@20.04/stable\n    num_units: 1\n");
    expect(stdout).toContain(
      "    storage:\n      bluestore-db: loop,1024M\n      bluestore-wal: loop,1024M\n      osd-devices: loop,2,2048M\n      osd-journals: loop,1024M\n",
    );
    expect(stdout).toMatch(
      /machines:\n {2}"0":\n {4}constraints: \S+\n {4}base: ubuntu@20.04\/stable\n|machines:\n {2}"0":\n {4}base: ubuntu@20.04\/stable\n/,
    );
  });
});

test("Juju 4 refuses to export", async () => {
  const rack = new JujuRack(null, "4.0.15");
  await rack.bootstrap();
  const { rc, stderr } = await rack.juju("export-bundle -m mc:os");
  rack.stop();
  expect(rc).toBe(1);
  expect(stderr).toContain("Juju 4.0 doesn't support exporting bundles (not implemented)");
});
