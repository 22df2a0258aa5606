import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { localCharmNames } from "../charms";
import { drivenClock } from "../core/clock";
import type { Io } from "../core/rack";
import { reset } from "../core/store";
import { run } from "../juju";
import type { Names } from "./plain";
import { errorDifferences, outputDifferences } from "./plain";
import type { Difference } from "./maas";
import type { CliCall } from "./recording";

export interface Got {
  rc: number;
  stdout: string;
  stderr: string;
}

/** A user of `juju` on a rack of its own: a home, a folder with files to deploy from, and local charms. */
export interface JujuUser {
  home: string;
  data: string;
  work: string;
  /** What recordings call `$LAB`. */
  lab: string;
  env: NodeJS.ProcessEnv;
}

export const API_KEY = "consumer:token:secret";

const FILES = join(__dirname, "../recordings/files");

/** Files that recorded command lines name: those beside the recording come first. */
const layOutFiles = (recording: string, user: JujuUser): void => {
  const beside = join(dirname(recording), "files");
  for (const folder of [FILES, beside].filter((each) => existsSync(each))) {
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), "utf8");
      writeFileSync(join(user.work, name), text.replaceAll("$LAB", user.lab));
    }
  }
};

/** Files whose content does not matter: what is copied to machines and attached as resources. */
const layOutPayloads = (user: JujuUser, call: CliCall): void => {
  if (call.argv[1] !== "attach-resource" && call.argv[1] !== "scp") return;
  for (const word of call.argv.slice(2)) {
    const name = /(?:^|=)\.\/([\w.-]+)$/.exec(word)?.[1];
    if (name !== undefined) writeFileSync(join(user.work, name), "x");
  }
};

/** A fresh rack in driven mode, whose calls cost no time: recordings say when each began. */
export const newUser = (
  folder: string,
  recording: string,
  profile: { maas: string; juju: string },
): JujuUser => {
  rmSync(folder, { recursive: true, force: true });
  const user = {
    home: join(folder, "rack"),
    data: join(folder, "home/.local/share/juju"),
    work: join(folder, "work"),
    lab: join(folder, "lab"),
    env: {},
  };
  for (const each of [user.data, user.work, join(user.lab, "charms")])
    mkdirSync(each, { recursive: true });
  mkdirSync(join(user.data, "ssh"));
  for (const name of localCharmNames())
    writeFileSync(join(user.lab, "charms", `${name}.charm`), "");
  layOutFiles(recording, user);
  cpSync(join(user.lab, "charms"), user.work, { recursive: true });
  reset(
    user.home,
    { name: "empty", random: "replay", profile, apiKey: API_KEY, cloud: null },
    drivenClock(0),
    true,
  );
  // The recorded clients were no snaps: they saw every file.
  user.env = {
    HOME: join(folder, "home"),
    JUJU_DATA: user.data,
    PWD: user.work,
    RACK_UNCONFINED: "1",
  };
  return user;
};

export const ask = async (user: JujuUser, call: CliCall): Promise<Got> => {
  const got: Got = { rc: 0, stdout: "", stderr: "" };
  const io: Io = {
    out: (text) => (got.stdout += text.toString()),
    err: (text) => (got.stderr += text),
    stdin: () => call.stdin ?? "",
    stdoutIsTerminal: false,
  };
  layOutPayloads(user, call);
  const argv = call.argv.slice(1).map((word) => word.replaceAll("$LAB", user.lab));
  got.rc = await run(argv, io, user.env, user.home);
  return got;
};

/** Of help, and of clouds that Juju knows by itself, only names are played. */
const namesOnly = (call: CliCall): boolean =>
  call.argv[1] === "help" || call.argv.includes("--help") || allClouds(call);

const allClouds = (call: CliCall): boolean =>
  call.argv[1] === "clouds" && call.argv.includes("--all");

const keysOf = (text: string): string => {
  const value = JSON.parse(text) as unknown;
  return Object.keys(value as object)
    .sort()
    .join(" ");
};

export const compareCall = (call: CliCall, got: Got, names: Names): string[] => {
  const found = call.rc === got.rc ? [] : [`rc: expected ${call.rc}, got ${got.rc}`];
  if (allClouds(call) && call.argv.includes("json") && call.rc === 0 && got.rc === 0) {
    const [theirs, ours] = [keysOf(call.stdout ?? ""), keysOf(got.stdout)];
    return theirs === ours ? found : [...found, `clouds: ${ours}`];
  }
  if (namesOnly(call)) return found;
  return [
    ...found,
    ...outputDifferences(call.stdout ?? "", got.stdout, names),
    // What the recorder wrote down by hand ends without its last line end.
    ...(call.note === undefined
      ? errorDifferences(call.stderr ?? "", got.stderr, names)
      : errorDifferences((call.stderr ?? "").trimEnd(), got.stderr.trimEnd(), names)),
  ];
};

export const difference = (file: string, call: CliCall, found: string[]): Difference => ({
  file,
  line: call.line,
  call: [call.version, call.state, ...call.argv].filter((word) => word !== undefined).join(" "),
  expected: `rc ${call.rc} ${JSON.stringify(call.stdout ?? "").slice(0, 600)} ${JSON.stringify(call.stderr ?? "").slice(0, 900)}`,
  got: found.join("; "),
});
