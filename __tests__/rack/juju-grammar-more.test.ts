import { CONNECTED, JujuClient } from "../unit/support/jujuClient";

/** What real clients were seen to answer: a command line, its exit status, and its refusal. */
type Fact = [line: string, rc: number, stderr: string];

const FIND_FIELDS =
  "result.publisher.display-name%2Cresult.summary%2Cresult.store-url%2Cdefault-release.revision.bases.architecture%2Cdefault-release.revision.bases.name%2Cdefault-release.revision.bases.channel%2Cdefault-release.revision.version";

/** Judged alike by 3.6 and 4.1. */
const ALIKE: Fact[] = [
  // A charm's reference
  ["charm-resources", 2, "missing charm"],
  ["charm-resources a b", 2, 'unrecognized args: ["b"]'],
  ["charm-resources a:b", 1, 'cannot parse URL "a:b": schema "a" not valid'],
  ["charm-resources é", 1, 'cannot parse name and/or revision in URL "%C3%A9": name "é" not valid'],
  ["charm-resources local:a", 1, "only supported with charmhub charms"],
  ["charm-resources a --channel zz/zz", 1, 'risk in channel "zz/zz" not valid'],
  ["info local:a", 2, '"local:a" is not a Charm Hub charm'],
  ["info A", 2, 'charm or bundle name, "A", is not valid'],
  ["info a --channel stable/", 1, 'branch in channel "stable/" not valid'],
  ["info a --base 0", 1, "expected base string to contain os and channel separated by '@'"],
  [
    "download a - --charmhub-url zz",
    2,
    'invalid charmhub-url: parse "zz": invalid URI for request',
  ],
  [
    "download a --arch x",
    2,
    'unexpected architecture flag value "x", expected <all|amd64|arm64|ppc64el|riscv64|s390x>',
  ],
  // Where secrets are kept
  ["add-secret-backend a vault", 2, "must specify a config file or key values"],
  ["add-secret-backend a vault c", 2, 'key value "c" not valid'],
  [
    "add-secret-backend a x/y k=v",
    1,
    'invalid secret backend "x/y": no registered provider for "x/y"',
  ],
  [
    "add-secret-backend a vault token-rotate=10m",
    1,
    'token rotate interval "10m0s" less than 1h not valid',
  ],
  [
    "add-secret-backend a vault token-rotate=100h",
    1,
    "invalid provider config: endpoint: expected string, got nothing",
  ],
  ["update-secret-backend a", 2, "must specify a config file or key/reset values"],
  // Firewall rules
  ["set-firewall-rule", 2, "no well known service specified"],
  ["set-firewall-rule ssh --allowlist 10.0.0.0/8,y", 2, "y not valid"],
  ["set-firewall-rule k --allowlist 10.0.0.0/8", 2, 'service "k" not supported'],
  // Offers
  ["offer a", 1, 'endpoints must conform to format "<application-name>:<endpoint-name>[,...]" '],
  ["offer a:", 1, 'specify endpoints for a" '],
  ["find-offers --url a.b x", 2, "URL term cannot be specified twice"],
  ["find-offers zz:", 1, 'controller "zz": not logged'],
  ["remove-offer c:m.a m.b", 1, "all offer URLs must use the same controller"],
  [
    "remove-offer m.a:ep",
    1,
    "These offers contain endpoints. Only specify the offer name itself.\n -m.a:ep",
  ],
  // Feature flags hide these
  [
    "dump-db",
    1,
    'juju: "dump-db" is not a juju command. See "juju --help".\n\nDid you mean:\n\tdeploy',
  ],
  ["dump-model -m", 1, "option needs an argument: -m"],
  // Commands that a charm calls
  ["help-hook-commands zz", 1, "unknown hook command: zz"],
  ["help-action-commands a b", 2, 'unrecognized args: ["b"]'],
  // Order of checks
  ["unregister a/leader b", 2, 'unrecognized args: ["b"]'],
  ["unregister a.b", 1, "controller a.b not found"],
  ["show-unit c --related-unit A", 2, "related unit name A not valid"],
  [
    "update-credential a",
    1,
    "could not get credentials from local client: loading credentials: credentials for cloud a not found",
  ],
  [
    "update-credential -f zz",
    1,
    "could not get credentials from file: reading credentials file: open zz: no such file or directory",
  ],
  ["update-k8s a", 1, "cloud a not found"],
  ["attach-resource a b c", 2, 'bad resource arg "b": expected name=path format'],
  ["attach-resource a =v", 2, 'bad resource arg "=v": missing resource name'],
  ["attach-resource 99 a b", 2, 'application "99" not valid'],
  ["consume a b_c", 2, 'invalid application name "b_c"'],
  ["show-model zz:a b", 2, "controller zz not found"],
  // Models are looked at first, or when a command connects
  ["add-machine -m =a x y", 2, 'model name "admin/=a" not valid'],
  ["add-unit -m =a x y", 2, 'unrecognized args: ["y"]'],
  ["create-storage-pool --model=zz", 2, "model c:admin/zz not found"],
  ["status -m =a", 1, 'model name "admin/=a" not valid'],
];

