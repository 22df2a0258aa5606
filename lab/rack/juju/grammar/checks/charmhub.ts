import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import type { Check } from "./names";

/** Commands that only ask Charmhub. The rack's charms come from no store that could be asked. */

const STORE = "https://api.charmhub.io/v2/charms";

/** The client's name server, which no route leads to: the rack has no way out. */
const NAME_SERVER = "192.0.2.53:53";

const unreachable = (request: string): never => {
  throw new JujuError(
    `${request}: dial tcp: lookup api.charmhub.io on ${NAME_SERVER}: dial udp ${NAME_SERVER}: connect: network is unreachable`,
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

const charmName = (call: Call, count: number): string => {
  const [name] = call.words;
  if (name === undefined || call.words.length > count)
    throw usage("expected a charm or bundle name");
  return name;
};

const checkRevision: Check = (call) => {
  if ((call.flag("revision") ?? "-1") === "-1") return;
  const is36 = call.profile.flags === "3.6";
  const flags = ["arch", "base", "channel", ...(is36 ? ["series"] : [])];
  if (!flags.some((flag) => !["", "all"].includes(call.flag(flag) ?? ""))) return;
  const listed = is36 ? "--arch, --base, --channel or --series" : "--arch, --base or --channel";
  throw usage(`--revision cannot be specified together with ${listed}`);
};

export const charmhubChecks: Record<string, Check> = {
  download: (call) => {
    checkRevision(call);
    charmName(call, 2);
    if (call.words.length === 2 && call.words[1] !== "-")
      throw usage("expected a charm or bundle name, followed by hyphen to pipe to stdout");
    unreachable(`Post "${STORE}/refresh"`);
  },
  find: (call) => {
    const type = call.flag("type") ?? "";
    if (!["", "charm", "bundle"].includes(type)) throw usage("expected type to be charm or bundle");
    unreachable(`Get "${STORE}/find"`);
  },
  info: (call) => {
    checkRevision(call);
    const fields = encodeURIComponent(INFO_FIELDS.join(","));
    unreachable(`Get "${STORE}/info/${charmName(call, 1)}?fields=${fields}"`);
  },
};
