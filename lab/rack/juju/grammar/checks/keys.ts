import { usage } from "../../errors";
import type { Call } from "../../call";
import { quoted } from "./names";

/** `key=value` sets, `key` gets, `--reset` and `--file`: what can be asked for in one command line. */
export const keyActions = (call: Call, words: string[], cannotReset: string[]): void => {
  const resets = call.all("reset").flatMap((value) => value.replace(/^,+|,+$/g, "").split(","));
  for (const key of resets) {
    if (cannotReset.includes(key)) throw usage(`${quoted(key)} cannot be reset`);
    if (key.includes("="))
      throw usage(
        `--reset accepts a comma delimited set of keys "a,b,c", received: ${quoted(key)}`,
      );
  }
  const sets = new Set<string>();
  for (const word of words.filter((each) => each.includes("="))) {
    const key = word.slice(0, word.indexOf("="));
    if (key === "") throw usage(`expected "key=value", got ${quoted(word)}`);
    if (sets.has(key)) throw usage(`key ${quoted(key)} specified more than once`);
    sets.add(key);
  }
  const gets = words.filter((each) => !each.includes("="));
  const actions = [
    ...(call.flag("file") === undefined ? [] : ["use --file flag"]),
    ...(resets.length === 0 ? [] : ["use --reset flag"]),
    ...(gets.length === 0 ? [] : ["get value"]),
    ...(sets.size === 0 ? [] : ["set key=value pairs"]),
  ];
  if (gets.length > 0 && actions.length > 1) {
    const list = `${actions.slice(0, -1).join(", ")} and ${actions.at(-1) ?? ""}`;
    throw usage(`cannot ${list} simultaneously`);
  }
  if (gets.length > 1) throw usage("cannot specify multiple keys to get");
  const both = resets.find((key) => sets.has(key));
  if (both !== undefined) throw usage(`cannot set and reset key ${quoted(both)} simultaneously`);
};
