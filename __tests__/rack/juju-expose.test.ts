import { JujuRack, type Answer } from "./support/jujuRack";

/** Who may reach an application: endpoint by endpoint, by commands and by bundles. */

const BASE = `default-base: ubuntu@22.04
applications:
  keystone:
    charm: keystone
    channel: yoga/stable
    constraints: arch=amd64
`;

const overlay = (endpoints: string): string =>
  `${BASE}--- # overlay.yaml
applications:
  keystone:
    exposed-endpoints: ${endpoints}
`;

const EVERYWHERE = { "": { "expose-to-cidrs": ["0.0.0.0/0", "::/0"] } };

describe.each(["3.6.25", "4.0.15"])("exposed applications of Juju %s", (version) => {
  const is3 = version.startsWith("3");
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack(null, version);
    await rack.bootstrap();
    const answer = await rack.juju("deploy -m mc:os keystone --channel yoga/stable");
    expect(answer).toMatchObject({ rc: 0 });
  });
  afterAll(() => rack.stop());

  const juju = (line: string): Promise<Answer> => rack.juju(`${line} -m mc:os`);
  const shown = async (): Promise<unknown> => {
    interface Shown {
      exposed: boolean;
      "exposed-endpoints"?: unknown;
    }
    const { keystone } = await rack.json<Record<string, Shown>>(
      "show-application -m mc:os keystone",
    );
    const status = await rack.json<{ applications: Record<string, Shown> }>("status -m mc:os");
    expect(status.applications.keystone!.exposed).toBe(keystone!.exposed);
    return keystone!.exposed ? keystone!["exposed-endpoints"] : keystone!.exposed;
  };
  const done = async (line: string): Promise<void> =>
    expect(await juju(line)).toEqual({ rc: 0, stdout: "", stderr: "" });

  test("all of it to everybody, and no more", async () => {
    expect(await shown()).toBe(false);
    await done("expose keystone");
    expect(await shown()).toEqual(EVERYWHERE);
    await done("unexpose keystone");
    expect(await shown()).toBe(false);
    await done("expose keystone --to-cidrs 0.0.0.0/0");
    expect(await shown()).toEqual(EVERYWHERE);
  });

  test("what is said of one endpoint leaves the others, and takes the place of what was said before", async () => {
    await done(
      "expose keystone --endpoints identity-service,shared-db --to-cidrs 10.0.0.0/8,10.0.0.0/8",
    );
    await done("expose keystone --endpoints shared-db --to-spaces alpha");
    await done("expose keystone --endpoints certificates");
    expect(await shown()).toEqual({
      ...EVERYWHERE,
      certificates: EVERYWHERE[""],
      "shared-db": { "expose-to-spaces": ["alpha"] },
      "identity-service": { "expose-to-cidrs": ["10.0.0.0/8"] },
    });
  });

  test("endpoints, spaces and CIDRs that are none change nothing", async () => {
    const before = await shown();
    expect(await juju("expose keystone --endpoints nosuch")).toEqual({
      rc: 1,
      stdout: "",
      stderr: is3
        ? 'ERROR endpoint "nosuch" not found (not found)\n'
        : "ERROR one or more of the provided endpoints [nosuch] do not exist\n",
    });
    expect((await juju("expose keystone --endpoints certificates --to-spaces x")).stderr).toBe(
      'ERROR space "x" not found (not found)\n',
    );
    if (is3)
      expect((await juju("expose keystone --to-cidrs 10.0.0.0/33")).stderr).toBe(
        'ERROR unable to parse "10.0.0.0/33" as a CIDR: invalid CIDR address: 10.0.0.0/33\n',
      );
    expect(await shown()).toEqual(before);
  });

  test("only Juju 3 exposes what is merely bound to a space", async () => {
    expect(await juju("expose keystone --endpoints public")).toMatchObject({ rc: is3 ? 0 : 1 });
    if (is3) await done("unexpose keystone --endpoints public");
  });

  test("endpoint by endpoint it is unexposed", async () => {
    const before = await shown();
    const answers = [
      ["cluster", 'endpoint "cluster" is not exposed (bad request)'],
      ["nosuch", 'endpoint "nosuch" not found (not found)'],
    ];
    for (const [name = "", text = ""] of answers)
      expect((await juju(`unexpose keystone --endpoints ${name}`)).stderr).toBe(
        is3 ? `ERROR ${text}\n` : "",
      );
    expect(await shown()).toEqual(before);
    await done("unexpose keystone --endpoints identity-service,certificates,shared-db");
    expect(await shown()).toEqual(EVERYWHERE);
    await done("expose keystone --endpoints identity-service");
    await done("unexpose keystone");
    expect(await shown()).toBe(false);
  });

  let files = 0;
  const deploy = (text: string, flags = ""): Promise<Answer> =>
    juju(`deploy ${rack.file(`b${files++}.yaml`, text)}${flags}`);

  test("a bundle exposes; to everybody it does so each time", async () => {
    const text = `${BASE}    expose: true\n`;
    const line =
      "- expose all endpoints of keystone and allow access from CIDRs 0.0.0.0/0 and ::/0\n";
    for (const said of [
      "Changes to deploy bundle:\n",
      "Executing changes:\n",
      "Executing changes:\n",
    ])
      expect((await deploy(text, said.startsWith("Changes") ? " --dry-run" : "")).stdout).toBe(
        said + line,
      );
    expect(await shown()).toEqual(EVERYWHERE);
  });

  test("a bundle exposes endpoints, and does so once", async () => {
    await done("unexpose keystone");
    const text = overlay(
      '{"": {expose-to-cidrs: [10.1.0.0/16]}, identity-service: {expose-to-spaces: [alpha], expose-to-cidrs: [10.3.0.0/16, 10.2.0.0/16]}, certificates: {expose-to-cidrs: [10.4.0.0/16]}, shared-db: {expose-to-cidrs: [10.4.0.0/16]}}',
    );
    const changes =
      "- expose all endpoints of keystone and allow access from CIDR 10.1.0.0/16\n" +
      "- override expose settings for endpoints certificates,shared-db of keystone and allow access from CIDR 10.4.0.0/16\n" +
      "- override expose settings for endpoint identity-service of keystone and allow access from space alpha and CIDRs 10.2.0.0/16,10.3.0.0/16\n";
    expect((await deploy(text, " --dry-run")).stdout).toBe(`Changes to deploy bundle:\n${changes}`);
    expect(await shown()).toBe(false);
    expect((await deploy(text)).stdout).toBe(`Executing changes:\n${changes}`);
    expect(await shown()).toMatchObject({
      "": { "expose-to-cidrs": ["10.1.0.0/16"] },
      "identity-service": {
        "expose-to-spaces": ["alpha"],
        "expose-to-cidrs": ["10.2.0.0/16", "10.3.0.0/16"],
      },
    });
    expect((await deploy(text)).stderr).toBe("No changes to apply.\n");
  });

  test("a bundle's endpoints that cannot be exposed", async () => {
    const nosuch = await deploy(overlay("{nosuch: {expose-to-cidrs: [10.0.0.0/8]}}"));
    expect(nosuch.stderr).toMatch(
      /^ERROR cannot deploy bundle: cannot expose application keystone: .*nosuch/m,
    );
    const errors = "ERROR cannot deploy bundle: the provided bundle has the following errors:\n";
    expect(
      (await deploy(overlay("{identity-service: {expose-to-cidrs: [everywhere]}}"))).stderr,
    ).toBe(
      `${errors}invalid CIDR "everywhere" for expose to CIDRs field for endpoint "identity-service" in application "keystone"\n`,
    );
    const both = overlay("{identity-service: {expose-to-spaces: [alpha]}}\n    expose: true");
    expect((await deploy(both)).stderr).toContain(
      'exposed-endpoints cannot be specified together with "exposed:true" in application "keystone"',
    );
    const inBase = `${BASE}    exposed-endpoints: {identity-service: {expose-to-spaces: [alpha]}}\n`;
    expect((await deploy(inBase)).stderr).toBe(
      "ERROR cannot deploy bundle: applications.keystone.exposed-endpoints can only appear in an overlay section (and 1 more errors)\n",
    );
  });

  test("an export has the endpoints in its overlay, and is deployed again without a change", async () => {
    if (!is3) {
      // Juju 4 exports no bundles.
      expect(await juju("export-bundle")).toMatchObject({ rc: 1, stdout: "" });
      return;
    }
    await done("unexpose keystone");
    await done("expose keystone --endpoints identity-service,certificates --to-spaces alpha");
    const text = (await juju("export-bundle")).stdout;
    expect(text).not.toContain("expose: true");
    expect(text).toMatch(
      /--- # overlay.yaml\napplications:\n {2}keystone:\n {4}exposed-endpoints:\n {6}certificates:\n {8}expose-to-spaces:\n {8}- alpha\n {6}identity-service:\n {8}expose-to-spaces:\n {8}- alpha\n$/,
    );
    expect((await deploy(text)).stderr).toBe("No changes to apply.\n");
    await done("unexpose keystone");
    await done("expose keystone");
    expect((await juju("export-bundle")).stdout).toMatch(/\n {4}expose: true\n(?!.*overlay)/);
  });
});
