import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import { checkKnownModel } from "../../client/modelFirst";
import { checkStatusLog } from "./statusLog";
import {
  at,
  atMost,
  type Check,
  each,
  inTurn,
  isActionName,
  isApplication,
  isMachine,
  isModel,
  isNumber,
  isUnit,
  isUnitOrLeader,
  needs,
  noneAfter,
  quoted,
} from "./names";

/** Actions, commands on units, machines, status and logs. */

const waitOrBackground = (call: Call): void => {
  const waits = call.flag("wait") !== undefined && !/^[-+]?0|^-/.test(call.flag("wait") ?? "");
  if (call.on("background") && waits) throw usage("cannot specify both --wait and --background");
};

const checkRun: Check = (call) => {
  waitOrBackground(call);
  const units: string[] = [];
  let action: string | undefined;
  for (const word of call.words) {
    if (isUnitOrLeader(word)) units.push(word);
    else if (isActionName(word)) {
      action = word;
      break;
    } else throw usage(`invalid unit or action name ${quoted(word)}`);
  }
  if (units.length === 0) throw usage("no unit specified");
  if (action === undefined) throw usage("no action specified");
  if (new Set(units.map((unit) => unit.split("/")[0])).size > 1)
    throw usage("all units must be of the same application");
  for (const word of call.words.slice(units.length + 1)) {
    const end = word.indexOf("=");
    if (end < 0) throw usage(`argument ${quoted(word)} must be of the form key.key.key...=value`);
    const wrong = word
      .slice(0, end)
      .split(".")
      .find((key) => !isActionName(key));
    if (wrong !== undefined)
      throw usage(
        `key ${quoted(wrong)} must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric and hyphens`,
      );
  }
};

const list = (call: Call, ...flags: string[]): string[] =>
  flags.flatMap((flag) => (call.flag(flag) ?? "").split(",")).filter((word) => word !== "");

const checkExec: Check = (call) => {
  waitOrBackground(call);
  if (call.words.length === 0) throw usage("no commands specified");
  const machines = list(call, "machine");
  const applications = list(call, "application");
  const units = list(call, "unit");
  if (call.on("all")) {
    const kinds: [string[], string][] = [
      [machines, "machines"],
      [applications, "applications"],
      [units, "units"],
    ];
    const also = kinds.find(([words]) => words.length > 0)?.[1];
    if (also !== undefined) throw usage(`You cannot specify --all and individual ${also}`);
  } else if (machines.length + applications.length + units.length === 0)
    throw usage(
      "You must specify a target, either through --all, --machine, --application or --unit",
    );
  const bad = (words: string[], fits: (word: string) => boolean, what: string): string[] =>
    words.filter((word) => !fits(word)).map((word) => `  ${quoted(word)} is not a valid ${what}`);
  const wrong = [
    ...bad(machines, isMachine, "machine id"),
    ...bad(applications, isApplication, "application name"),
    ...bad(units, isUnitOrLeader, "unit name"),
  ];
  if (wrong.length > 0)
    throw usage(`The following exec targets are not valid:\n${wrong.join("\n")}`);
};

const application = at(0, isApplication, (word) => `invalid application name ${quoted(word)}`);

const checkActions: Check = (call) => {
  if (call.on("schema") && call.format === "tabular")
    throw usage("full schema not compatible with tabular output");
  if (call.words.length === 0) throw usage("no application name specified");
  if (call.words.length === 1) application(call);
  noneAfter(call, 1);
};

const STATES = [
  "pending",
  "running",
  "completed",
  "failed",
  "cancelled",
  "aborting",
  "aborted",
  "error",
];

const checkOperations: Check = (call) => {
  const bad = (flag: string, fits: (word: string) => boolean, what: string): string[] =>
    list(call, flag)
      .filter((word) => !fits(word))
      .map((word) => `invalid ${what} ${quoted(word)}`);
  const states = list(call, "status")
    .filter((word) => !STATES.includes(word))
    .map((word) => `${quoted(word)} is not a valid task status, want one of [${STATES.join(" ")}]`);
  const wrong = [
    ...bad("applications", isApplication, "application name"),
    ...bad("apps", isApplication, "application name"),
    ...bad("units", isUnit, "unit name"),
    ...bad("machines", isMachine, "machine id"),
    ...states,
  ];
  if (wrong.length > 0) throw usage(wrong.join("\n"));
  atMost(0)(call);
};

const one =
  (what: "operation" | "task"): Check =>
  (call) => {
    if (call.on("watch") && call.flag("wait") !== undefined)
      throw usage("specify either --watch or --wait but not both");
    const [id] = call.words;
    if (id === undefined) throw usage(`no ${what} ID specified`);
    noneAfter(call, 1);
    if (!isNumber(id)) throw usage(`${what} ID ${quoted(id)} not valid`);
  };

