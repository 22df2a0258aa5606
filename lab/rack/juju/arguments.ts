import { usage } from "./errors";
import flagsTable from "./flags.json";

/** Juju's command line (gnuflag): flags anywhere, `--flag=value` or `--flag value`, `--` ends them. */

interface Entry {
  aliases: string[];
  flags: string[];
}

const table = flagsTable as Record<string, Record<string, Entry | null>>;

const asNumbers = (version: string): number[] => version.split(".").map(Number);

const notAfter = (a: string, b: string): boolean => {
  const [left, right] = [asNumbers(a), asNumbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) < (right[i] ?? 0);
  }
  return true;
};

/** What a version says of a command; undefined where it does not have it. */
export const entryOf = (command: string, version: string): Entry | undefined => {
  const versions = table[command];
  if (versions === undefined) return undefined;
  let found: Entry | undefined;
  for (const [from, entry] of Object.entries(versions)) {
    if (notAfter(from, version)) found = entry ?? undefined;
  }
  return found;
};

/** The command that a name or an alias stands for. */
export const resolveName = (name: string, version: string): string | undefined => {
  for (const command of Object.keys(table)) {
    const entry = entryOf(command, version);
    if (entry === undefined) continue;
    if (command === name || entry.aliases.includes(name)) return command;
  }
  return undefined;
};

export const commandNames = (version: string): string[] =>
  Object.keys(table).filter((command) => entryOf(command, version) !== undefined);

const GLOBAL = new Set(["debug", "verbose", "quiet", "show-log", "logging-config", "help", "h"]);

const BOOLEAN = new Set(
  (
    "B a-flag active-only all auto-upgrade background build-agent charmhub-only client clouds color color-always " +
    "debug destroy-all-models destroy-storage details discourse-ids disks-only dry-run exact-time " +
    "filesystem force force-base force-series force-units full h help hide-credential " +
    "ignore-agent-versions ignore-read-only-fields include-charm-defaults keep-broken keep-instance managed ms no-browser-login " +
    "no-color no-destroy no-download no-host-key-checks no-index no-progress no-prompt no-retry " +
    "no-switch no-tail no-wait operator parallel pty public quiet r refresh regions-only release-storage " +
    "remote-only remove replace replay reset-previous-upgrade resources retry reveal schema short show-log " +
    "show-password show-secrets simplified skip-storage split string-args tail trust unicode utc uuid verbose volume " +
    "x y yes auto-prune db-snap-x integrations relations connected integrations-only browser " +
    "add-model-x color"
  ).split(" "),
);

/** Flags that are switches in some commands and take a value in others. */
const BY_COMMAND: Record<string, { booleans?: string[]; values?: string[] }> = {
  bootstrap: { booleans: ["clouds"], values: ["regions"] },
  status: { booleans: ["storage", "relations", "integrations"], values: ["watch"] },
  "show-credential": { booleans: ["show-secrets"] },
  machines: { booleans: ["utc", "color"] },
  exec: { booleans: ["all"], values: ["operator"] },
  "debug-log": { booleans: ["tail", "date", "location", "ms", "utc", "color"] },
  expose: {},
  trust: { booleans: ["remove"], values: ["scope"] },
  storage: { booleans: ["filesystem", "volume"] },
  "show-unit": { values: ["endpoint", "related-unit"], booleans: ["app"] },
  info: { values: ["base", "channel", "arch", "revision"], booleans: ["config", "unicode"] },
  subnets: {},
  "show-status-log": {
    booleans: ["utc", "include-status-updates"],
    values: ["days", "from-date", "n", "type"],
  },
};

export const isBoolean = (command: string, flag: string): boolean => {
  const special = BY_COMMAND[command];
  if (special?.booleans?.includes(flag)) return true;
  if (special?.values?.includes(flag)) return false;
  if (flag === "credential" || flag === "storage") return false;
  return BOOLEAN.has(flag);
};

const INTEGERS = new Set([
  "n",
  "num-units",
  "revision",
  "lines",
  "retry-count",
  "days",
  "parallel",
]);
const DURATIONS = new Set(["wait", "timeout", "model-timeout", "retry-delay", "max-wait", "watch"]);
const SYNONYMS: Record<string, string> = {
  m: "model",
  c: "controller",
  o: "output",
  u: "unit",
  a: "application",
  f: "file",
  i: "include",
  l: "level",
};

