import fc from "fast-check";
import kinds from "../../lab/rack/juju/grammar/flagKinds.json";
import flags from "../../lab/rack/juju/grammar/flags.json";
import { parseArguments } from "../../lab/rack/juju/grammar/arguments";
import { entryOf, resolveName } from "../../lab/rack/juju/grammar/table";
import { CONNECTED, JujuClient } from "./support/jujuClient";

const VERSIONS = [
  ["3.6", "3.6.25"],
  ["4.0", "4.0.14"],
  ["4.1", "4.1-beta2"],
] as const;

const commands = Object.keys(flags).filter((name) => !name.includes(" "));
const kindsOf = (command: string): Record<string, string[] | string | undefined> =>
  (kinds as Record<string, Record<string, string[] | string>>)[command] ?? {};

/** A value that the flag takes; undefined for a switch. */
const valueOf = (command: string, flag: string): string | undefined => {
  const own = kindsOf(command);
  if (own.switches?.includes(flag)) return undefined;
  if (own.integers?.includes(flag) || own.naturals?.includes(flag)) return "3";
  if (own.durations?.includes(flag)) return "1m30s";
  if (flag === "format") return own.formats?.[0] ?? "json";
  if (flag === "attach-storage") return "data/0";
  if (flag === "disks") return "10G";
  return "a=b";
};

const dashed = (flag: string): string => (flag.length > 1 ? `--${flag}` : `-${flag}`);

/** Command lines that an operator writes, each good in 3.6 and 4.0. */
const GOOD = [
  "status -m c:m --format json --utc",
  "status -m c:m keystone vault/0 --relations --storage",
  "models -c c --format json",
  "show-model c:m",
  "add-model fresh maas-one -c c --config default-base=ubuntu@22.04 --no-switch",
  "destroy-model c:m --no-prompt --destroy-storage --force --timeout 10m",
  "destroy-controller c --no-prompt --destroy-all-models --force --model-timeout 30m",
  "model-config -m c:m update-status-hook-interval=5m",
  "deploy -m c:m ch:keystone keystone --channel 2024.1/stable -n 3 --to lxd:0,lxd:1,lxd:2 --constraints mem=4G",
  "deploy -m c:m ./bundle.yaml --overlay a.yaml --overlay=b.yaml --map-machines=existing,1=5 --dry-run",
  "config -m c:m keystone debug=true --format yaml",
  "config -m c:m keystone --reset vip,debug",
  "integrate -m c:m keystone:shared-db mysql:shared-db",
  "remove-relation -m c:m keystone mysql --force",
  "add-unit -m c:m vault -n 2 --to 3,lxd:4",
  "remove-unit -m c:m vault/2 vault/1 --no-prompt --force --no-wait",
  "remove-application -m c:m keystone --no-prompt --destroy-storage",
  "add-machine -m c:m -n 2 --constraints tags=compute",
  "remove-machine -m c:m 3 0/lxd/1 --no-prompt --keep-instance",
  "retry-provisioning -m c:m --all",
  "run -m c:m vault/leader authorize-charm token=s.abc --wait=30m --format json",
  "exec -m c:m --unit vault/0,vault/1 --wait 2m --format json -- vault status",
  "show-operation -m c:m 5 --wait 1m",
  "show-task -m c:m 5",
  "cancel-task -m c:m 5 6",
  "actions -m c:m vault --schema --format yaml",
  "refresh -m c:m keystone --channel 2024.1/stable --revision 700",
  "resolved -m c:m keystone/0 --no-retry",
  "expose -m c:m keystone --to-spaces oam",
  "trust -m c:m keystone --remove",
  "bind -m c:m keystone internal=oam",
  "add-secret -m c:m s user=x",
  "update-secret -m c:m s user=x --auto-prune",
  "show-secret -m c:m s --reveal --format json",
  "grant-secret -m c:m s keystone,vault",
  "remove-secret -m c:m s --revision 1",
  "offer m.vault:secrets v",
  "consume -m c:m c:admin/other.v v",
  "remove-saas -m c:m v",
  "storage -m c:m --format json",
  "add-storage -m c:m ceph-osd/0 osd-devices=loop,2",
  "attach-storage -m c:m ceph-osd/0 osd-devices/2",
  "detach-storage -m c:m osd-devices/2",
  "remove-storage -m c:m osd-devices/2 --no-destroy",
  "create-storage-pool -m c:m p maas tags=ssd",
  "show-status-log -m c:m vault/0 -n 5",
  "ssh -m c:m vault/0 hostname -f",
  "scp -m c:m a vault/0:b",
  "reload-spaces -m c:m",
  "spaces -m c:m --format json",
  "show-unit -m c:m keystone/0 --app",
  "show-application -m c:m keystone vault",
  "set-constraints -m c:m mysql mem=4G",
].map((line) => line.split(" "));

