import { posix } from "node:path";
import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import { baseFault, channelFault } from "../channel";
import { type CharmReference, parseCharm } from "../charmUrl";
import { entryOf } from "../table";
import { escapedQuery, parseUrl } from "../url";
import { type Check, noneAfter, quoted } from "./names";

/** Commands that only ask Charmhub. The rack's charms come from no store that could be asked. */

const STORE = "https://api.charmhub.io";

/** The client's name server, which no route leads to: the rack has no way out. */
const NAME_SERVER = "192.0.2.53:53";

/** The request that is made of the store, and why it fails. */
const ask = (call: Call, method: string, path: string): never => {
  const url = parseUrl(call.flag("charmhub-url") || STORE);
  if (typeof url === "string") throw new JujuError(url);
  const request = `${method} "${url.shown.replace(/\/+$/, "")}/v2/charms/${path}"`;
  if (!/^https?$/.test(url.scheme))
    throw new JujuError(`${request}: unsupported protocol scheme ${quoted(url.scheme)}`);
  if (url.host === "") throw new JujuError(`${request}: http: no Host in request URL`);
  const host = url.host.replace(/:\d+$/, "");
  throw new JujuError(
    `${request}: dial tcp: lookup ${host} on ${NAME_SERVER}: dial udp ${NAME_SERVER}: connect: network is unreachable`,
  );
};

const below = (path: string, names: string): string[] =>
  names.split(" ").map((name) => `${path}.${name}`);

const BASE = "architecture name channel";
const CHANNEL = ["name", ...below("base", BASE), "released-at", "risk", "track"].join(" ");

const revision = (own: string): string =>
  ["download.size", own, ...below("bases", BASE), "revision", "version"].join(" ");

/** What `info` asks the store to tell of a charm. */
const INFO_FIELDS = [
  ...below("result", "categories.featured categories.name"),
  ...below("result.contains-charms", "name package-id store-url"),
  ...below("result", "description license publisher.display-name store-url summary"),
  ...below("default-release.revision", revision("config-yaml metadata-yaml bundle-yaml")),
  ...below("default-release.channel", CHANNEL),
  ...below("channel-map.revision", revision("created-at")),
  ...below("channel-map.channel", CHANNEL),
];

/** What `find` asks the store to tell of each charm. */
const FIND_FIELDS = [
  ...below("result", "publisher.display-name summary store-url"),
  ...below("default-release.revision.bases", BASE),
  "default-release.revision.version",
];

const hasFlag = (call: Call, flag: string): boolean =>
  entryOf(call.command, call.profile.flags)?.flags.includes(flag) ?? false;

/** Is the release chosen by what it is for? A flag that is not given, or says `all`, chooses nothing. */
const given = (call: Call, flag: string): boolean => !["", "all"].includes(call.flag(flag) ?? "");

const ARCHITECTURES = ["amd64", "arm64", "ppc64el", "riscv64", "s390x"];

/** `--arch` names an architecture that Juju knows. */
export const checkArchitecture: Check = (call) => {
  const arch = call.flag("arch") || "all";
  if (arch !== "all" && !ARCHITECTURES.includes(arch))
    throw usage(
      `unexpected architecture flag value ${quoted(arch)}, expected <all|${ARCHITECTURES.join("|")}>`,
    );
};

/** A store can be asked at `--charmhub-url`. */
export const checkStoreUrl: Check = (call) => {
  const text = call.flag("charmhub-url") || STORE;
  const fault = parseUrl(text, true);
  if (typeof fault === "string")
    throw usage(`invalid charmhub-url: parse ${quoted(text)}: ${fault}`);
};

/** A release is named by its revision, by its track, or by what it is for. */
const checkRelease = (call: Call, ...flags: string[]): void => {
  const series = hasFlag(call, "series") ? ["series"] : [];
  if (given(call, "base") && series.length > 0 && given(call, "series"))
    throw usage("--series and --base cannot be specified together");
  const choices = ["arch", "base", "channel", ...series];
  const names = choices.map((flag) => `--${flag}`);
  for (const flag of flags) {
    const unset = flag === "revision" ? "-1" : "";
    if ((call.flag(flag) ?? unset) === unset || !choices.some((each) => given(call, each)))
      continue;
    throw usage(
      `--${flag} cannot be specified together with ${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`,
    );
  }
};

