import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { drivenClock, moveClock, readClock, runningClock } from "./core/clock";
import { loadFaults } from "./core/faults";
import type { CloudAccess, Io, Rack, Seed, Tool } from "./core/rack";
import { NoRackError, open, reset, WrongFormatError } from "./core/store";

const HELP = `usage: rack COMMAND

  reset     make the rack's state where there is none
  region    serve the MAAS region's HTTP API
  state     show what the rack holds
  advance   let virtual time pass
  faults    arm faults from a plan file
  sshd      run an SSH server that obeys the armed faults

Every command has --help. The state is in $RACK_HOME, by default ~/.rack.
`;

const HELP_OF: Record<string, string> = {
  reset: `usage: rack reset [--seed kit|empty] [--random TEXT] [--factor N | --driven [--cost SECONDS]]
                  [--maas VERSION] [--juju VERSION] [--api-key-stdin] [--cloud FILE] [--force]

Makes the rack's state; an existing one stays as it is unless --force is given.

  --seed           kit (default): a network, a rack controller, images and five servers that MAAS does not know yet;
                   empty: images only, and a plain server behind every MAC address
  --random         what every random value is drawn from (default: the seed's name)
  --factor         virtual seconds per second (default 200)
  --driven         time moves only by "rack advance", by waits of the tools and by the cost of calls
  --cost           virtual seconds that a call takes on a driven clock (default 0.2)
  --maas           3.4, 3.5 (default), 3.6, 3.7, or next: without VM hosts
  --juju           a client version: 3.6.24, 3.6.25 (default), 4.0.12 to 4.0.15, 4.1-beta2; any other behaves as 4.0.15
                   where it begins with 4, else as 3.6.25
  --api-key-stdin  read the administrator's key, consumer:token:secret, from standard input
  --cloud          JSON file with the address and adminPassword of the cloud behind the rack, and "ready": false while it
                   starts; the rack that is there takes it over
`,
  region: `usage: rack region [--listen ADDRESS:PORT]

Serves the MAAS HTTP API (default 127.0.0.1:5240; port 0 takes a free one) until it is ended. Prints
"listening ADDRESS:PORT" when it is ready. It keeps nothing between requests.
`,
  state: `usage: rack state [--json]

Shows time, machines and armed faults; with --json the whole state, secrets included.
`,
  advance: `usage: rack advance SECONDS

Lets virtual seconds pass, on clocks of both modes, and prints the time that it is then.
`,
  faults: `usage: rack faults FILE|-

Replaces the armed faults by those of a JSON file: a list of
  {"fault": NAME, "match": REGEXP, "count": 1, "skip": 0, "from": 0, "to": SECONDS, "chance": 1, "with": {…}}
count 0 strikes without end. An empty list disarms. Names, with what MATCH is held against:
`,
  sshd: `usage: rack sshd CONFIG

Runs OpenSSH's server with a configuration file, in the foreground, and obeys the faults sshd-refuses and
host-key-changes. What such a fault does to new connections leaves the open ones alone.
`,
};

class Usage extends Error {}

const VALUE = { type: "string" } as const;
const SWITCH = { type: "boolean" } as const;

const OPTIONS: Record<string, NonNullable<ParseArgsConfig["options"]>> = {
  reset: {
    seed: VALUE,
    random: VALUE,
    factor: VALUE,
    driven: SWITCH,
    cost: VALUE,
    maas: VALUE,
    juju: VALUE,
    "api-key-stdin": SWITCH,
    cloud: VALUE,
    force: SWITCH,
  },
  region: { listen: VALUE },
  state: { json: SWITCH },
};

/** How many words each command takes beside its options. */
const WORDS: Record<string, number> = { advance: 1, faults: 1, sshd: 1 };

/** A command's arguments as they were given. */
interface Given {
  words: string[];
  value: (name: string) => string | undefined;
  on: (name: string) => boolean;
}

/** What is not known is refused: a misspelt option must not make another rack than was asked for. */
const read = (command: string, argv: string[]): Given => {
  const options = OPTIONS[command] ?? {};
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    const extra = positionals[WORDS[command] ?? 0];
    if (extra !== undefined) throw new Usage(`no argument "${extra}" is taken`);
    return {
      words: positionals,
      value: (name) => values[name] as string | undefined,
      on: (name) => values[name] === true,
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith("ERR_PARSE_ARGS") !== true) throw error;
    const names = [...Object.keys(options), "help"].map((name) => `--${name}`);
    const [said = ""] = message.split(/\.?\n|\. /);
    throw new Usage(`${said}; there are: ${names.join(", ")}`);
  }
};

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (!(value >= 0)) throw new Usage(`${name}: a number of at least 0 is needed, got "${text}"`);
  return value;
};

const cloudFrom = (path: string): CloudAccess => {
  const { address, adminPassword, ready } = JSON.parse(
    readFileSync(path, "utf8"),
  ) as Partial<CloudAccess>;
  if (typeof address !== "string" || typeof adminPassword !== "string") {
    throw new Usage(`${path}: "address" and "adminPassword" are needed`);
  }
  return { address, adminPassword, ...(ready === false ? { ready } : {}) };
};

const MAAS_PROFILES = ["3.4", "3.5", "3.6", "3.7", "next"];

