import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import { durationFault, nanosecondsOf, shownDuration } from "../duration";
import { atMost, type Check, needs, quoted, takes } from "./names";
import { mapIn } from "../../yaml/read";

/** Where secrets are kept. */

interface Provider {
  needed: string[];
  keys: string[];
}

const IDENTITY = ["ca-cert", "client-cert", "client-key", "token"];

/** Kinds of backends; undefined where the settings are not looked at. */
const PROVIDERS: Record<string, Provider | undefined> = {
  controller: undefined,
  vault: {
    needed: ["endpoint"],
    keys: [...IDENTITY, "endpoint", "mount-path", "namespace", "tls-server-name"],
  },
  kubernetes: {
    needed: ["endpoint", "namespace"],
    keys: [
      ...IDENTITY,
      ...["ca-certs", "endpoint", "namespace", "password", "prefer-incluster-address"],
      ...["service-account", "skip-tls-verify", "username"],
    ],
  },
};

type Settings = Record<string, unknown>;

const settingsOf = (words: string[]): Settings => {
  const settings: Settings = {};
  for (const word of words) {
    const end = word.indexOf("=");
    if (end < 0) throw usage(`key value ${quoted(word)} not valid`);
    const key = word.slice(0, end);
    if (key === "") throw usage(`expected "key=value", got ${quoted(word)}`);
    if (Object.hasOwn(settings, key)) throw usage(`key ${quoted(key)} specified more than once`);
    settings[key] = word.slice(end + 1);
  }
  return settings;
};

/** Settings of the file that `--config` names, under those of the command line. */
const withFile = (call: Call, settings: Settings): Settings => {
  const name = call.flag("config") ?? "";
  if (name === "") return settings;
  const text = name === "-" ? call.io.stdin() : call.read(call.path(name));
  return { ...mapIn(text), ...settings };
};

const HOUR = 3_600_000_000_000n;

const checkRotation = (settings: Settings, zero: boolean): void => {
  if (!Object.hasOwn(settings, "token-rotate")) return;
  const text = String(settings["token-rotate"]);
  const fault = durationFault(text);
  if (fault !== undefined) throw new JujuError(`invalid token rotate interval: ${fault}`);
  const length = nanosecondsOf(text);
  if (length < 1_000_000_000n && length > -1_000_000_000n) {
    if (!zero) throw new JujuError("token rotate interval cannot be 0");
  } else if (length > 0n && length < HOUR)
    throw new JujuError(
      `token rotate interval ${quoted(shownDuration(length))} less than 1h not valid`,
    );
};

const checkProvider = (type: string, settings: Settings): void => {
  if (!Object.hasOwn(PROVIDERS, type))
    throw new JujuError(
      `invalid secret backend ${quoted(type)}: no registered provider for ${quoted(type)}`,
    );
  const provider = PROVIDERS[type];
  if (provider === undefined) return;
  const fail = (reason: string): never => {
    throw new JujuError(`invalid provider config: ${reason}`);
  };
  const keys = Object.keys(settings).filter((key) => key !== "token-rotate");
  const strange = keys.sort().find((key) => !provider.keys.includes(key));
  if (strange !== undefined)
    fail(`unknown key ${quoted(strange)} (value ${quoted(String(settings[strange]))})`);
  const missing = provider.needed.find((key) => !keys.includes(key));
  if (missing !== undefined) fail(`${missing}: expected string, got nothing`);
};

const add: Check = (call) => {
  needs(2, "must specify backend name and type")(call);
  const [, type = "", ...words] = call.words;
  const own = settingsOf(words);
  if (words.length === 0 && (call.flag("config") ?? "") === "")
    throw usage("must specify a config file or key values");
  const settings = withFile(call, own);
  checkRotation(settings, false);
  checkProvider(type, settings);
};

const update: Check = (call) => {
  needs(1, "must specify backend name")(call);
  const own = settingsOf(call.words.slice(1));
  const resets = call.all("reset").flatMap((keys) => keys.split(","));
  const kept = Object.keys(own).filter((key) => !resets.includes(key));
  if (kept.length === 0 && resets.length === 0 && (call.flag("config") ?? "") === "")
    throw usage("must specify a config file or key/reset values");
  checkRotation(withFile(call, own), true);
};

const list: Check = (call) => {
  atMost(0)(call);
  if (call.on("reveal") && ["", "tabular"].includes(call.format))
    call.err("sensitive config values are not shown in tabular format\n");
};

const ofModel: Check = (call) => {
  if (call.words.length > 1) throw usage("cannot specify multiple secret backend names");
  if (call.words[0] === "") throw usage("cannot specify an empty secret backend name");
};

const name = takes(["must specify backend name"]);

export const secretBackendChecks: Record<string, Check> = {
  "add-secret-backend": add,
  "model-secret-backend": ofModel,
  "remove-secret-backend": name,
  "secret-backends": list,
  "show-secret-backend": name,
  "update-secret-backend": update,
};
