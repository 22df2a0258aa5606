import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import { checkKnownModel, checkModel } from "../../client/modelFirst";
import { constraintError } from "../../engine/constraints";
import { baseFault, channelFault } from "../channel";
import { parseOffer } from "../offerUrl";
import { checkArchitecture } from "./charmhub";
import { keyActions } from "./keys";
import {
  at,
  type Check,
  each,
  checkVia,
  forceForNoWait,
  forceForNoWaitRun,
  inTurn,
  isApplication,
  isEndpoint,
  isUnit,
  needs,
  noneAfter,
  notBoth,
  quoted,
  takes,
} from "./names";

const invalid = (word: string): string => `invalid application name ${quoted(word)}`;

/** A new application's name: the refusal says what is wrong with it. */
const checkNewName = (name: string): void => {
  if (isApplication(name)) return;
  if (/[A-Z]/.test(name)) throw usage(`${invalid(name)}, unexpected uppercase character`);
  if (/-[0-9]+$/.test(name))
    throw usage(`${invalid(name)}, unexpected number(s) found after last hyphen`);
  const [strange] = /[^a-z0-9-]/u.exec(name) ?? [];
  throw usage(
    strange === undefined ? invalid(name) : `${invalid(name)}, unexpected character ${strange}`,
  );
};

