import { usage } from "../../errors";
import { constraintError } from "../../engine/constraints";
import { isCidr } from "../cidr";
import { destroysStorage, isDuration } from "./controllers";
import { keyActions } from "./keys";
import {
  atMost,
  type Check,
  isCloud,
  isModel,
  isSpace,
  isUser,
  noneAfter,
  quoted,
  takes,
} from "./names";

/** Models, spaces, who may what in them. */

const checkAddModel: Check = (call) => {
  const [name] = call.words;
  if (name === undefined)
    throw usage(
      'juju: no model name was passed. See "juju add-model --help".\n\nDid you mean:\n\tjuju add-model <model name>',
    );
  if (!isModel(name))
    throw usage(
      `${quoted(name)} is not a valid name: model names may only contain lowercase letters, digits and hyphens`,
    );
  const owner = call.flag("owner") ?? "";
  if (owner !== "" && !isUser(owner)) throw usage(`${quoted(owner)} is not a valid user`);
  noneAfter(call, 2);
};

const checkDestroyModel: Check = (call) => {
  destroysStorage(call);
  const timeout = call.flag("timeout");
  if (timeout?.startsWith("-") === true && timeout !== "-1s")
    throw usage("--timeout must be zero or greater");
  if (!call.on("force") && isDuration(timeout))
    throw usage("--timeout can only be used with --force (dangerous)");
  takes(["no model specified"])(call);
};

const checkModelDefaults: Check = (call) => {
  const cloud = call.flag("cloud") ?? "";
  const region = call.flag("region") ?? "";
  if (region.includes("/") && cloud !== "")
    throw usage(
      "cannot specify cloud using both --cloud and --region flags; use either\n    --cloud=<cloud> --region=<region>\n    --region=<cloud>/<region>",
    );
  if (cloud !== "" && !isCloud(cloud)) throw usage(`cloud ${quoted(cloud)} not valid`);
  keyActions(call, call.words, ["agent-version"]);
};

const space =
  (cidrsNeeded: boolean): Check =>
  (call) => {
    const wrong = (reason: string): never => {
      throw usage(`invalid arguments specified: ${reason}`);
    };
    const [name, ...cidrs] = call.words;
    if (name === undefined) return wrong("space name is required");
    if (!isSpace(name)) wrong(`${quoted(name)} is not a valid space name`);
    for (const [index, cidr] of cidrs.entries()) {
      if (!isCidr(cidr)) wrong(`${quoted(cidr)} is not a valid CIDR`);
      if (cidrs.indexOf(cidr) < index) wrong(`duplicate subnet ${quoted(cidr)} specified`);
    }
    if (cidrsNeeded && cidrs.length === 0) wrong("CIDRs required but not provided");
  };

const checkRemoveSpace: Check = (call) => {
  const [name] = call.words;
  const wrong = (reason: string): never => {
    throw usage(`invalid arguments specified: ${reason}`);
  };
  if (name === undefined) return wrong("space name is required");
  if (!isSpace(name)) wrong(`${quoted(name)} is not a valid space name`);
  if (call.words.length > 1)
    wrong(`unrecognized args: [${call.words.slice(1).map(quoted).join(" ")}]`);
};

const checkRenameSpace: Check = (call) => {
  const wrong = (reason: string): never => {
    throw usage(`invalid arguments specified: ${reason}`);
  };
  const [old, fresh] = call.words;
  if (old === undefined) return wrong("old-name is required");
  if (fresh === undefined) return wrong("new-name is required");
  const bad = call.words.find((word) => !isSpace(word));
  if (bad !== undefined) wrong(`${quoted(bad)} is not a valid space name`);
  if (old === fresh) wrong("old-name and new-name are the same");
  if (call.words.length > 2)
    wrong(`unrecognized args: [${call.words.slice(2).map(quoted).join(" ")}]`);
};

const TARGETS = "all, destroy-model, remove-object";

const checkCommandSet =
  (more: boolean): Check =>
  (call) => {
    const [target] = call.words;
    if (target === undefined) throw usage(`missing command set (${TARGETS})`);
    if (!TARGETS.split(", ").includes(target))
      throw usage(`bad command set, valid options: ${TARGETS}`);
    if (!more) noneAfter(call, 1);
  };

const checkModelConstraints: Check = (call) => {
  const problem = constraintError(call.words.join(" "));
  if (problem !== undefined) throw usage(problem);
};

const LEVELS = {
  model: ["read", "write", "admin"],
  controller: ["login", "superuser"],
  offer: ["read", "consume", "admin"],
};

