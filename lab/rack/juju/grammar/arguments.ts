import { usage } from "../errors";
import { entryOf } from "./table";
import { checkValue, isGlobal, isSwitch, switchValue } from "./values";

export interface Arguments {
  /** Every flag in its long form with the values it was given. */
  flags: Map<string, string[]>;
  words: string[];
}

/** Commands that end their flags at the first word: what follows is for the remote side. */
const OWN_ARGUMENTS = new Set(["ssh", "scp", "debug-code", "debug-hooks"]);

const LONG: Record<string, string> = {
  m: "model",
  c: "controller",
  o: "output",
  u: "unit",
  f: "file",
  i: "include",
  l: "level",
  n: "num-units",
  v: "verbose",
  q: "quiet",
  h: "help",
};

const LONG_OF: Record<string, Record<string, string>> = {
  "debug-log": { n: "lines", x: "exclude" },
  exec: { a: "application", app: "application" },
  "destroy-model": { t: "timeout" },
  "kill-controller": { t: "timeout" },
  login: { u: "user" },
  "remove-offer": { y: "yes" },
  "show-secret": { r: "revision" },
};

const longName = (command: string, flag: string): string =>
  LONG_OF[command]?.[flag] ?? LONG[flag] ?? flag;

const flagsOf = (command: string, version: string): Set<string> =>
  new Set(entryOf(command, version)?.flags ?? []);

/** One command line on its way through gnuflag. */
class Parsing {
  readonly result: Arguments = { flags: new Map(), words: [] };
  private known: Set<string>;
  /** What the refusals call a flag. */
  private noun: "option" | "flag" = "option";

  constructor(
    private command: string,
    private readonly version: string,
    private readonly rest: string[],
    /** End at the first word. */
    private readonly ends: boolean,
  ) {
    this.known = flagsOf(command, version);
  }

  private put(flag: string, value: string): void {
    const long = longName(this.command, flag);
    this.result.flags.set(long, [...(this.result.flags.get(long) ?? []), value]);
  }

  private checkKnown(flag: string): void {
    if (this.known.has(flag) || isGlobal(flag)) return;
    throw usage(`${this.noun} provided but not defined: ${flag.length > 1 ? "--" : "-"}${flag}`);
  }

  private withValue(flag: string, given: string | undefined): void {
    const value = given ?? this.rest.shift();
    if (value === undefined)
      throw usage(`${this.noun} needs an argument: ${flag.length > 1 ? "--" : "-"}${flag}`);
    const directive = this.version.startsWith("4.") ? "directive" : "constraints";
    checkValue(this.command, flag, value, directive, this.noun);
    this.put(flag, value);
  }

  private long(word: string): void {
    const at = word.indexOf("=");
    const flag = at < 0 ? word.slice(2) : word.slice(2, at);
    if (flag === "") throw usage(`empty ${this.noun} in argument ${JSON.stringify(word)}`);
    const given = at < 0 ? undefined : word.slice(at + 1);
    this.checkKnown(flag);
    if (!isSwitch(this.command, flag)) this.withValue(flag, given);
    else this.put(flag, String(given === undefined || switchValue(flag, given, this.noun)));
  }

  /** `-Bm c:m`, `-n3`; here `=` is part of a value. */
  private short(word: string): void {
    let cluster = word.slice(1);
    while (cluster !== "") {
      const flag = String.fromCodePoint(cluster.codePointAt(0) ?? 0);
      cluster = cluster.slice(flag.length);
      this.checkKnown(flag);
      if (isSwitch(this.command, flag)) {
        const given = cluster.startsWith("=") ? cluster : undefined;
        this.put(flag, String(given === undefined || switchValue(flag, given, this.noun)));
        if (given !== undefined) return;
      } else {
        this.withValue(flag, cluster === "" ? undefined : cluster);
        return;
      }
    }
  }

  /** `wait-for` is a command of commands: the flags that follow are those of the one that is named. */
  private enter(word: string): void {
    const inner = `${this.command} ${word}`;
    if (entryOf(inner, this.version) === undefined) throw usage(`unrecognized command: ${inner}`);
    this.command = inner;
    this.known = flagsOf(inner, this.version);
    this.noun = "flag";
  }

  run(): Arguments {
    for (let word = this.rest.shift(); word !== undefined; word = this.rest.shift()) {
      if (word === "--") this.result.words.push(...this.rest.splice(0));
      else if (word.startsWith("--")) this.long(word);
      else if (word.startsWith("-") && word !== "-") this.short(word);
      else {
        if (this.command === "wait-for") this.enter(word);
        this.result.words.push(word);
        if (this.ends) this.result.words.push(...this.rest.splice(0));
      }
    }
    return this.result;
  }
}

/** Juju's command line (gnuflag): flags anywhere, `--flag=value` or `--flag value`, `--` ends them. */
export const parseArguments = (command: string, version: string, argv: string[]): Arguments =>
  new Parsing(command, version, [...argv], OWN_ARGUMENTS.has(command)).run();

/** Flags before the command's name; `words` begins with it. */
export const parseGlobal = (argv: string[]): Arguments => {
  const own = argv.filter((word) => word !== "--version" && word !== "--no-alias");
  return new Parsing("", "", own, true).run();
};