const makeRack = ({ value, on }: Given, io: Io, home: string): number => {
  const name = value("seed") ?? "kit";
  if (name !== "kit" && name !== "empty") throw new Usage(`--seed: kit or empty, got "${name}"`);
  const maas = value("maas") ?? "3.5";
  if (!MAAS_PROFILES.includes(maas))
    throw new Usage(`--maas: one of ${MAAS_PROFILES.join(", ")}, got "${maas}"`);
  const juju = value("juju") ?? "3.6.25";
  if (!/^\d+\.\d/.test(juju))
    throw new Usage(`--juju: a version such as 3.6.25 is needed, got "${juju}"`);
  const cloudFile = value("cloud");
  const apiKey = on("api-key-stdin") ? io.stdin().trim() : "consumer:token:secret";
  if (apiKey.split(":").length !== 3) throw new Usage("the API key must be consumer:token:secret");
  const seed: Seed = {
    name,
    random: value("random") ?? name,
    profile: { maas, juju },
    apiKey,
    cloud: cloudFile === undefined ? null : cloudFrom(cloudFile),
  };
  const clock = on("driven")
    ? drivenClock(positive("--cost", value("cost") ?? "0.2"))
    : runningClock(positive("--factor", value("factor") ?? "200"));
  reset(home, seed, clock, on("force"));
  return 0;
};

const serve = async ({ value }: Given, io: Io, home: string): Promise<number> => {
  const { portOf, startRegion } = await import("./maas/region");
  const [host = "127.0.0.1", port = "5240"] = (value("listen") ?? "127.0.0.1:5240").split(":");
  open(home, () => undefined, { costsTime: false });
  const server = await startRegion(home, host, positive("--listen", port));
  io.out(`listening ${host}:${portOf(server)}\n`);
  return new Promise((resolve) => {
    const end = (): void => {
      server.closeAllConnections();
      server.close(() => resolve(0));
    };
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
  });
};

const look = <T>(home: string, fn: (rack: Rack) => T): T => open(home, fn, { costsTime: false });

const summary = async (rack: Rack): Promise<string> => {
  const { STATUS_NAMES } = await import("./maas/state");
  const machines = rack.maas.machines.map((machine) => {
    const left =
      machine.transition === null
        ? ""
        : `, ${Math.round((machine.transition.at - rack.now) / 1000)} s to go`;
    const owner = machine.owner === null ? "" : `, of ${machine.owner}`;
    return `  ${machine.systemId} ${machine.hostname}: ${STATUS_NAMES[machine.status] ?? ""}${left}${owner}`;
  });
  const faults = rack.faults.plan.map(
    (fault) =>
      `  ${fault.fault} ${fault.match ?? ""} struck ${fault.struck} of ${fault.count ?? 1}`,
  );
  const { clock } = rack;
  const pace =
    clock.mode === "running" ? `${clock.factor} times as fast as the wall clock` : "driven";
  return [
    `time      ${new Date(rack.now).toISOString()} (${pace})`,
    `profile   MAAS ${rack.profile.maas}, Juju ${rack.profile.juju}`,
    `machines  ${machines.length}`,
    ...machines,
    `faults    ${faults.length}`,
    ...faults,
    "",
  ].join("\n");
};

const show = async ({ on }: Given, io: Io, home: string): Promise<number> => {
  const rack = look(home, (each) => each);
  io.out(on("json") ? `${JSON.stringify(rack, null, 2)}\n` : await summary(rack));
  return 0;
};

const advance = ({ words: [text] }: Given, io: Io, home: string): number => {
  if (text === undefined) throw new Usage("seconds are needed");
  const seconds = positive("SECONDS", text);
  look(home, (rack) => moveClock(rack.clock, seconds));
  io.out(`${new Date(look(home, (rack) => readClock(rack.clock))).toISOString()}\n`);
  return 0;
};

const arm = async ({ words: [file] }: Given, io: Io, home: string): Promise<number> => {
  if (file === undefined) throw new Usage("a plan file is needed");
  const text = file === "-" ? io.stdin() : readFileSync(file, "utf8");
  const { checkPlan } = await import("./core/faultNames");
  const plan = checkPlan(JSON.parse(text));
  const { markArmed } = await import("./core/callFaults");
  look(home, (rack) => loadFaults(rack, plan));
  markArmed(home, plan);
  return 0;
};

const faultTable = async (): Promise<string> => {
  const { FAULTS } = await import("./core/faultNames");
  const rows = Object.entries(FAULTS).map(
    ([name, { subject, effect }]) => `  ${name.padEnd(23)}${subject && `[${subject}] `}${effect}\n`,
  );
  return rows.join("");
};

const serveSshFrom = async ({ words: [config] }: Given, home: string): Promise<number> => {
  if (config === undefined) throw new Usage("a configuration file is needed");
  const { serveSsh } = await import("./sshd");
  return serveSsh(home, "/usr/sbin/sshd", config);
};

export const run: Tool = async (argv, io, _env, home) => {
  const [command = "", ...rest] = argv;
  const help = HELP_OF[command];
  if (help === undefined) {
    const asked = ["", "--help", "-h", "help"].includes(command);
    if (asked) io.out(HELP);
    else
      io.err(`rack: no command "${command}"

${HELP}`);
    return asked ? 0 : 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    io.out(command === "faults" ? help + (await faultTable()) : help);
    return 0;
  }
  try {
    const given = read(command, rest);
    if (command === "reset") return makeRack(given, io, home);
    if (command === "region") return await serve(given, io, home);
    if (command === "state") return await show(given, io, home);
    if (command === "sshd") return await serveSshFrom(given, home);
    if (command === "advance") return advance(given, io, home);
    return await arm(given, io, home);
  } catch (error) {
    const known = [Usage, NoRackError, WrongFormatError, SyntaxError, RangeError];
    const expected = known.some((kind) => error instanceof kind);
    if (!(error instanceof Error) || (!expected && !("code" in error))) throw error;
    io.err(`rack ${command}: ${error.message}\n`);
    return 2;
  }
};
