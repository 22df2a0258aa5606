import { readFileSync, writeFileSync } from "node:fs";
import { JujuRack, type Answer } from "./support/jujuRack";

/** `grant-cloud` and `revoke-cloud`: who may make models on a cloud of the controller. */

describe.each(["3.6.25", "4.0.15"])("access to clouds of Juju %s", (version) => {
  const is3 = version.startsWith("3");
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack(null, version);
    await rack.bootstrap();
    const added = await rack.juju("add-user carla -c mc");
    const token = /register (\S+)\n/.exec(added.stdout)?.[1] ?? "";
    expect(await carla(`register ${token}`, "secret7\nsecret7\nmc\n")).toMatchObject({ rc: 0 });
  });
  afterAll(() => rack.stop());

  /** She has a client of her own. */
  const carla = async (line: string, stdin = ""): Promise<Answer> => {
    const own = rack.env.JUJU_DATA;
    rack.env.JUJU_DATA = `${rack.home}/carla`;
    try {
      return await rack.juju(line, stdin);
    } finally {
      rack.env.JUJU_DATA = own;
    }
  };
  const users = async (): Promise<unknown> => {
    const [shown] = await rack.json<{ users: unknown }[]>("show-cloud maas-one -c mc");
    const clouds = await rack.json<Record<string, { users: unknown }>>("clouds -c mc");
    expect(clouds["maas-one"]!.users).toEqual(shown!.users);
    return shown!.users;
  };
  const said = async (line: string): Promise<string> => {
    const { stdout, stderr } = await rack.juju(line);
    expect(stdout).toBe("");
    return stderr;
  };
  const admin = { "display-name": "admin", access: "admin" };

  test("who has no access sees no cloud and makes no model", async () => {
    expect(await users()).toEqual({ admin });
    expect((await carla("clouds -c mc --format json")).stdout).toBe("{}\n");
    expect(await carla("add-model mine -c mc")).toMatchObject({
      rc: 1,
      stderr: "ERROR permission denied (unauthorized access)\n",
    });
  });

  test("add-model is granted, raised, and granted once", async () => {
    expect(await said("grant-cloud carla add-model maas-one -c mc")).toBe("");
    expect(await users()).toEqual({
      admin,
      carla: { access: "add-model" },
    });
    expect(await said("grant-cloud carla addmodel maas-one -c mc")).toBe(
      is3
        ? 'ERROR could not grant cloud access: user already has "add-model" access or greater\n'
        : 'ERROR user "carla" already has "add-model" access or greater\n',
    );
    const seen = JSON.parse((await carla("clouds -c mc --format json")).stdout) as object;
    expect(seen).toMatchObject({ "maas-one": { type: "maas", users: { carla: {} } } });
    const file = rack.file("stack.yaml", "clouds: {stack: {type: maas, endpoint: http://a}}");
    const denied = "permission denied (unauthorized access)\n";
    expect((await carla(`add-cloud stack ${file} -c mc`)).stderr).toBe(
      `Could not upload cloud to a controller: ${denied}`,
    );
    expect((await carla(`update-cloud stack -f ${file} -c mc`)).stderr).toBe(denied);
    expect((await carla("remove-cloud stack -c mc")).stderr).toBe("ERROR permission denied\n");
    expect(await carla("add-model mine -c mc")).toMatchObject({ rc: 0 });
    expect(await carla("deploy -m mc:mine mysql-router --channel 8.0/stable")).toMatchObject({
      rc: 0,
    });
    expect(await carla("status -m mc:admin/os")).toMatchObject({ rc: 1 });
    expect(await said("grant-cloud carla admin maas-one -c mc")).toBe("");
    expect(await users()).toMatchObject({ carla: { access: "admin" } });
  });

  test("a model is its maker's: a bare name is hers, and nobody else's by the same name", async () => {
    expect(await carla("add-model her -c mc --no-switch")).toMatchObject({ rc: 0 });
    expect(await carla("status -m her")).toMatchObject({ rc: 0 });
    expect((await carla("switch her")).stderr).toBe("mc:carla/mine -> mc:carla/her\n");
    expect(await rack.juju("add-model her -c mc --no-switch")).toMatchObject({ rc: 0 });
    expect((await carla("add-model her -c mc")).stderr).toContain("already exists");
    expect((await carla("status -m admin/her")).stderr).toBe(
      "ERROR model mc:admin/her not found\n",
    );
    const shown = await carla("show-model her --format json");
    expect(JSON.parse(shown.stdout)).toMatchObject({
      her: { name: "carla/her", "short-name": "her", users: { carla: { access: "admin" } } },
    });
    const table = await rack.juju("models -c mc");
    expect(table.stdout).toMatch(/^her .*\n/m);
    expect(table.stdout).toMatch(/^carla\/her /m);
    expect((await carla("models -c mc")).stdout).toMatch(/^her /m);
    const listed = JSON.parse((await carla("models -c mc --format json")).stdout) as object;
    expect(listed).toMatchObject({ "current-model": "her" });
    expect(await carla("grant admin read her")).toMatchObject({ rc: 1 });
    expect(await carla("destroy-model her --no-prompt")).toMatchObject({ rc: 0 });
    expect((await carla("status -m her")).stderr).toBe("ERROR model mc:carla/her not found\n");
    expect(await rack.juju("status -m mc:her")).toMatchObject({ rc: 0 });
  });

  test("switch learns only of the models that she may see", async () => {
    expect(await carla("switch mc:nosuch")).toMatchObject({ rc: 1 });
    const known = readFileSync(`${rack.home}/carla/models.yaml`, "utf8");
    expect(known).toContain("carla/mine");
    expect(known).not.toContain("admin/");
  });

  test("nobody changes his own access, and only Juju 4 lets a cloud's administrator grant", async () => {
    expect(await said("revoke-cloud admin add-model maas-one -c mc")).toBe(
      "ERROR cannot change your own cloud access\n",
    );
    expect(await rack.juju("add-user dora -c mc")).toMatchObject({ rc: 0 });
    expect((await carla("grant-cloud dora add-model maas-one -c mc")).stderr).toBe(
      is3 ? "ERROR permission denied\n" : "",
    );
  });

  test("of admin there stays add-model, of that nothing", async () => {
    expect(await said("revoke-cloud carla admin maas-one -c mc")).toBe("");
    expect(await users()).toMatchObject({ carla: { access: "add-model" } });
    expect(await said("revoke-cloud carla add-model maas-one -c mc")).toBe("");
    expect(await users()).not.toHaveProperty("carla");
    const missing = 'user permission for "us#carla" on "cloud#maas-one" not found';
    expect(await said("revoke-cloud carla add-model maas-one -c mc")).toBe(
      is3 ? `ERROR could not revoke cloud access: ${missing}\n` : "",
    );
    expect(await said("revoke-cloud carla admin maas-one -c mc")).toBe(
      is3 ? `ERROR could not set cloud access to add-model: ${missing}\n` : "",
    );
    expect(await carla("add-model more -c mc")).toMatchObject({ rc: 1 });
  });

  test("strangers and unknown clouds are told one by one", async () => {
    const { rc, stderr } = await rack.juju("grant-cloud nobody add-model maas-one nosuch -c mc");
    expect(rc).toBe(1);
    expect(stderr).toBe(
      is3
        ? 'ERROR could not grant cloud access: user "nobody" does not exist locally: user "nobody" not found\ncloud "nosuch" not found\n'
        : 'ERROR active users "nobody": user not found\nactive users "nobody": user not found\n',
    );
    expect(await said("grant-cloud ann@ldap add-model maas-one -c mc")).toBe("");
    expect(await users()).toMatchObject({
      "ann@ldap": { "display-name": "ann@ldap", access: "add-model" },
    });
    expect(await said("grant-cloud no_body add-model maas-one -c mc")).toBe(
      'ERROR invalid username: "no_body"\n',
    );
  });

  test("credentials of the client change only where the client is meant, and a default can be changed", async () => {
    const file = `${rack.env.JUJU_DATA ?? ""}/credentials.yaml`;
    const before = readFileSync(file, "utf8");
    const [name = ""] = /^ {4}(\S+):\n {6}auth-type/m.exec(before)?.slice(1) ?? [];
    expect(name).not.toBe("");
    expect(await rack.juju(`remove-credential maas-one ${name} -c mc`)).toMatchObject({ rc: 0 });
    expect(readFileSync(file, "utf8")).toBe(before);
    const other = before.replace(`    ${name}:\n`, "    default-credential: other\n$&");
    writeFileSync(file, other);
    expect(await rack.juju(`default-credential maas-one ${name}`)).toMatchObject({ rc: 0 });
    expect(readFileSync(file, "utf8")).toContain(`default-credential: ${name}\n`);
  });
});