const isPlacement = (spec: string): boolean => {
  const [scope = "", directive] = spec.split(":");
  const container = /^(lxd|kvm|#)$/.test(scope);
  return directive === undefined || !container || /^\d+(\/[a-z]+\/\d+)*$/.test(directive);
};

const unitsAndPlacement: Check = (call) => {
  const count = Number(call.flag("num-units") ?? 1);
  if (count < 1) throw usage("--num-units must be a positive integer");
  if (call.flag("attach-storage") !== undefined && count !== 1)
    throw usage("--attach-storage cannot be used with -n");
  const to = call.flag("to") ?? "";
  if (to === "") return;
  for (const spec of to.split(",")) {
    if (spec === "") throw usage(`invalid --to parameter ${quoted(to)}`);
    if (!isPlacement(spec)) throw usage(`invalid --to parameter ${quoted(spec)}`);
  }
};

const topLevel = (kind: string, id: string): void => {
  if (!/^\+?\d+$/.test(id))
    throw usage(`error in --map-machines: ${kind} ${quoted(id)} is not a top level machine id`);
};

/** `existing` and pairs of a bundle's machine and a model's. */
const checkMachineMap: Check = (call) => {
  for (const word of (call.flag("map-machines") ?? "").split(",").map((part) => part.trim())) {
    if (word === "" || word === "existing") continue;
    const [bundle = "", machine, more] = word.split("=");
    if (machine === undefined || more !== undefined)
      throw usage(
        `error in --map-machines: expected "existing" or "<bundle-id>=<machine-id>", got ${quoted(word)}`,
      );
    topLevel("bundle-id", bundle.trim());
    topLevel("machine-id", machine.trim());
  }
};

/** Charmhub's channels: [track/]risk[/branch]. */
export const checkChannel: Check = (call) => {
  const channel = call.flag("channel") ?? "";
  const fault = channel === "" ? undefined : channelFault(channel);
  if (fault !== undefined) throw usage(`error in --channel: ${fault}`);
};

const oneBase = notBoth("series", "base", "--series and --base cannot be specified together");

const checkDeploy: Check = (call) => {
  if (call.profile.major === 3) checkModel(call);
  oneBase(call);
  const [reference, name] = call.words;
  if (reference === undefined) throw usage("no charm or bundle specified");
  noneAfter(call, 2);
  if (name !== undefined) checkNewName(name);
  checkMachineMap(call);
  unitsAndPlacement(call);
  checkModel(call);
  checkChannel(call);
};

const checkEnd = (call: Call, text: string): void => {
  const [name = "", endpoint, more] = text.split(":");
  const wrong = endpoint !== undefined && (name === "" || !isEndpoint(endpoint));
  if (more !== undefined || wrong) throw usage(`endpoint ${quoted(text)} not valid`);
  if (!isApplication(name)) throw usage(`application name ${quoted(name)} not valid`);
};

/** `[controller:]user/model.offer` names something in another model. */
const isOffer = (call: Call, text: string): boolean =>
  typeof parseOffer(text, call.profile.words, false) !== "string";

const checkIntegrate: Check = (call) => {
  const word = call.profile.relationWord;
  if (call.words.length !== 2)
    throw usage(
      `${word === "integration" ? "an integration" : "a relation"} must involve two applications`,
    );
  if (call.words.filter((text) => isOffer(call, text)).length > 1)
    throw usage("providing more than one remote endpoints not supported");
  for (const text of call.words) if (!isOffer(call, text)) checkEnd(call, text);
  checkVia(call);
};

const checkRemoveRelation: Check = (call) => {
  const [id = ""] = call.words;
  if (call.words.length === 1) {
    if (!/^\+?\d+$/.test(id)) throw usage(`relation ID ${quoted(id)} not valid`);
  } else if (call.words.length !== 2) throw usage("a relation must involve two applications");
  forceForNoWaitRun(call);
};

const checkRefresh: Check = (call) => {
  takes(["no application specified"])(call);
  at(0, isApplication, invalid)(call);
  const given = (flag: string): boolean => call.flag(flag) !== undefined;
  const revision = given("revision") && call.flag("revision") !== "-1";
  if (given("switch") && revision) throw usage("--switch and --revision are mutually exclusive");
  if (given("path") && revision) throw usage("--path and --revision are mutually exclusive");
  if (given("switch") && given("path")) throw usage("--switch and --path are mutually exclusive");
};

const checkRemoveUnit: Check = (call) => {
  if (!checkModel(call)) return forceForNoWait(call);
  if (Number(call.flag("num-units") ?? 0) !== 0)
    throw usage("--num-units for non k8s models not valid");
  if (call.words.length === 0) throw usage("no units specified");
  each(isUnit, (word) => `invalid unit name ${quoted(word)}`)(call);
  forceForNoWait(call);
};

/** Words that are not names, all in one refusal. */
const names =
  (none: string, what: string, fits: (word: string) => boolean): Check =>
  (call) => {
    if (call.words.length === 0) throw usage(none);
    const wrong = call.words.filter((word) => !fits(word));
    if (wrong.length === 0) return;
    throw usage(`${what}${wrong.length === 1 ? "" : "s"} ${wrong.join(", ")} not valid`);
  };

const checkConfig: Check = (call) => {
  const [name] = call.words;
  if (name === undefined || name.includes("=")) throw usage("no application name specified");
  if (call.profile.major === 3) checkKnownModel(call);
  keyActions(call, call.words.slice(1), []);
};

const oneApplication = inTurn(
  needs(1, "no application name specified"),
  at(0, isApplication, invalid),
  (call) => noneAfter(call, 1),
);

const checkResolved: Check = (call) => {
  if (call.on("all")) {
    if (call.words.length > 0) throw usage("specifying unit names(s) with --all not supported");
    return;
  }
  if (call.words.length === 0) throw usage("no unit specified");
  each(isUnit, (word) => `unit name ${quoted(word)} not valid`)(call);
};

const relationIds: Check = inTurn(
  needs(1, "no relation ids specified"),
  each(
    (word) => /^\+?\d+$/.test(word.trim()),
    (word) => `relation ID ${quoted(word)} not valid`,
  ),
);

const checkConstraints: Check = (call) => {
  needs(1, "no application name specified")(call);
  at(0, isApplication, invalid)(call);
  const problem = constraintError(call.words.slice(1).join(" "));
  if (problem !== undefined) throw usage(problem);
};

/** Of a model that the client knows it is said at once that it has machines. */
const checkScale: Check = (call) => {
  if (checkModel(call))
    throw usage(`Juju command "scale-application" only supported on k8s container models`);
  const [name, scale] = call.words;
  if (name === undefined) throw usage("no application specified");
  if (!isApplication(name)) throw usage(invalid(name));
  if (scale === undefined) throw usage("no scale specified");
  if (!/^[-+]?\d+$/.test(scale))
    throw usage(
      `invalid scale ${quoted(scale)}: strconv.Atoi: parsing ${quoted(scale)}: invalid syntax`,
    );
  if (Number(scale) < 0) throw usage("scale must be a positive integer");
  noneAfter(call, 2);
};

const checkRelatedUnit: Check = (call) => {
  const unit = call.flag("related-unit") ?? "";
  if (call.words.length > 0 && unit !== "" && !isUnit(unit))
    throw usage(`related unit name ${unit} not valid`);
};

const checkDiffBase: Check = (call) => {
  const base = call.flag("base") ?? "";
  const fault = base === "" ? undefined : baseFault(base);
  if (fault !== undefined) throw new JujuError(fault);
};

/** `set-application-base`, of Juju 3. */
const checkApplicationBase: Check = (call) => {
  const [name, base] = call.words;
  if (name === undefined) throw usage("application name and base required");
  if (base === undefined)
    throw usage(name.includes("@") ? "no application name" : "no base specified");
  noneAfter(call, 2);
  if (!isApplication(name)) throw usage(invalid(name));
};

export const applicationChecks: Record<string, Check> = {
  "add-unit": inTurn(
    takes(["no application specified"]),
    (call) => void checkModel(call),
    unitsAndPlacement,
  ),
  "application-storage": (call) => {
    needs(1, "no application specified")(call);
    at(0, isApplication, invalid)(call);
    keyActions(call, call.words.slice(1), []);
  },
  bind: inTurn(needs(1, "no application specified"), at(0, isApplication, invalid)),
  config: checkConfig,
  constraints: oneApplication,
  deploy: checkDeploy,
  "diff-bundle": inTurn(
    oneBase,
    needs(1, "no bundle specified"),
    checkMachineMap,
    checkChannel,
    checkArchitecture,
    (call) => noneAfter(call, 1),
    checkDiffBase,
  ),
  expose: takes(["no application name specified"]),
  integrate: checkIntegrate,
  refresh: checkRefresh,
  "remove-application": inTurn(
    needs(1, "no application specified"),
    each(isApplication, invalid),
    forceForNoWait,
  ),
  "remove-relation": checkRemoveRelation,
  "remove-saas": inTurn(
    needs(1, "no SAAS application names specified"),
    each(isApplication, (word) => `invalid SAAS application name ${quoted(word)}`),
  ),
  "remove-unit": checkRemoveUnit,
  resolved: checkResolved,
  "resume-relation": relationIds,
  "scale-application": checkScale,
  "set-application-base": checkApplicationBase,
  "set-constraints": checkConstraints,
  "show-application": names(
    "an application name must be supplied",
    "application name",
    isApplication,
  ),
  "show-unit": inTurn(
    checkRelatedUnit,
    names("an unit name must be supplied", "unit name", isUnit),
  ),
  "suspend-relation": relationIds,
  trust: needs(1, "no application name specified"),
  unexpose: takes(["no application name specified"]),
};