const checkAddMachine: Check = (call) => {
  if ((call.flag("base") ?? "") !== "" && (call.flag("series") ?? "") !== "")
    throw usage("--series and --base cannot be specified together");
  atMost(1)(call);
  const [place = ""] = call.words;
  const [scope = "", directive] = place.split(":");
  if (directive !== undefined && /^(lxd|kvm|#)$/.test(scope) && !isMachine(directive))
    throw usage(
      `invalid value ${quoted(directive)} for ${quoted(scope)} scope: expected machine-id`,
    );
  if (Number(call.flag("num-units") ?? 1) > 1 && place !== "" && !/^(lxd|kvm)$/.test(place))
    throw usage("cannot use -n when specifying a placement directive");
};

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"];

/** What is no name of anything is looked for all the same. */
const warnOfEntity = (call: Call, entity: string): void => {
  const known =
    entity.includes("*") ||
    /^(application|machine|unit)-./.test(entity) ||
    isMachine(entity) ||
    isUnit(entity) ||
    isApplication(entity);
  if (!known)
    call.err(
      `WARNING ${quoted(entity)} was not recognised as a valid application, machine or unit name\n`,
    );
};

const checkDebugLog: Check = (call) => {
  const level = call.flag("level") ?? "";
  if (level !== "" && !LEVELS.includes(level.toUpperCase()))
    throw usage(`level value ${quoted(level)} is not one of ${LEVELS.map(quoted).join(", ")}`);
  const set = (flag: string): boolean => call.on(flag) || /^\d+$/.test(call.flag(flag) ?? "");
  const exclusive: [string, string][] = [
    ["tail", "no-tail"],
    ["no-tail", "retry"],
    ["no-tail", "lines"],
    ["tail", "limit"],
    ["limit", "lines"],
    ["replay", "lines"],
  ];
  for (const [a, b] of exclusive) {
    if (set(a) && set(b)) throw usage(`setting --${a} and --${b} not valid`);
  }
  if (call.flag("retry-delay")?.startsWith("-")) throw usage("negative retry delay not valid");
  for (const entity of [...call.all("include"), ...call.all("exclude")]) warnOfEntity(call, entity);
  for (const kind of ["include", "exclude"]) {
    const wrong = call.all(`${kind}-labels`).find((label) => !label.includes("="));
    if (wrong !== undefined) throw usage(`${kind} label key value ${quoted(wrong)} not valid`);
  }
  atMost(0)(call);
};

const NO_TERMINAL =
  "unable to run Viddy (watcher for status command): open /dev/tty: no such device or address";

const WAITED: Record<string, { fits: (word: string) => boolean; thing: string }> = {
  application: { fits: isApplication, thing: "application name" },
  machine: { fits: isMachine, thing: "machine id" },
  model: { fits: (word) => isModel(word.slice(word.indexOf(":") + 1)), thing: "model name" },
  unit: { fits: isUnit, thing: "unit name" },
};

const checkWaitFor: Check = (call) => {
  if (call.words.length === 0) return;
  if (Object.keys(call.client.controllers().controllers).length === 0) call.controllerName(2);
  const [kind = "", name] = call.words;
  const waited = WAITED[kind];
  if (waited === undefined) return;
  if (name === undefined)
    throw usage(`${waited.thing} must be supplied when waiting for an ${kind}`);
  if (call.words.length > 2)
    throw usage(`only one ${waited.thing} can be supplied as an argument to this command`);
  if (!waited.fits(name)) throw usage(`${quoted(name)} is not valid ${waited.thing}`);
};

const isUnitName: Check = (call) => {
  const [target = ""] = call.words;
  if (!isUnitOrLeader(target)) throw usage(`${quoted(target)} is not a valid unit name`);
};

const hooks = inTurn(needs(1, "no unit name specified"), checkKnownModel, isUnitName);

export const operationChecks: Record<string, Check> = {
  actions: checkActions,
  "add-machine": checkAddMachine,
  "cancel-task": each(isNumber, (word) => `task ID ${quoted(word)} not valid`),
  "debug-code": hooks,
  "debug-hooks": hooks,
  "debug-log": checkDebugLog,
  exec: checkExec,
  machines: atMost(0),
  operations: checkOperations,
  "help-action-commands": atMost(1),
  "help-hook-commands": atMost(1),
  run: checkRun,
  scp: inTurn(needs(2, "at least two arguments required"), checkKnownModel),
  "show-action": inTurn(
    needs(1, "no application specified"),
    needs(2, "no action specified"),
    (call) => {
      if (call.words.length === 2) application(call);
      noneAfter(call, 2);
    },
  ),
  "show-operation": one("operation"),
  "show-status-log": checkStatusLog,
  "show-task": one("task"),
  ssh: inTurn(needs(1, "no target name specified"), checkKnownModel),
  status: (call) => {
    if (call.on("color") && call.on("no-color")) throw usage("cannot mix --no-color and --color");
    if (call.flag("watch") !== undefined) throw new JujuError(NO_TERMINAL);
  },
  "wait-for": checkWaitFor,
};