describe.each(VERSIONS)("the command line of Juju %s", (minor, version) => {
  let client: JujuClient;
  beforeAll(() => {
    client = new JujuClient(version);
  });
  afterAll(() => client.stop());

  const here = commands.filter((name) => entryOf(name, minor) !== undefined);
  const gone = commands.filter((name) => resolveName(name, minor) === undefined);

  test("every command and alias is known", () => {
    for (const name of here) {
      for (const word of [name, ...entryOf(name, minor)!.aliases])
        expect([word, resolveName(word, minor)]).toEqual([word, name]);
    }
    expect(here.length).toBeGreaterThan(150);
  });

  test("every flag of every command is accepted, as --flag value and --flag=value", () => {
    for (const command of here) {
      for (const flag of entryOf(command, minor)!.flags) {
        const value = valueOf(command, flag);
        const forms =
          value === undefined
            ? [[dashed(flag)], ...(flag.length > 1 ? [[`--${flag}=true`]] : [])]
            : [
                [dashed(flag), value],
                flag.length > 1 ? [`--${flag}=${value}`] : [`-${flag}${value}`],
              ];
        for (const form of forms) expect(() => parseArguments(command, minor, form)).not.toThrow();
      }
    }
  });

  test("a command of another version is unknown: status 1, and the nearest name", async () => {
    expect(gone.length).toBeGreaterThan(minor === "3.6" ? 10 : 25);
    for (const name of gone) {
      const { rc, stderr } = await client.run([name]);
      expect([name, rc]).toEqual([name, 1]);
      expect(stderr).toMatch(
        /^ERROR (juju: "[^"]+" is not a juju command\. See "juju --help"\.\n\nDid you mean:\n\t\S+|unrecognized command: juju \S+)\n$/,
      );
    }
  });

  test("a flag of another version is refused: status 2", async () => {
    const table = flags as Record<string, Record<string, { flags: string[] } | null>>;
    let refused = 0;
    for (const command of here) {
      const own = entryOf(command, minor)!.flags;
      const others = Object.values(table[command] ?? {}).flatMap((entry) => entry?.flags ?? []);
      for (const flag of new Set(others.filter((each) => !own.includes(each)))) {
        if (["v", "q", "h"].includes(flag)) continue;
        const { rc, stderr } = await client.run([command, dashed(flag)]);
        expect([command, rc, stderr]).toEqual([
          command,
          2,
          `ERROR option provided but not defined: ${dashed(flag)}\n`,
        ]);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10);
  });

  test.each(GOOD.map((words) => [words.join(" "), words] as const))(
    "goes as far as the controller: %s",
    async (_line, words) => {
      const { rc, stderr } = await client.run([...words]);
      expect(stderr).toMatch(CONNECTED);
      expect(rc).toBe(1);
    },
  );

  const good = fc.constantFrom(...GOOD);
  const known = (words: string[]): string[] => entryOf(words[0]!, minor)!.flags;
  const letters = (low: number, high: number) =>
    fc.string({
      unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"),
      minLength: low,
      maxLength: high,
    });
  const refuses = async (words: string[], status: 1 | 2, text: string): Promise<void> => {
    const { rc, stderr } = await client.run(words);
    expect({ words, rc, stderr }).toEqual({ words, rc: status, stderr: `ERROR ${text}\n` });
  };

  test("a flag that does not exist", () =>
    fc.assert(
      fc.asyncProperty(good, letters(2, 9), async (words, flag) => {
        fc.pre(
          !known(words).includes(flag) && !["debug", "help", "quiet", "verbose"].includes(flag),
        );
        const [name = "", ...rest] = words;
        await refuses(
          [name, `--${flag}`, ...rest],
          2,
          `option provided but not defined: --${flag}`,
        );
      }),
      { numRuns: 60 },
    ));

  test("a flag at the end whose value is missing", () =>
    fc.assert(
      fc.asyncProperty(good, fc.nat(), async (words, index) => {
        const taking = known(words).filter((flag) => valueOf(words[0]!, flag) !== undefined);
        const own = words[0] === "ssh" || words[0] === "scp" || words.includes("--");
        fc.pre(taking.length > 0 && !own);
        const flag = dashed(taking[index % taking.length]!);
        await refuses([...words, flag], 2, `option needs an argument: ${flag}`);
      }),
      { numRuns: 60 },
    ));

  test("a value that is no number, duration, format or truth", () => {
    const typed = here.flatMap((command) =>
      known([command]).flatMap((flag) => {
        const own = kindsOf(command);
        const number = own.integers?.includes(flag) || own.naturals?.includes(flag);
        if (number) return [[command, flag, "strconv\\.Parse.*: invalid syntax|for uint flag"]];
        if (own.durations?.includes(flag)) return [[command, flag, "time: invalid duration"]];
        if (flag === "format" && own.formats) return [[command, flag, "unknown format"]];
        return own.switches?.includes(flag) && flag.length > 1
          ? [[command, flag, "strconv\\.ParseBool: .*: invalid syntax"]]
          : [];
      }),
    );
    return fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...typed),
        letters(3, 8),
        async ([command, flag, reason], bad) => {
          fc.pre(!["true", "false", "json", "yaml", "text", "tabular", "plain"].includes(bad));
          const form = flag!.length > 1 ? [`--${flag}=${bad}`] : [`-${flag}`, bad];
          const { rc, stderr } = await client.run([command!, ...form]);
          expect(rc).toBe(2);
          expect(stderr).toMatch(
            new RegExp(`^ERROR invalid value "${bad}" for option ${dashed(flag!)}: .*(${reason})`),
          );
        },
      ),
      { numRuns: 120 },
    );
  });

  test("a command whose name is misspelt", () =>
    fc.assert(
      fc.asyncProperty(good, fc.nat(), letters(1, 1), async (words, index, letter) => {
        const [name = "", ...rest] = words;
        const at = index % name.length;
        const wrong = name.slice(0, at) + letter + name.slice(at + 1);
        fc.pre(resolveName(wrong, minor) === undefined);
        const { rc, stderr } = await client.run([wrong, ...rest]);
        expect([wrong, rc]).toEqual([wrong, 1]);
        expect(stderr).toContain(`ERROR juju: "${wrong}" is not a juju command.`);
      }),
      { numRuns: 60 },
    ));
});