const DURATION = /^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;

const checkValue = (command: string, flag: string, value: string): void => {
  const shown = `--${flag}`;
  const bad = (reason: string): never => {
    const dashes = flag.length === 1 ? `-${flag}` : shown;
    throw usage(`invalid value "${value}" for option ${dashes}: ${reason}`);
  };
  const integer = INTEGERS.has(flag) && !(command === "debug-log" && flag === "n");
  if (integer && !/^[-+]?\d+$/.test(value))
    bad(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  const duration = DURATIONS.has(flag) || (flag === "t" && command === "kill-controller");
  if (duration && value !== "0" && !DURATION.test(value)) bad(`time: invalid duration "${value}"`);
  if (flag === "storage" && !/^([^=:]+:)?[^=]+=.+$/.test(value) && command !== "status")
    bad("expected [<application>:]<store>=<constraints>");
  if (
    flag === "format" &&
    !/^(json|yaml|tabular|summary|oneline|short|line|smart|plain)$/.test(value)
  )
    bad(`unknown format "${value}"`);
};

export interface Arguments {
  /** Every flag in its long form with the values it was given. */
  flags: Map<string, string[]>;
  words: string[];
}

/** Commands whose own arguments may look like flags: what follows the first word is theirs. */
const OWN_ARGUMENTS = new Set(["exec", "ssh", "debug-code", "debug-hooks"]);

const TRUE = /^(1|t|T|true|TRUE|True)$/;
const FALSE = /^(0|f|F|false|FALSE|False)$/;

const put = (result: Arguments, command: string, flag: string, value: string): void => {
  const isList = command === "exec" || command === "debug-log";
  const long =
    flag === "a" && !isList
      ? flag
      : flag === "n" && command !== "debug-log"
        ? "num-units"
        : (SYNONYMS[flag] ?? flag);
  result.flags.set(long, [...(result.flags.get(long) ?? []), value]);
};

export const parseArguments = (command: string, version: string, argv: string[]): Arguments => {
  const known = new Set(entryOf(command, version)?.flags ?? []);
  // The flags of wait-for are those of its subcommands.
  if (command === "wait-for")
    for (const flag of ["m", "model", "query", "timeout", "summary"]) known.add(flag);
  const result: Arguments = { flags: new Map(), words: [] };
  const rest = [...argv];
  const one = (flag: string, given: string | undefined, dashes: string): void => {
    if (!known.has(flag) && !GLOBAL.has(flag))
      throw usage(`option provided but not defined: ${dashes}${flag}`);
    if (isBoolean(command, flag)) {
      if (given !== undefined && !TRUE.test(given) && !FALSE.test(given))
        throw usage(
          `invalid value "${given}" for option ${dashes}${flag}: strconv.ParseBool: parsing "${given}": invalid syntax`,
        );
      put(result, command, flag, given === undefined || TRUE.test(given) ? "true" : "false");
      return;
    }
    const value = given ?? rest.shift();
    if (value === undefined) throw usage(`option needs an argument: ${dashes}${flag}`);
    checkValue(command, flag, value);
    put(result, command, flag, value);
  };
  while (rest.length > 0) {
    const word = rest.shift() ?? "";
    if (word === "--") {
      result.words.push(...rest.splice(0));
    } else if (word.startsWith("--")) {
      const at = word.indexOf("=");
      if (at < 0) one(word.slice(2), undefined, "--");
      else one(word.slice(2, at), word.slice(at + 1), "--");
    } else if (word.length > 1 && word.startsWith("-")) {
      const flag = word[1] ?? "";
      const tail = word.slice(2);
      if (tail === "") one(flag, undefined, "-");
      else if (isBoolean(command, flag)) {
        for (const each of word.slice(1)) one(each, undefined, "-");
      } else one(flag, tail.replace(/^=/, ""), "-");
    } else {
      result.words.push(word);
      if (OWN_ARGUMENTS.has(command)) result.words.push(...rest.splice(0));
    }
  }
  return result;
};
