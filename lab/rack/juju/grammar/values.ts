import { usage } from "../errors";
import { parseDirective } from "./directive";
import { durationFault } from "./duration";
import kindsTable from "./flagKinds.json";

/** What a flag takes (`flagKinds.json`, from the defaults in Juju's own reference); text where it says nothing. */
interface Kinds {
  /** Take no value, or one after `=`. */
  switches?: string[];
  integers?: string[];
  /** Integers that are not negative. */
  naturals?: string[];
  durations?: string[];
  /** What `--format` allows. */
  formats?: string[];
  /** The format where none is asked for, if a machine can read it. */
  defaultFormat?: string;
}

const table = kindsTable as Record<string, Kinds>;

const GLOBAL_SWITCHES = [
  ...["debug", "description", "h", "help", "q", "quiet"],
  ...["show-log", "v", "verbose"],
];
const GLOBAL_TEXTS = ["log-file", "logging-config"];

/** Flags that every command has. */
export const isGlobal = (flag: string): boolean =>
  GLOBAL_SWITCHES.includes(flag) || GLOBAL_TEXTS.includes(flag);

export const isSwitch = (command: string, flag: string): boolean =>
  GLOBAL_SWITCHES.includes(flag) || (table[command]?.switches?.includes(flag) ?? false);

/** Is the answer for a machine? Commands that fail print an empty document then. */
export const isForMachines = (command: string, format: string): boolean =>
  ["json", "yaml"].includes(format === "" ? (table[command]?.defaultFormat ?? "") : format);

const goString = (text: string): string => JSON.stringify(text);

const LARGEST = 2n ** 63n;

/** Go's strconv.ParseInt with base 0; undefined where the text is a number. */
const integerFault = (text: string, signed: boolean): string | undefined => {
  const call = `strconv.${signed ? "ParseInt" : "ParseUint"}: parsing ${goString(text)}`;
  const digits = signed ? text.replace(/^[-+]/, "") : text;
  const clean = digits.replaceAll(/(?<=\w)_(?=\w)/g, "");
  if (!/^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/.test(clean))
    return `${call}: invalid syntax`;
  const value = BigInt(/^0[0-7]/.test(clean) ? `0o${clean.slice(1)}` : clean);
  const limit = signed ? (text.startsWith("-") ? LARGEST + 1n : LARGEST) : LARGEST * 2n;
  return value >= limit ? `${call}: value out of range` : undefined;
};

/** A pool, a count or a size, in any order. */
const isText = (parsed: unknown): parsed is string => typeof parsed === "string";

const STORAGE_ID = /^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*\/(0|[1-9]\d*)$/;

/** Flags whose text has a form. `directive`: what the version calls a storage or device constraint. */
const formFault = (
  command: string,
  flag: string,
  value: string,
  directive: string,
): string | undefined => {
  const of = command === "deploy" ? "[<application>:]" : "";
  if (flag === "storage" && command !== "add-k8s" && !value.includes("="))
    return `expected ${of}<store>=<${directive}>`;
  if (flag === "device" && !value.includes("=")) return `expected ${of}<device>=<constraints>`;
  if (flag === "resource" && !value.includes("="))
    return `badly formatted name value pair: ${value}`;
  if (flag === "disks") {
    const words = value.split(" ").filter((each) => each !== "");
    const major = directive === "directive" ? 4 : 3;
    const wrong = words.map((each) => parseDirective(each, major)).find(isText);
    const kind = major === 4 ? "storage directives" : "constraints";
    if (wrong !== undefined) return `cannot parse disk ${kind}: ${wrong}`;
  }
  if (flag === "attach-storage") {
    const wrong = value.split(",").find((id) => value !== "" && !STORAGE_ID.test(id));
    if (wrong !== undefined) return `storage ID ${goString(wrong)} not valid`;
  }
  const isConfig = flag === "config" || flag === "model-default" || flag === "storage-pool";
  if (isConfig && value === "" && ["add-model", "bootstrap", "deploy", "refresh"].includes(command))
    return "empty string not valid";
  return undefined;
};

const fault = (
  command: string,
  flag: string,
  value: string,
  directive: string,
): string | undefined => {
  const kinds = table[command] ?? {};
  if (command === "debug-log" && (kinds.integers?.includes(flag) ?? false))
    return /^\d+$/.test(value) ? undefined : `invalid value ${goString(value)} for uint flag`;
  if (kinds.integers?.includes(flag)) return integerFault(value, true);
  if (kinds.naturals?.includes(flag)) return integerFault(value, false);
  if (kinds.durations?.includes(flag)) return durationFault(value);
  if (flag === "format" && kinds.formats !== undefined && !kinds.formats.includes(value))
    return `unknown format ${goString(value)}`;
  return formFault(command, flag, value, directive);
};

/** Refuses a value that the flag cannot take, in Go's words. */
export const checkValue = (
  command: string,
  flag: string,
  value: string,
  directive: string,
  noun: string,
): void => {
  const reason = fault(command, flag, value, directive);
  if (reason === undefined) return;
  const dashes = flag.length === 1 ? "-" : "--";
  throw usage(`invalid value ${goString(value)} for ${noun} ${dashes}${flag}: ${reason}`);
};

const TRUE = /^(1|t|T|true|TRUE|True)$/;
const FALSE = /^(0|f|F|false|FALSE|False)$/;

/** A switch that is given a value (`--utc=false`). */
export const switchValue = (flag: string, value: string, noun: string): boolean => {
  if (TRUE.test(value)) return true;
  if (FALSE.test(value)) return false;
  const dashes = flag.length === 1 ? "-" : "--";
  throw usage(
    `invalid value ${goString(value)} for ${noun} ${dashes}${flag}: strconv.ParseBool: parsing ${goString(value)}: invalid syntax`,
  );
};