/** `grant` and `revoke`: a user, an access level, then models or offers. */
const access: Check = (call) => {
  const [user, level, ...things] = call.words;
  if (user === undefined) throw usage("no user specified");
  if (level === undefined) throw usage("no permission level specified");
  const hint = (kind: string, advice: string): never => {
    throw usage(
      `You have specified a ${kind} access permission ${quoted(level)}.\n${advice}\nSee 'juju help grant'.`,
    );
  };
  const offers = things.filter((each) => each.includes("."));
  const owners = things.filter((each) => each.includes("/") && !each.includes("."));
  const stranger = owners.map((each) => each.split("/")[0] ?? "").find((each) => !isUser(each));
  if (stranger !== undefined)
    throw usage(
      `validating model name "": ${call.profile.words.modelOwner} ${quoted(stranger)} not valid`,
    );
  const bad = things.find((each) => !each.includes(".") && !isModel(each.split("/").at(-1) ?? ""));
  if (bad !== undefined) throw usage(`model name ${quoted(bad)} not valid`);
  if (offers.length > 0 && offers.length < things.length)
    throw usage("either specify model names or offer URLs but not both");
  if (things.length > 0 && LEVELS.controller.includes(level))
    hint(
      "controller",
      "If you intended to change controller access, do not specify any model names or offer URLs.",
    );
  const kind = offers.length > 0 ? "offer" : "model";
  if (things.length > 0 && !LEVELS[kind].includes(level))
    throw usage(`${quoted(level)} ${kind} access not valid`);
  if (things.length === 0 && LEVELS.model.includes(level))
    hint(
      "model",
      `If you intended to change model access, you need to specify one or more model names.`,
    );
};

const cloudAccess: Check = (call) => {
  const [user, level, ...clouds] = call.words;
  if (user === undefined) throw usage("no user specified");
  if (level === undefined) throw usage("no permission level specified");
  const bad = clouds.find((each) => !isCloud(each));
  if (bad !== undefined) throw usage(`cloud name ${quoted(bad)} not valid`);
  if (clouds.length === 0)
    throw usage(`You need to specify one or more cloud names.\nSee 'juju help grant-cloud'.`);
  if (!["add-model", "addmodel", "admin"].includes(level))
    throw usage(`${quoted(level)} cloud access not valid`);
};

/** The warning of commands whose rules are settings of the model now. */
const DEPRECATED = `WARNING \nFirewall rules have been moved to model configuration settings \`ssh-allow\` and
\`saas-ingress-allow\` This command is deprecated in favour of
reading/writing directly to these settings.
`;

const checkFirewallRules: Check = (call) => {
  noneAfter(call, 0);
  call.err(`${DEPRECATED}\n`);
};

const SERVICES = ["ssh", "juju-application-offer"];

const checkFirewallRule: Check = (call) => {
  const [service] = call.words;
  if (service === undefined) throw usage("no well known service specified");
  noneAfter(call, 1);
  const allowed = call.flag("allowlist") ?? "";
  const white = call.flag("whitelist") ?? "";
  if (allowed === "" && white === "") throw usage("no allowlist subnets specified");
  if (allowed !== "" && white !== "") throw usage("cannot specify both whitelist and allowlist");
  if (!SERVICES.includes(service)) throw usage(`service ${quoted(service)} not supported`);
  const networks = (allowed + white).split(",").map((each) => each.trim());
  const wrong = networks.find((each) => !isCidr(each));
  if (wrong !== undefined) throw usage(`${wrong} not valid`);
  if (white !== "") call.err("WARNING --whitelist is deprecated in favour of --allowlist\n");
  call.err(DEPRECATED);
};

export const modelChecks: Record<string, Check> = {
  "add-model": checkAddModel,
  "add-space": space(false),
  "add-user": takes(["no username supplied"], 1),
  "change-user-password": atMost(1),
  "destroy-model": checkDestroyModel,
  "disable-command": checkCommandSet(true),
  "disable-user": takes(["no username supplied"]),
  "disabled-commands": atMost(0),
  "enable-command": checkCommandSet(false),
  "enable-user": takes(["no username supplied"]),
  "export-bundle": atMost(0),
  "firewall-rules": checkFirewallRules,
  grant: access,
  "grant-cloud": cloudAccess,
  "model-config": (call) => keyActions(call, call.words, ["agent-version", "charmhub-url"]),
  "model-constraints": atMost(0),
  "model-defaults": checkModelDefaults,
  "move-to-space": space(true),
  "reload-spaces": atMost(0),
  "remove-space": checkRemoveSpace,
  "remove-user": takes(["no username supplied"]),
  "rename-space": checkRenameSpace,
  revoke: access,
  "revoke-cloud": cloudAccess,
  "set-firewall-rule": checkFirewallRule,
  "set-model-constraints": checkModelConstraints,
  "show-model": (call) => {
    const [given = ""] = call.words;
    const [controller = ""] = given.split(":");
    const known = controller in call.client.controllers().controllers;
    if (given.includes(":") && !known) throw usage(`controller ${controller} not found`);
    noneAfter(call, 1);
  },
  "show-space": (call) => {
    const { length } = call.words;
    if (length !== 1) throw usage(`expected exactly 1 space name, got ${length} arguments`);
  },
  "show-user": atMost(1),
  spaces: atMost(0),
  subnets: atMost(0),
  users: atMost(1),
};
