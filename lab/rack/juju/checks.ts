import type { Call } from "./call";
import { JujuError, usage } from "./errors";

/** What commands that are not played say of their arguments before they connect. */

const secretPairs = (words: string[]): void => {
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 0) throw usage(`key value "${word}" not valid`);
    const key = word.slice(0, at).replace(/#(base64|file)$/, "");
    if (!/^[a-z][a-z0-9-]{1,}[a-z0-9]$/.test(key)) throw usage(`key "${key}" not valid`);
  }
};

const needs =
  (count: number, message: string) =>
  (call: Call): void => {
    if (call.words.length < count) throw usage(message);
  };

const STORE = "https://api.charmhub.io/v2/charms";

const unreachableStore = (request: string): never => {
  throw new JujuError(`${request}: dial tcp: lookup api.charmhub.io: i/o timeout`);
};

const CHECKS: Record<string, (call: Call) => void> = {
  "add-secret": (call) => secretPairs(call.words.slice(1)),
  "destroy-controller": (call) => {
    if (call.on("destroy-storage") && call.on("release-storage"))
      throw usage("--destroy-storage and --release-storage cannot both be specified");
  },
  download: () => unreachableStore(`Post "${STORE}/refresh"`),
  "enable-ha": (call) => {
    const count = Number(call.flag("num-units") ?? 3);
    if (count < 0 || (count !== 0 && count % 2 === 0))
      throw usage("must specify a number of controllers odd and non-negative");
  },
  "grant-secret": needs(2, "missing secret URI or application name"),
  info: (call) => unreachableStore(`Get "${STORE}/info/${call.words[0] ?? ""}"`),
  migrate: (call) => {
    if (Object.keys(call.client.controllers().controllers).length === 0) call.controllerName(2);
    const [, to = ""] = call.words;
    if (!(to in call.client.controllers().controllers))
      throw new JujuError(`controller ${to} not found`);
  },
  offer: needs(1, "an offer must at least specify application endpoint"),
  refresh: (call) => {
    if (call.words.length === 0) throw usage("no application specified");
    if (call.flag("path") !== undefined && call.flag("switch") !== undefined)
      throw usage("--switch and --path are mutually exclusive");
  },
  scp: needs(2, "at least two arguments required"),
  ssh: needs(1, "no target name specified"),
  status: (call) => {
    if (call.flag("watch") !== undefined)
      throw new JujuError(
        "unable to run Viddy (watcher for status command): open /dev/tty: no such device or address",
      );
  },
  "update-secret": (call) => secretPairs(call.words.slice(1)),
  "wait-for": (call) => {
    if (call.words.length === 0) return;
    if (Object.keys(call.client.controllers().controllers).length === 0) call.controllerName(2);
    const [kind = "", name] = call.words;
    if (name === undefined)
      throw usage(`${kind} name must be supplied when waiting for an ${kind}`);
  },
};

/** Throws where the command line says something that the command cannot mean. */
export const checkArguments = (call: Call): void => CHECKS[call.command]?.(call);
