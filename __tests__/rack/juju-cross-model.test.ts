import { JujuRack } from "./support/jujuRack";

/** Two models of a controller: one offers a database, the other's Keystone lives of it. */

interface Unit {
  "workload-status": { current: string; message: string };
}

interface Status {
  applications: Record<
    string,
    { units: Record<string, Unit>; relations?: Record<string, unknown> }
  >;
  "application-endpoints"?: Record<string, Record<string, unknown>>;
  offers?: Record<string, Record<string, unknown>>;
}

interface Info {
  "relation-info": { endpoint: string; "related-units"?: Record<string, unknown> }[];
}

interface Listed {
  connections?: { "relation-id": number; endpoint: string; status: { current: string } }[];
}

describe("relations between models", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    const lines = [
      "switch mc",
      "add-model apps -c mc --no-switch",
      "deploy -m mc:os mysql-innodb-cluster -n 3 --channel 8.0/stable",
      "deploy -m mc:apps mysql-router keystone-db --channel 8.0/stable",
      "deploy -m mc:apps keystone --channel yoga/stable",
      "integrate -m mc:apps keystone:shared-db keystone-db:shared-db",
      "offer os.mysql-innodb-cluster:db-router database -c mc",
    ];
    for (const line of lines) expect(await rack.juju(line)).toMatchObject({ rc: 0 });
    await rack.advance(3600);
  });
  afterAll(() => rack.stop());

  const status = (model: string) => rack.json<Status>(`status -m mc:${model}`);
  const keystone = async (): Promise<string> => {
    const { current, message } = (await status("apps")).applications.keystone!.units["keystone/0"]![
      "workload-status"
    ];
    return `${current} ${message}`;
  };
  const seen = async (model: string, unit: string): Promise<string[]> => {
    const shown = await rack.json<Record<string, Info>>(`show-unit -m mc:${model} ${unit}`);
    const one = shown[unit]!["relation-info"].find((each) => each.endpoint === "db-router")!;
    return Object.keys(one["related-units"] ?? {});
  };
  const listed = async (): Promise<Listed> =>
    (await rack.json<Record<string, Listed>>("offers -m mc:os")).database!;
  const id = async (): Promise<number> => (await listed()).connections![0]!["relation-id"];

  test("an offer is found by interface and by model, and has no connections yet", async () => {
    const found = await rack.json<Record<string, unknown>>(
      "find-offers mc: --interface mysql-router",
    );
    expect(Object.keys(found)).toEqual(["mc:admin/os.database"]);
    expect(await rack.juju("find-offers mc:admin/os --interface http")).toMatchObject({
      rc: 1,
      stderr: "ERROR no matching application offers found\n",
    });
    expect((await status("os")).offers!.database).not.toHaveProperty("total-connected-count");
    expect((await rack.juju("offers -m mc:os")).stdout).toMatch(/\ndatabase {2}- /);
    expect(await rack.json("offers -m mc:os --active-only")).toEqual({});
  });

  test("to integrate with an offer consumes it; the units meet and the other side's charm settles", async () => {
    expect(await keystone()).not.toMatch(/^active/);
    const related = await rack.juju("integrate -m mc:apps keystone-db:db-router admin/os.database");
    expect(related).toEqual({ rc: 0, stdout: "", stderr: "" });
    await rack.advance(3600);
    expect(await keystone()).toMatch(/^active/);
    const { applications, "application-endpoints": remotes } = await status("apps");
    expect(applications["keystone-db"]!.relations!["db-router"]).toEqual([
      { "related-application": "database", interface: "mysql-router", scope: "global" },
    ]);
    expect(remotes!.database).toMatchObject({
      url: "mc:admin/os.database",
      endpoints: { "db-router": { interface: "mysql-router", role: "provider" } },
      "application-status": { current: "active" },
      relations: { "db-router": ["keystone-db"] },
    });
  });

  test("the model that offers counts the connection and does not show the consumer", async () => {
    const { applications, offers } = await status("os");
    expect(offers!.database).toMatchObject({
      "total-connected-count": 1,
      "active-connected-count": 1,
    });
    expect(applications["mysql-innodb-cluster"]!.relations).not.toHaveProperty("db-router");
    expect((await listed()).connections).toMatchObject([
      {
        username: "admin",
        endpoint: "db-router",
        status: { current: "joined" },
        "ingress-subnets": [expect.stringMatching(/^172\.16\.\S+\/32$/)],
      },
    ]);
    expect((await rack.juju("offers -m mc:os")).stdout).toContain(`database  admin  ${await id()}`);
    expect((await rack.juju("status -m mc:os")).stdout).toMatch(
      /\nOffer +Application +Charm +Rev +Connected +Endpoint +Interface +Role\ndatabase +mysql-innodb-cluster +mysql-innodb-cluster +\d+ +1\/1 +db-router +mysql-router +provider\n/,
    );
    expect((await rack.juju("status -m mc:apps --relations")).stdout).toMatch(
      /\nSAAS +Status +Store +URL\ndatabase +active +mc +admin\/os\.database\n[^]*\nIntegration provider[^]*\ndatabase:db-router +keystone-db:db-router +mysql-router +regular/,
    );
  });

  test("units see each other under the names of their own side", async () => {
    expect(await seen("apps", "keystone-db/0")).toEqual(["database/0", "database/1", "database/2"]);
    expect(await seen("os", "mysql-innodb-cluster/0")).toEqual([
      expect.stringMatching(/^remote-[0-9a-f]{32}\/0$/),
    ]);
  });

  test("what is connected is not removed without force", async () => {
    expect(await rack.juju("remove-offer mc:admin/os.database -y")).toEqual({
      rc: 1,
      stdout: "",
      stderr: 'ERROR cannot delete application offer "database": offer has 1 relation\n',
    });
    const removed = await rack.juju("remove-application -m mc:os mysql-innodb-cluster --no-prompt");
    expect(removed).toMatchObject({
      rc: 1,
      stderr:
        'ERROR removing application mysql-innodb-cluster failed: cannot destroy application "mysql-innodb-cluster": application is used by 1 offer\n',
    });
    expect(
      (await rack.juju("integrate -m mc:apps keystone-db admin/os.database")).stderr,
    ).toContain("already exists");
  });

  test("who offers can suspend a relation and let it go on", async () => {
    const own = await rack.juju(`suspend-relation -m mc:apps ${consumerId()}`);
    expect(own.stderr).toBe(
      'ERROR cannot set suspend status for "keystone-db:db-router database:db-router" which is not associated with an offer\n',
    );
    expect((await rack.juju("suspend-relation -m mc:os 99")).stderr).toBe(
      "ERROR relation 99 not found\n",
    );
    const suspend = await rack.juju([
      ...["suspend-relation", "-m", "mc:os", String(await id()), "--message", "being mended"],
    ]);
    expect(suspend).toEqual({ rc: 0, stdout: "", stderr: "" });
    expect((await listed()).connections![0]!.status.current).toBe("suspending");
    await rack.advance(600);
    expect((await listed()).connections![0]!.status).toMatchObject({
      current: "suspended",
      message: "being mended",
    });
    expect((await status("os")).offers!.database).not.toHaveProperty("active-connected-count");
    expect((await rack.juju("status -m mc:apps --relations")).stdout).toMatch(
      /database:db-router .* suspended {2}being mended\n/,
    );
    expect(await router()).not.toMatch(/^active/);
    expect(await seen("apps", "keystone-db/0")).toEqual([]);
    expect((await rack.juju(`resume-relation -m mc:os ${await id()}`)).rc).toBe(0);
    await rack.advance(600);
    expect((await listed()).connections![0]!.status.current).toBe("joined");
    expect(await router()).toMatch(/^active/);
  });

  const router = async (): Promise<string> => {
    interface Principal {
      subordinates: Record<string, Unit>;
    }
    const { units } = (await status("apps")).applications.keystone!;
    const { subordinates } = units["keystone/0"] as unknown as Principal;
    return subordinates["keystone-db/0"]!["workload-status"].current;
  };
  const consumerId = (): number =>
    rack.change(({ juju }) => {
      const model = juju.controllers[0]!.models.find((each) => each.name === "apps")!;
      return model.relations.find((each) => each.far !== undefined)!.id;
    });

  test("by force the offer goes with its relations; the consumer keeps a record that says so", async () => {
    const aborted = await rack.juju("remove-offer mc:admin/os.database --force");
    expect(aborted).toMatchObject({ rc: 1 });
    expect(aborted.stderr).toMatch(/Continue \[y\/N\]\? ERROR offer removal: aborted\n$/);
    expect((await rack.juju("remove-offer mc:admin/os.database --force -y")).rc).toBe(0);
    await rack.advance(300);
    const { "application-endpoints": remotes } = await status("apps");
    expect(remotes!.database).toMatchObject({
      "application-status": { current: "terminated", message: "offer has been removed" },
    });
    expect(remotes!.database).not.toHaveProperty("relations");
    expect(await router()).not.toMatch(/^active/);
    expect((await rack.juju("integrate -m mc:apps keystone-db database")).stderr).toContain(
      "run\n'juju remove-saas database' to remove the SAAS record",
    );
  });

  test("remove-saas ends the relations, takes a moment and knows what is not there", async () => {
    const lines = [
      "offer os.mysql-innodb-cluster:db-router database -c mc",
      "consume -m mc:apps mc:admin/os.database",
      "integrate -m mc:apps keystone-db database:db-router",
    ];
    for (const line of lines) expect(await rack.juju(line)).toMatchObject({ rc: 0 });
    await rack.advance(900);
    expect(await router()).toMatch(/^active/);
    expect(await rack.juju("remove-saas -m mc:apps database nosuch")).toEqual({
      rc: 1,
      stdout: "",
      stderr: 'removing SAAS application nosuch failed: saas application "nosuch" not found\n',
    });
    expect((await status("apps"))["application-endpoints"]!.database).toMatchObject({
      life: "dying",
    });
    await rack.advance(300);
    expect(await status("apps")).not.toHaveProperty("application-endpoints");
    expect(await router()).not.toMatch(/^active/);
    expect(await rack.juju("remove-offer mc:admin/os.database -y")).toMatchObject({ rc: 0 });
  });

  test("a model that goes takes its side of the relations along", async () => {
    const lines = [
      "offer os.mysql-innodb-cluster:db-router database -c mc",
      "integrate -m mc:apps keystone-db mc:admin/os.database",
      "deploy -m mc:os mysql-router lonely --channel 8.0/stable",
      "offer os.lonely:certificates -c mc",
      "consume -m mc:apps mc:admin/os.lonely",
      "destroy-model mc:os --no-prompt",
    ];
    for (const line of lines) expect(await rack.juju(line)).toMatchObject({ rc: 0 });
    const { "application-endpoints": remotes } = await status("apps");
    for (const name of ["database", "lonely"])
      expect(remotes![name]).toMatchObject({ "application-status": { current: "terminated" } });
    expect(await rack.juju("destroy-model mc:apps --no-prompt")).toMatchObject({ rc: 0 });
  });
});
