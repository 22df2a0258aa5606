import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import type { Check } from "./names";

/** Commands that only ask Charmhub. The rack's charms come from no store that could be asked. */

const STORE = "https://api.charmhub.io/v2/charms";

const unreachable = (request: string): never => {
  throw new JujuError(`${request}: dial tcp: lookup api.charmhub.io: i/o timeout`);
};

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
    unreachable(`Get "${STORE}/info/${charmName(call, 1)}"`);
  },
};
