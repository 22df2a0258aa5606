import { JujuRack, type Answer } from "./support/jujuRack";

/** Bundles that take offers of other models and make their own. */

const DATABASE = `default-base: ubuntu@22.04
applications:
  mysql:
    charm: mysql-innodb-cluster
    channel: 8.0/stable
    num_units: 1
--- # overlay.yaml
applications:
  mysql:
    offers:
      database:
        endpoints: [db-router]
        acl: {admin: admin, carla: consume}
`;

const CONSUMER = `default-base: ubuntu@22.04
saas:
  db:
    url: mc:admin/os.database
applications:
  router:
    charm: mysql-router
    channel: 8.0/stable
relations:
- [router:db-router, db:db-router]
`;

const wrong = (lines: string): string =>
  `ERROR cannot deploy bundle: the provided bundle has the following errors:\n${lines}\n`;

describe.each(["3.6.25", "4.0.15"])("bundles and offers of Juju %s", (version) => {
  const major = Number(version[0]);
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack(null, version);
    await rack.bootstrap();
    for (const line of ["add-user carla -c mc", "add-model apps -c mc --no-switch"])
      expect(await rack.juju(line)).toMatchObject({ rc: 0 });
  });
  afterAll(() => rack.stop());

  let files = 0;
  const deploy = (model: string, text: string, flags = ""): Promise<Answer> =>
    rack.juju(`deploy -m mc:${model} ${rack.file(`b${files++}.yaml`, text)}${flags}`);
  const relations = async (): Promise<unknown> => {
    interface Status {
      applications: Record<string, { relations: Record<string, unknown> }>;
      "application-endpoints"?: Record<string, unknown>;
    }
    const shown = await rack.json<Status>("status -m mc:apps");
    expect(Object.keys(shown["application-endpoints"] ?? {})).toEqual(["db"]);
    return shown.applications.router!.relations["db-router"];
  };

  test("an application is offered, and others get access to the offer", async () => {
    const first = await deploy("os", DATABASE);
    expect(first).toMatchObject({ rc: 0 });
    expect(first.stdout).toMatch(
      /\n- create offer database using mysql:db-router\n- grant user admin admin access to offer database\n- grant user carla consume access to offer database\n- add new machine 0\n- add unit mysql\/0 to new machine 0\n$/,
    );
    expect(Object.keys(await rack.json("offers -m mc:os"))).toEqual(["database"]);
    expect(await rack.juju("revoke carla consume os.database -c mc")).toMatchObject({ rc: 0 });
    expect(await rack.juju("revoke carla read os.database -c mc")).toMatchObject({ rc: 0 });
    expect(await rack.juju("revoke carla read os.database -c mc")).toMatchObject({ rc: 1 });
  });

  test("the same bundle again offers the same again", async () => {
    const again = await deploy("os", DATABASE);
    expect(again.stdout).toMatch(/\n- update offer database using mysql:db-router\n- grant user/);
    expect(again).toMatchObject({ rc: 0, stderr: "Deploy of bundle completed.\n" });
    const other = await deploy("os", DATABASE.replace("[db-router]", "[db-router, cluster]"));
    if (major === 3) expect(other).toMatchObject({ rc: 0 });
    else
      expect(other.stderr).toBe(
        'ERROR cannot deploy bundle: offer "database" already exists, updating offers is not supported\n',
      );
  });

  test("who is granted what must exist, and so must what is offered", async () => {
    const stranger = await deploy("os", DATABASE.replace("carla", "nobody"));
    expect(stranger.stderr).toContain(
      "ERROR cannot deploy bundle: cannot grant consume access to user nobody on offer os.database: could not grant offer access: ",
    );
    const nosuch = await deploy(
      "os",
      DATABASE.replace("database:", "more:").replace("db-router", "nosuch"),
    );
    expect(nosuch.stderr).toContain(
      'ERROR cannot deploy bundle: getting relation endpoint for relation "nosuch"',
    );
  });

  test("a dry run tells what it would consume, and consumes nothing", async () => {
    const { rc, stdout } = await deploy("apps", CONSUMER, " --dry-run");
    expect(rc).toBe(0);
    expect(stdout).toMatch(
      /^Changes to deploy bundle:\n(- .*\n){2}- consume offer db at mc:admin\/os\.database\n- add relation router:db-router - db:db-router\n$/,
    );
    const nosuch = CONSUMER.replace("os.database", "os.nosuch");
    expect(await deploy("apps", nosuch, " --dry-run")).toMatchObject({
      rc: 0,
      stderr: expect.not.stringContaining("Added") as string,
    });
    expect(await rack.json("status -m mc:apps")).not.toHaveProperty("application-endpoints");
    expect(await rack.json("offers -m mc:os --active-only")).toEqual({});
  });

  test("an offer is consumed under the bundle's name for it, and related", async () => {
    const { rc, stdout, stderr } = await deploy("apps", CONSUMER);
    expect(rc).toBe(0);
    expect(stdout).toMatch(
      /\n- deploy application router .*\n- consume offer db at mc:admin\/os\.database\n- add relation router:db-router - db:db-router\n$/,
    );
    expect(stderr).toContain("Added mc:admin/os.database as db\nDeploy of bundle completed.\n");
    expect(await relations()).toMatchObject([{ "related-application": "db" }]);
  });

  test("deployed again it is consumed again, and related once", async () => {
    expect(await deploy("apps", CONSUMER)).toEqual({
      rc: 0,
      stdout: "Executing changes:\n- consume offer db at mc:admin/os.database\n",
      stderr: "Added mc:admin/os.database as db\nDeploy of bundle completed.\n",
    });
    const loose = CONSUMER.replace("router:db-router, db:db-router", "router, db");
    expect((await deploy("apps", loose)).stdout).toContain("\n- add relation router - db\n");
    expect(await relations()).toHaveLength(1);
  });

  test("an offer that is not there, is written with an endpoint or is another's name", async () => {
    const reason = async (url: string): Promise<string> =>
      (await deploy("apps", CONSUMER.replace("mc:admin/os.database", url))).stderr;
    expect(await reason("admin/os.nosuch")).toContain(
      'ERROR cannot deploy bundle: application offer "admin/os.nosuch" not found\n',
    );
    expect(await reason("mc:admin/os.database:db")).toContain(
      'ERROR cannot deploy bundle: saas offer "mc:admin/os.database:db" shouldn\'t include endpoint\n',
    );
    // To Juju 3 what is before a dashed endpoint is the name of a controller.
    expect(await reason("admin/os.database:db-router")).toContain(
      version.startsWith("3.")
        ? 'invalid offer URL "admin/os.database:db-router" for SAAS db\n'
        : 'saas offer "admin/os.database:db-router" shouldn\'t include endpoint\n',
    );
    expect(await reason("nowhere:admin/os.database")).toContain("controller nowhere not found");
  });

  test("what is wrong with names, URLs, offers and relations is told before anything is done", async () => {
    const bad = CONSUMER.replace("  db:\n", "  router: {}\n  Bad: {url: nonsense}\n  db:\n");
    expect((await deploy("apps", bad)).stderr).toBe(
      wrong(
        'application "router" already exists with SAAS "router" name\n' +
          'invalid SAAS name "Bad" found\n' +
          'invalid offer URL "nonsense" for SAAS Bad\n' +
          'SAAS "router" already exists with application "router" name\n' +
          'ambiguous relation "router" refers to a application and a SAAS in this bundle',
      ),
    );
    const loose = CONSUMER.replace("router:db-router, db:db-router", "a, a]\n- [a]\n- [router, Db");
    expect((await deploy("apps", loose)).stderr).toBe(
      wrong(
        'relation ["a" "a"] refers to application "a" not defined in this bundle\n'.repeat(2) +
          'relation ["a" "a"] relates an application to itself\n' +
          'relation ["a"] has 1 endpoint(s), not 2\n' +
          'invalid relation syntax "Db"',
      ),
    );
    const offers = DATABASE.replace("database:", "Base:").replace("[db-router]", "[Db]");
    expect((await deploy("os", offers)).stderr).toBe(
      wrong(
        'invalid offer name "Base" in application "mysql"\n' +
          'invalid endpoint name "Db" for offer "Base" in application "mysql"',
      ),
    );
  });

  test("offers are for overlays; an overlay takes a SAAS out with its relations", async () => {
    const [base = "", more = ""] = DATABASE.split("--- # overlay.yaml\n");
    const inBase = base + more.replace("applications:\n  mysql:\n", "");
    expect((await deploy("os", inBase)).stderr).toBe(
      "ERROR cannot deploy bundle: applications.mysql.offers can only appear in an overlay section (and 2 more errors)\n",
    );
    const overlay = rack.file("without.yaml", "saas:\n  db:\n");
    const { stderr } = await deploy("apps", CONSUMER, ` --overlay ${overlay} --dry-run`);
    expect(stderr).toBe("No changes to apply.\n");
    const own = rack.file("own.yaml", more);
    expect((await deploy("os", base, ` --overlay ${own} --dry-run`)).stdout).toContain(
      "offer database using mysql:db-router",
    );
  });
});

test("a model that has consumed and offered something is exported and deployed again", async () => {
  const rack = new JujuRack();
  await rack.bootstrap();
  const database = rack.file("database.yaml", DATABASE);
  const consumer = rack.file("consumer.yaml", CONSUMER);
  const lines = [
    "add-user carla -c mc",
    `deploy -m mc:os ${database}`,
    "add-model apps -c mc --no-switch",
    `deploy -m mc:apps ${consumer}`,
    "offer apps.router:shared-db routed -c mc",
    "add-model copy -c mc --no-switch",
  ];
  for (const line of lines) expect(await rack.juju(line)).toMatchObject({ rc: 0 });
  const exported = (await rack.juju("export-bundle -m mc:apps")).stdout;
  const deployed = await rack.juju(`deploy -m mc:copy ${rack.file("again.yaml", exported)}`);
  expect(deployed).toMatchObject({ rc: 0 });
  expect((await rack.juju("export-bundle -m mc:copy")).stdout).toBe(exported);
  rack.stop();
});
