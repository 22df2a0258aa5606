import { JujuRack, type Answer } from "./support/jujuRack";

/** Endpoints in spaces: `deploy --bind`, `bind`, `refresh --bind`, and bundles. */

type Bindings = Record<string, string>;

describe.each(["3.6.25", "4.0.15"])("bindings of Juju %s", (version) => {
  const is3 = version.startsWith("3");
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack(null, version);
    await rack.bootstrap();
    rack.change(({ maas }) => {
      const vlan = maas.subnets[0]!.vlan;
      maas.spaces.push(
        ...["oam", "far"].map((name, index) => ({ id: 800 + index, name, description: "" })),
      );
      maas.vlans.find((each) => each.id === vlan)!.space = 800;
    });
    const deployed = await juju(
      "deploy vault --channel 1.8/stable --revision 336 --base ubuntu@22.04 --bind alpha",
    );
    expect(deployed).toMatchObject({ rc: 0 });
  });
  afterAll(() => rack.stop());

  const juju = (line: string): Promise<Answer> => rack.juju(`${line} -m mc:os`);
  const words = (...line: string[]): Promise<Answer> => rack.juju([...line, "-m", "mc:os"]);
  const bindings = async (name = "vault"): Promise<Bindings> => {
    interface Status {
      applications: Record<string, { "endpoint-bindings": Bindings }>;
    }
    const { applications } = await rack.json<Status>("status -m mc:os");
    return applications[name]!["endpoint-bindings"];
  };

  test("deploy: default, endpoints and what is no relation; no other names, no other spaces", async () => {
    const deployed = await words(
      ...["deploy", "vault", "bound", "--dry-run", "--bind", "far access=oam secrets=alpha"],
    );
    expect(deployed).toMatchObject({ rc: 0 });
    const [strange, nowhere] = [
      await juju("deploy vault x --bind nosuch=oam"),
      await juju("deploy vault x --bind access=nosuch"),
    ];
    expect(strange.stderr).toContain(
      is3
        ? 'ERROR cannot add application "x": unknown endpoint "nosuch" not valid\n'
        : 'checking charm relation: charm relation(s) or extra binding "nosuch" not found\n',
    );
    expect(nowhere.stderr).toBe('ERROR space "nosuch" not found\n');
    const made = await words("deploy", "mysql-router", "bound", "--bind", "far shared-db=oam");
    expect(made).toMatchObject({ rc: 0 });
    expect(await bindings("bound")).toMatchObject({
      "": "far",
      "db-router": "far",
      "shared-db": "oam",
    });
  });

  test("bind: some endpoints move, and all is told", async () => {
    const bound = await words("bind", "bound", "db-router=oam", "alpha");
    expect(bound).toMatchObject({ rc: 0, stdout: "" });
    const lines = bound.stderr.split("\n");
    expect(lines).toContain('moving endpoint "db-router" from space "far" to "oam"');
    expect(lines).toContain('no change to endpoint in space "oam": shared-db');
    if (!is3) expect(lines).toContain('moving endpoint "juju-info" from space "far" to "alpha"');
    expect(await bindings("bound")).toMatchObject({
      "": "alpha",
      "db-router": "oam",
      "shared-db": "oam",
    });
    const again = await words("bind", "bound", "db-router=oam");
    expect(again.stderr).toMatch(/no change to endpoints in space "oam": db-router, shared-db\n$/);
  });

  test("bind: refused words, names and spaces change nothing", async () => {
    const before = await bindings("bound");
    const answers: [string, string][] = [
      ["bind bound", "no bindings specified"],
      ["bind bound nosuch=oam", 'endpoint "nosuch" not found'],
      ["bind bound db-router=nosuch", 'space "nosuch" not found'],
      [
        "bind bound =oam",
        `--bind must be in the form '[<default-space>] [<endpoint-name>=<space> ...]'; found "=" without endpoint name. Use a lone space name to set the default.`,
      ],
      [
        "bind bound a=b=c",
        `--bind must be in the form '[<default-space>] [<endpoint-name>=<space> ...]'; found multiple "=" in binding. Did you forget to space-separate the binding list?`,
      ],
    ];
    for (const [line, text] of answers)
      expect(await juju(line)).toEqual({ rc: 1, stdout: "", stderr: `ERROR ${text}\n` });
    expect(await bindings("bound")).toEqual(before);
  });

  test("a space in which its machines have no address is refused, unless by force", async () => {
    await rack.advance(3600);
    const refused = await juju("bind vault access=far");
    expect(refused.stderr).toContain(
      is3
        ? 'ERROR binding endpoint "access" to space "far" is not feasible: one or more deployed machines lack an address in this space\n'
        : 'unit "vault/0" not in space "far"',
    );
    expect((await bindings()).access).toBe("alpha");
    expect(await juju("bind vault access=far --force")).toMatchObject({ rc: 0 });
    expect((await bindings()).access).toBe("far");
    expect(await juju("bind vault access=oam --force")).toMatchObject({ rc: 0 });
  });

  test("refresh: bindings are merged with the charm's change, and refused without it", async () => {
    const strange = await juju("refresh vault --bind nosuch=oam");
    expect(strange).toMatchObject({ rc: 1, stderr: 'ERROR endpoint "nosuch" not found\n' });
    expect(await juju("refresh vault --bind nosuch")).toMatchObject({
      rc: 1,
      stderr: 'ERROR space "nosuch" not found\n',
    });
    // Juju 4 looks at the spaces of all endpoints once one of them moves.
    const all = Object.keys(await bindings()).filter((name) => name !== "");
    const wanted = is3 ? "external=oam" : all.map((name) => `${name}=oam`).join(" ");
    const refreshed = await words("refresh", "vault", "--bind", wanted);
    expect(refreshed).toMatchObject({ rc: 0 });
    expect(refreshed.stderr).toMatch(
      /^Added charm-hub charm "vault", revision 372 in channel 1\.8\/stable, to the model\n/,
    );
    expect(refreshed.stderr).toContain('moving endpoint "external" from space "alpha" to "oam"\n');
    expect(await bindings()).toMatchObject({ "": "alpha", access: "oam", external: "oam" });
  });

  test("a bundle's bindings are looked at too", async () => {
    const text = (bindings: string): string =>
      `default-base: ubuntu@22.04\napplications:\n  g:\n    charm: mysql-router\n    channel: 8.0/stable\n    bindings: ${bindings}\n`;
    const deploy = async (bindings: string): Promise<string> =>
      (await juju(`deploy ${rack.file("b.yaml", text(bindings))}`)).stderr;
    expect(await deploy("{shared-db: nosuch}")).toContain(
      'ERROR cannot deploy bundle: space "nosuch" not found\n',
    );
    expect(await deploy("{nosuch: oam}")).toMatch(/ERROR cannot deploy bundle: .*"nosuch" not/);
    expect(await deploy("{shared-db: oam}")).toContain("Deploy of bundle completed.\n");
    expect((await bindings("g"))["shared-db"]).toBe("oam");
  });
});