/** What a command refuses before it asks anything, in its own words (juju 3.6, cmd/juju). */
const REFUSED: [string, string][] = [
  ["status -m c:m --color --no-color", "cannot mix --no-color and --color"],
  ["models extra -c c", 'unrecognized args: ["extra"]'],
  ["expose -m c:m a b", 'unrecognized args: ["b"]'],
  [
    "add-model",
    'juju: no model name was passed. See "juju add-model --help".\n\nDid you mean:\n\tjuju add-model <model name>',
  ],
  ["config -m c:m keystone a=1 a=2", 'key "a" specified more than once'],
  ["config -m c:m keystone a=1 --reset a", 'cannot set and reset key "a" simultaneously'],
  ["config -m c:m keystone a b", "cannot specify multiple keys to get"],
  ["config -m c:m keystone a --file x.yaml", "cannot use --file flag and get value simultaneously"],
  ["model-config -m c:m --reset agent-version", '"agent-version" cannot be reset'],
  [
    "deploy -m c:m keystone a-1",
    'invalid application name "a-1", unexpected number(s) found after last hyphen',
  ],
  ["deploy -m c:m keystone a_b", 'invalid application name "a_b", unexpected character _'],
  [
    "deploy -m c:m ./b.yaml --map-machines=x=1",
    'error in --map-machines: bundle-id "x" is not a top level machine id',
  ],
  ["add-unit -m c:m keystone --to lxd:0,", 'invalid --to parameter "lxd:0,"'],
  [
    "add-unit -m c:m keystone -n=2",
    'invalid value "=2" for option -n: strconv.ParseInt: parsing "=2": invalid syntax',
  ],
  ["remove-relation -m c:m x", 'relation ID "x" not valid'],
  ["remove-machine -m c:m 3 --no-wait", "--no-wait without --force not valid"],
  [
    "retry-provisioning -m c:m 0/lxd/1",
    'invalid machine "0/lxd/1" retry-provisioning does not support containers',
  ],
  ["run -m c:m vault/0 mysql/0 pause", "all units must be of the same application"],
  ["run -m c:m Vault/0 pause", 'invalid unit or action name "Vault/0"'],
  ["show-task -m c:m x", 'task ID "x" not valid'],
  [
    "operations -m c:m --status odd",
    '"odd" is not a valid task status, want one of [pending running completed failed cancelled aborting aborted error]',
  ],
  ["refresh -m c:m keystone --path a --revision 3", "--path and --revision are mutually exclusive"],
  ["resolved -m c:m vault", 'unit name "vault" not valid'],
  ["resolved -m c:m vault/0 --all", "specifying unit names(s) with --all not supported"],
  ["set-constraints -m c:m mysql colour=red", 'unknown constraint "colour"'],
  [
    "show-secret -m c:m s --reveal --revisions",
    "specify either --revisions or --reveal but not both",
  ],
  ["add-secret -m c:m s", "missing secret value or filename"],
  ["add-storage -m c:m vault data=1", 'unit name "vault" not valid'],
  ["storage -m c:m 1", "specifying IDs only supported with --filesystem and --volume options"],
  ["debug-log -m c:m --tail --no-tail", "setting --tail and --no-tail not valid"],
  ["debug-log -m c:m -n x", 'invalid value "x" for option -n: invalid value "x" for uint flag'],
  ["show-status-log -m c:m", "entity name is missing."],
  [
    "destroy-controller c --model-timeout 5m",
    "--model-timeout can only be used with --force (dangerous)",
  ],
  [
    "destroy-model c:m --timeout 5",
    'invalid value "5" for option --timeout: time: missing unit in duration "5"',
  ],
  ["bootstrap maas-one c --to lxd:0", 'unsupported bootstrap placement directive "lxd:0"'],
  [
    "disable-command odd -m c:m",
    "bad command set, valid options: all, destroy-model, remove-object",
  ],
  [
    "grant bob admin -c c",
    "You have specified a model access permission \"admin\".\nIf you intended to change model access, you need to specify one or more model names.\nSee 'juju help grant'.",
  ],
  [
    "scale-application -m c:m vault 3",
    'Juju command "scale-application" only supported on k8s container models',
  ],
  ["add-space -m c:m Oam", 'invalid arguments specified: "Oam" is not a valid space name'],
  ["status --=x", 'empty option in argument "--=x"'],
];

