import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import { isCidr } from "../cidr";

/** The names of things in Juju, and the words for lines that have too many or too few. */

const NUMBER = "(?:0|[1-9][0-9]*)";
const APPLICATION = "(?:[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*)";
const USER = "[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9]";

const whole = (pattern: string): ((text: string) => boolean) => {
  const expression = new RegExp(`^${pattern}$`);
  return (text) => expression.test(text);
};

export const isApplication = whole(APPLICATION);
export const isEndpoint = whole("[a-z][a-z0-9]*([_-][a-z0-9]+)*");
export const isUnit = whole(`${APPLICATION}/${NUMBER}`);
export const isUnitOrLeader = whole(`${APPLICATION}/(${NUMBER}|leader)`);
export const isMachine = whole(`${NUMBER}(?:/[a-z]+/${NUMBER})*`);
export const isNumber = whole(NUMBER);
export const isCloud = whole("[a-zA-Z0-9][a-zA-Z0-9._-]*");
export const isCredential = whole("[a-zA-Z][a-zA-Z0-9.@_+-]*");
export const isModel = whole("[a-z0-9]+[a-z0-9-]*");
export const isSpace = whole("(?:[a-z0-9]+(?:-[a-z0-9]+)*)");
export const isUser = whole(`${USER}(?:@${USER})?`);
/** Of an action, or of a part of a parameter's key. */
export const isActionName = whole("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

/** Go's %q. */
export const quoted = (text: string): string => JSON.stringify(text);

export type Check = (call: Call) => void;

/** Refuses the words after the first `count`. */
export const noneAfter = (call: Call, count: number): void => {
  const extra = call.words.slice(count);
  if (extra.length > 0) throw usage(`unrecognized args: [${extra.map(quoted).join(" ")}]`);
};

export const atMost =
  (count: number): Check =>
  (call) =>
    noneAfter(call, count);

/** One message for each word that is needed; no more words than those and `optional`. */
export const takes =
  (messages: string[], optional = 0): Check =>
  (call) => {
    const missing = messages[call.words.length];
    if (missing !== undefined) throw usage(missing);
    noneAfter(call, messages.length + optional);
  };

/** At least so many words; any further ones are allowed. */
export const needs =
  (count: number, message: string): Check =>
  (call) => {
    if (call.words.length < count) throw usage(message);
  };

export const inTurn =
  (...checks: Check[]): Check =>
  (call) => {
    for (const check of checks) check(call);
  };

/** Every word is a name of this kind. */
export const each =
  (fits: (text: string) => boolean, message: (word: string) => string): Check =>
  (call) => {
    const wrong = call.words.find((word) => !fits(word));
    if (wrong !== undefined) throw usage(message(wrong));
  };

/** The word at this place, where there is one, is a name of this kind. */
export const at =
  (place: number, fits: (text: string) => boolean, message: (word: string) => string): Check =>
  (call) => {
    const word = call.words[place];
    if (word !== undefined && !fits(word)) throw usage(message(word));
  };

/** Two flags that exclude each other. */
export const notBoth =
  (a: string, b: string, message: string): Check =>
  (call) => {
    const given = (flag: string): boolean => !["", "false"].includes(call.flag(flag) ?? "");
    if (given(a) && given(b)) throw usage(message);
  };

const NO_WAIT = "--no-wait without --force not valid";

export const forceForNoWait: Check = (call) => {
  if (call.on("no-wait") && !call.on("force")) throw usage(NO_WAIT);
};

/** The same of commands that only see it once they run: their exit status is another. */
export const forceForNoWaitRun: Check = (call) => {
  if (call.on("no-wait") && !call.on("force")) throw new JujuError(NO_WAIT);
};

/** The networks of `--via`, which are not all there is. */
export const checkVia: Check = (call) => {
  const via = (call.flag("via") ?? "").replaceAll(" ", "");
  if (via === "") return;
  for (const cidr of via.split(",")) {
    if (!isCidr(cidr)) throw usage(`invalid CIDR address: ${cidr}`);
    if (cidr === "0.0.0.0/0") throw usage(`CIDR "${cidr}" not allowed`);
  }
};