const charmOf = (call: Call, store: string): CharmReference => {
  const [word = ""] = call.words;
  const charm = parseCharm(word, call.profile.major === 3);
  if (typeof charm === "string") throw usage(`charm or bundle name, ${quoted(word)}, is not valid`);
  if (charm.store !== "ch") throw usage(`${quoted(word)} is not a ${store} charm`);
  return charm;
};

/** What is looked at when the command runs. */
const releaseFaults = (call: Call): void => {
  const base = call.flag("base") ?? "";
  const channel = call.flag("channel") ?? "";
  const fault =
    (base === "" ? undefined : baseFault(base)) ??
    (channel === "" ? undefined : channelFault(channel));
  if (fault !== undefined) throw new JujuError(fault);
};

const download: Check = (call) => {
  checkRelease(call, "revision");
  checkArchitecture(call);
  checkStoreUrl(call);
  const { words } = call;
  if (words.length < 1 || words.length > 2) throw usage("expected a charm or bundle name");
  if (words.length === 2 && words[1] !== "-")
    throw usage("expected a charm or bundle name, followed by hyphen to pipe to stdout");
  if (words.length === 2 && call.on("resources"))
    throw usage(
      "cannot pipe to stdout and download resources: do not pass --resources to download to stdout",
    );
  charmOf(call, "Charmhub");
  releaseFaults(call);
  ask(call, "Post", "refresh");
};

const COLUMNS = "nbvpsaoS";

const find: Check = (call) => {
  checkStoreUrl(call);
  if (!["", "charm", "bundle"].includes(call.flag("type") ?? ""))
    throw usage("expected type to be charm or bundle");
  const columns = call.flag("columns");
  if (columns === "") throw usage("expected at least one column");
  const strange = [...(columns ?? "")].find((column) => !COLUMNS.includes(column));
  if (strange !== undefined) throw usage(`unexpected column type '${strange}'`);
  const [query = ""] = call.words;
  const asked = (flag: string): string => call.flag(flag) ?? "";
  const featured = query.trim() === "" && asked("category") === "" ? "featured" : "";
  const terms: [string, string][] = [
    ["category", asked("category") || featured],
    ["channel", asked("channel")],
    ["fields", FIND_FIELDS.join(",")],
    ["publisher", asked("publisher")],
    ["q", query],
    ["type", asked("type")],
  ];
  const shown = terms
    .filter(([, value]) => value.trim() !== "")
    .map(([name, value]) => `${name}=${escapedQuery(value)}`);
  ask(call, "Get", `find?${shown.join("&")}`);
};

const info: Check = (call) => {
  checkRelease(call, "revision", "track");
  checkArchitecture(call);
  checkStoreUrl(call);
  if (call.words.length !== 1) throw usage("expected a charm or bundle name");
  charmOf(call, "Charm Hub");
  const unicode = call.flag("unicode") ?? "";
  if (!["", "auto", "never", "always"].includes(unicode))
    throw usage(`unexpected unicode flag value ${quoted(unicode)}, expected <auto|never|always>`);
  releaseFaults(call);
  const path = posix.join("info", call.words[0] ?? "");
  ask(call, "Get", `${path}?fields=${escapedQuery(INFO_FIELDS.join(","))}`);
};

/** `charm-resources` asks a controller, which asks the store. */
const charmResources: Check = (call) => {
  const [word] = call.words;
  if (word === undefined) throw usage("missing charm");
  noneAfter(call, 1);
  const charm = parseCharm(word, call.profile.major === 3);
  if (typeof charm === "string") throw new JujuError(charm);
  if (charm.store !== "ch") throw new JujuError("only supported with charmhub charms");
  const fault = channelFault(call.flag("channel") ?? "stable");
  if (fault !== undefined) throw new JujuError(fault);
};

export const charmhubChecks: Record<string, Check> = {
  "charm-resources": charmResources,
  download,
  find,
  info,
};
