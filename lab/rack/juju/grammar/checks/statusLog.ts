import { JujuError, usage } from "../../errors";
import { type Check, isApplication, isMachine, isUnit, quoted } from "./names";

/** `show-status-log`: of what, and how much. */

const KINDS = [
  "application",
  "container",
  "juju-container",
  "juju-machine",
  "juju-unit",
  "machine",
  "model",
  "saas",
  "unit",
  "workload",
  "filesystem",
  "volume",
];

/** The name of what has the history; looked at when the command runs. */
export const checkEntity = (name: string, type: string): void => {
  const wrong = (what: string): never => {
    throw new JujuError(`${quoted(name)} is not a valid name for ${what}`);
  };
  if (["unit", "workload", "juju-unit"].includes(type)) {
    if (!isUnit(name)) wrong(`a ${type}`);
  } else if (["application", "saas"].includes(type)) {
    if (!isApplication(name)) wrong("an application");
  } else if (!isMachine(name)) wrong(`a ${type}`);
};

export const checkStatusLog: Check = (call) => {
  const type = call.flag("type") ?? "unit";
  if (call.words.length > 1) throw usage("unexpected arguments after entity name.");
  if (call.words.length === 0 && type !== "model") throw usage("entity name is missing.");
  const given = ["num-units", "days", "from-date"].filter(
    (flag) => !["0", ""].includes(call.flag(flag) ?? ""),
  );
  if (given.length > 1)
    throw usage("backlog size, backlog date and backlog days back cannot be specified together");
  const date = call.flag("from-date") ?? "";
  if (date !== "" && !/^\d{4}-\d\d-\d\d$/.test(date))
    throw usage(
      `parsing backlog date: parsing time ${quoted(date)} as "2006-01-02": cannot parse ${quoted(date)} as "2006"`,
    );
  if (!KINDS.includes(type)) throw usage(`unexpected status type ${quoted(type)}`);
  if (type !== "model" && call.profile.words.namesHistoryFirst)
    checkEntity(call.words[0] ?? "", type);
};