describe("what a command line cannot mean", () => {
  let client: JujuClient;
  beforeAll(() => {
    client = new JujuClient("3.6.25");
  });
  afterAll(() => client.stop());

  test.each(REFUSED)("%s", async (line, text) => {
    const { rc, stderr } = await client.run(line.split(" "));
    expect({ rc, stderr }).toEqual({ rc: 2, stderr: `ERROR ${text}\n` });
  });

  test("a bad constraint of a deploy is found later: status 1", async () => {
    const { rc, stderr } = await client.run("deploy -m c:m x --constraints colour=red".split(" "));
    expect({ rc, stderr }).toEqual({ rc: 1, stderr: 'ERROR unknown constraint "colour"\n' });
  });

  test("flags may stand before the command", async () => {
    const { rc, stderr } = await client.run("--debug --logging-config x status -m c:m".split(" "));
    expect({ rc, connected: CONNECTED.test(stderr) }).toEqual({ rc: 1, connected: true });
    expect((await client.run(["--bogus", "status"])).rc).toBe(2);
  });

  test("a remote command line keeps its flags", async () => {
    const { stderr } = await client.run("ssh -m c:m vault/0 uname --bogus".split(" "));
    expect(stderr).toMatch(CONNECTED);
    expect((await client.run("exec -m c:m --unit vault/0 uname --bogus".split(" "))).rc).toBe(2);
  });
});