const OF_3_6: Fact[] = [
  ["agree superuser", 2, 'must specify a valid term revision "superuser"'],
  ["agree =v A_b", 2, 'invalid term format: wrong term name format "=v"'],
  ["consume a", 1, "application offer URL is missing application"],
  ["config a -m 3/x", 2, 'getting model "3/x": user name "3" not valid'],
  ["spaces -m x/y/z a", 2, 'user name "x" not valid'],
  [
    "add-machine --disks ./x",
    2,
    'invalid value "./x" for option --disks: cannot parse disk constraints: unrecognized storage constraint "./x" not valid',
  ],
  ["set-application-base a@b", 2, "no application name"],
  ["set-application-base a", 2, "no base specified"],
  [
    "upgrade-machine 0 x",
    2,
    'invalid argument: "x" is an invalid upgrade-machine command; valid commands are: prepare, complete.',
  ],
  ["wait-for a b", 2, "unrecognized command: wait-for a"],
  ["wait-for model a/0", 2, '"a/0" is not valid model name'],
  ["wait-for unit --nope", 2, "flag provided but not defined: --nope"],
  [
    "wait-for machine --summary=zz",
    2,
    'invalid value "zz" for flag --summary: strconv.ParseBool: parsing "zz": invalid syntax',
  ],
  ["remove-offer .a", 1, 'application name ".a" not valid'],
  ["find-offers a.B_", 1, 'application name "B_" not valid'],
  ["switch zz:m", 1, "controller zz not found"],
  ["switch INFO", 1, 'model name "admin/INFO" not valid'],
];

const OF_4_1: Fact[] = [
  ["consume a", 1, "offer URL is missing the name"],
  ["config a -m 3/x", 1, 'validating model name "3/x": qualifier "3" not valid'],
  ["add-machine -m a/0/1 x", 2, 'qualifier "a" not valid'],
  [
    "add-machine --disks ./x",
    2,
    'invalid value "./x" for option --disks: cannot parse disk storage directives: unrecognized storage directive "./x" not valid',
  ],
  ["model-secret-backend a b", 2, "cannot specify multiple secret backend names"],
  ["reprovision-machine 0 1", 2, "expected exactly one machine, got 2"],
  [
    "reprovision-machine 0/lxd/1",
    2,
    'invalid machine "0/lxd/1" reprovision-machine does not support containers',
  ],
  ["remove-offer .a", 1, "offer URL is missing model"],
  ["find-offers a.B_", 1, 'offer name "B_" not valid'],
  ["switch zz:m", 1, "invalid target model: controller zz not found"],
  ["switch -c zz", 1, "invalid target controller: controller zz not found"],
  ["switch -c c a", 2, "no argument accepted when --controller flag  is specified"],
  ["show-status-log 1", 1, '"1" is not a valid name for a unit'],
];

describe.each([
  ["3.6.25", [...ALIKE, ...OF_3_6]],
  ["4.1-beta2", [...ALIKE, ...OF_4_1]],
] as const)("Juju %s refuses", (version, facts) => {
  let client: JujuClient;
  beforeAll(() => {
    client = new JujuClient(version);
  });
  afterAll(() => client.stop());

  test.each(facts.map((fact) => [...fact] as Fact))("%s", async (line, rc, stderr) => {
    const answer = await client.run(line.split(" "));
    expect({ rc: answer.rc, stderr: answer.stderr }).toEqual({ rc, stderr: `ERROR ${stderr}\n` });
  });

  test("what would be asked of the store is told with its URL", async () => {
    const { rc, stderr } = await client.run(["find", "--category", "a b", "x/y"]);
    expect(rc).toBe(1);
    expect(stderr).toContain(
      `ERROR Get "https://api.charmhub.io/v2/charms/find?category=a+b&fields=${FIND_FIELDS}&q=x%2Fy": dial tcp: lookup api.charmhub.io on `,
    );
  });

  test("a failure whose format is for machines prints an empty document", async () => {
    for (const line of ["show-model", "subnets", "offers --format yaml", "status --format json"])
      expect([line, (await client.run(line.split(" "))).stdout]).toEqual([line, "{}\n"]);
    for (const line of ["show-model nope extra", "show-task 0", "offers"])
      expect([line, (await client.run(line.split(" "))).stdout]).toEqual([line, ""]);
  });

  test("switch asks the controller for a model that the client does not know", async () => {
    const { rc, stderr } = await client.run(["switch", "other"]);
    expect(rc).toBe(1);
    expect(stderr).toContain("refreshing models cache: ");
    expect(stderr).toMatch(CONNECTED);
  });

  test("show-credential asks the client and the current controller", async () => {
    const { rc, stderr } = await client.run(["show-credential", "maas-one", "admin"]);
    expect(rc).toBe(0);
    expect(stderr).toMatch(
      /^ERROR client credential content lookup failed: loading credentials: credentials for cloud maas-one not found\nERROR credential content lookup on the controller failed: opening API connection: /,
    );
  });
});

test("Juju 3 and 4 have different commands for hooks", async () => {
  const names = async (version: string): Promise<string[]> => {
    const client = new JujuClient(version);
    const { stdout } = await client.run(["help-hook-commands"]);
    client.stop();
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.trim().split(/ {2,}/)[0] ?? "");
  };
  const [three, four] = [await names("3.6.25"), await names("4.1-beta2")];
  expect(three).toContain("payload-register");
  expect(four).not.toContain("leader-get");
});
