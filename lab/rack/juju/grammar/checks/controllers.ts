import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import { SERIES } from "../../engine/series";
import { channelFault } from "../channel";
import { keyActions } from "./keys";
import { atMost, type Check, isCloud, notBoth, quoted, takes } from "./names";

/** Controllers: bootstrap, destruction, high availability, users' way in. */

const storageChoice = notBoth(
  "destroy-storage",
  "release-storage",
  "--destroy-storage and --release-storage cannot both be specified",
);

/** Is a duration given, and not negative? */
export const isDuration = (value: string | undefined): boolean =>
  value !== undefined && !value.startsWith("-");

const checkDestroy: Check = (call) => {
  storageChoice(call);
  if (!call.on("force") && isDuration(call.flag("model-timeout")))
    throw usage("--model-timeout can only be used with --force (dangerous)");
  takes(["no controller specified"])(call);
};

export const destroysStorage = storageChoice;

const CONTAINER = /^(lxd|kvm)(:|$)/;

const checkHa: Check = (call) => {
  const count = Number(call.flag("num-units") ?? 0);
  if (count < 0 || (count !== 0 && count % 2 === 0))
    throw usage("must specify a number of controllers odd and non-negative");
  const to = call.flag("to") ?? "";
  for (const spec of to === "" ? [] : to.split(",").map((each) => each.trim())) {
    if (spec === "") throw usage("empty placement directive passed to enable-ha");
    if (/^\d+\//.test(spec))
      throw usage("enable-ha cannot be used with container placement directives");
    if (CONTAINER.test(spec) || /^[^=:]+:/.test(spec))
      throw usage(`unsupported enable-ha placement directive ${quoted(spec)}`);
  }
  atMost(0)(call);
};

const minorOf = (version: string): string =>
  version.split(".").slice(0, 2).join(".").replace(/-.*/, "");

const checkAgentVersion = (call: Call): void => {
  const version = call.flag("agent-version") ?? "";
  if (version === "") return;
  if (call.on("build-agent"))
    throw usage("--agent-version and --build-agent can't be used together");
};

const agentVersionFits = (call: Call): void => {
  const version = call.flag("agent-version") ?? "";
  if (version === "") return;
  if (!/^\d{1,9}\.\d{1,9}(\.\d{1,9}|-[a-z]+\d{1,9})(\.\d{1,9})?(-\w+-\w+)?$/.test(version))
    throw usage(`invalid version ${quoted(version)}`);
  const minor = minorOf(call.version);
  if (minorOf(version) !== minor) throw usage(`this client can only bootstrap ${minor} agents`);
};

/** Of the controller's charm: [track/]risk[/branch]. */
const checkCharmChannel = (call: Call): void => {
  const channel = call.flag("controller-charm-channel") ?? "";
  if (channel === "" || channelFault(channel) === undefined) return;
  throw usage(`controller charm channel ${quoted(channel)} not valid`);
};

const checkBootstrap: Check = (call) => {
  notBoth(
    "bootstrap-series",
    "bootstrap-base",
    "cannot specify both --bootstrap-series and --bootstrap-base",
  )(call);
  for (const flag of ["db-snap", "db-snap-asserts"]) {
    const file = call.flag(flag) ?? "";
    if (file !== "" && !call.sees(file))
      throw usage(`problem with --${flag}: stat ${file}: no such file or directory`);
  }
  const series = call.flag("bootstrap-series") ?? "";
  if (series !== "" && !SERIES.has(series))
    throw usage(`cannot determine base for series ${quoted(series)}`);
  const base = call.flag("bootstrap-base") ?? "";
  if (base !== "" && !/^[a-z]+@\d\d\.\d\d(\/\w+)?$/.test(base))
    throw usage(`base ${quoted(base)} not valid`);
  checkCharmChannel(call);
  notBoth("clouds", "regions", "--clouds and --regions can't be used together")(call);
  if (call.on("clouds") || (call.flag("regions") ?? "") !== "") return atMost(0)(call);
  checkAgentVersion(call);
  const to = call.flag("to") ?? "";
  if (/:|^\d+$/.test(to)) throw usage(`unsupported bootstrap placement directive ${quoted(to)}`);
  agentVersionFits(call);
  const [place = ""] = call.words;
  const [cloud = ""] = place.split("/");
  if (place !== "" && !isCloud(cloud)) throw usage(`cloud name ${quoted(cloud)} not valid`);
  return atMost(2)(call);
};

const checkMigrate: Check = (call) => {
  const { words } = call;
  if (words.length < 1) throw usage("model not specified");
  if (words.length < 2) throw usage("target controller not specified");
  if (words.length > 2) throw usage("too many arguments specified");
  const known = call.client.controllers().controllers;
  if (Object.keys(known).length === 0) call.controllerName(2);
  const [, to = ""] = words;
  if (!(to in known)) throw new JujuError(`controller ${to} not found`);
};

const checkUnregister: Check = (call) => {
  const [name] = call.words;
  if (name === undefined) throw usage("controller name must be specified");
  if (name === "") throw usage("empty controller name not valid");
  atMost(1)(call);
};

const VERSION = /^\d{1,9}\.\d{1,9}(\.\d{1,9}|-[a-z]+\d{1,9})(\.\d{1,9})?$/;

const checkUpgrade: Check = (call) => {
  const version = call.flag("agent-version") ?? "";
  if (version !== "" && !VERSION.test(version)) throw usage(`invalid version ${quoted(version)}`);
  atMost(0)(call);
};

/** `switch` takes what it switches to as a word, or as a flag. */
const checkSwitch: Check = (call) => {
  const given = (flag: string): boolean => (call.flag(flag) ?? "") !== "";
  if (given("model") && given("controller"))
    throw usage("cannot specify both a --model and --controller");
  for (const flag of ["controller", "model"])
    if (given(flag) && call.words.length > 0)
      throw usage(`no argument accepted when --${flag} flag  is specified`);
  atMost(1)(call);
};

const TERM = /^[a-z](-?[a-z0-9]+)+$/;

/** Terms of a charm that somebody agrees to: `[OWNER/]NAME/REVISION`. */
const checkTerms: Check = (call) => {
  if (call.words.length === 0) throw usage("missing arguments");
  for (const word of call.words) {
    const parts = word.slice(word.indexOf(":") + 1).split("/");
    if (parts.length > 3)
      throw usage(`invalid term format: unknown term id format ${quoted(word)}`);
    const last = parts.at(-1) ?? "";
    const revision = parts.length > 1 && /^[-+]?\d+$/.test(last) ? Number(last) : 0;
    const name = (revision === 0 ? last : parts.at(-2)) ?? "";
    if (!TERM.test(name))
      throw usage(`invalid term format: wrong term name format ${quoted(name)}`);
    if (revision === 0) throw usage(`must specify a valid term revision ${quoted(word)}`);
  }
};

export const controllerChecks: Record<string, Check> = {
  agree: checkTerms,
  agreements: atMost(0),
  bootstrap: checkBootstrap,
  "controller-config": (call) => keyActions(call, call.words, []),
  controllers: atMost(0),
  "create-backup": (call) => {
    atMost(1)(call);
    if (call.on("no-download") && call.flag("filename") !== undefined)
      throw usage("cannot mix --no-download and --filename");
    if (call.flag("filename") === "") throw usage("missing filename");
  },
  "destroy-controller": checkDestroy,
  "download-backup": takes(["missing filename"]),
  "enable-destroy-controller": atMost(0),
  "enable-ha": checkHa,
  "kill-controller": takes(["no controller specified"]),
  login: atMost(1),
  logout: atMost(0),
  migrate: checkMigrate,
  models: atMost(0),
  register: takes(["registration data missing"]),
  "show-controller": (call) => {
    if (call.words[0] === "") throw new JujuError("empty controller name not valid");
  },
  switch: checkSwitch,
  "sync-agent-binary": (call) => {
    if ((call.flag("agent-version") ?? "") === "") throw usage("--agent-version is required");
    checkUpgrade(call);
  },
  unregister: checkUnregister,
  "upgrade-controller": checkUpgrade,
  "upgrade-model": checkUpgrade,
  version: atMost(0),
  whoami: atMost(0),
};
