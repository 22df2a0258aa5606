import type { Call } from "../call";
import { findApplication, findMachine, findUnit, needApplication } from "../engine/find";
import { shell } from "../engine/shell";
import { JujuError } from "../errors";
import type { Model, Unit } from "../state";

/** Virtual seconds for which `juju ssh` looks for a unit or machine that is not there. */
const PATIENCE = 18;

const unitOf = (model: Model, target: string): Unit | undefined => {
  const [name = ""] = target.split("/");
  if (target.endsWith("/leader"))
    return findApplication(model, name)?.units.find((each) => each.leader);
  if (target.includes("/") && findMachine(model, target) === undefined)
    return findUnit(model, target);
  // A machine runs commands as any unit on it would.
  return model.applications
    .flatMap((each) => each.units)
    .find((each) => each.machine === target && findMachine(model, target) !== undefined);
};

const missing = (call: Call, model: Model, target: string): string | undefined => {
  if (/^\d+(\/lxd\/\d+)?$/.test(target))
    return findMachine(model, target) === undefined
      ? call.profile.words.noMachineToReach(target)
      : undefined;
  return unitOf(model, target) === undefined ? `unit "${target}" not found` : undefined;
};

/** Juju 4 puts no key of the client into a new model. */
const isLetIn = (call: Call, model: Model): boolean =>
  !call.profile.sshKeyHint || (model.sshKeys ?? []).length > 0;

/** Options of the `ssh` program that take a value. */
const WITH_VALUE = /^-[BbcDEeFIiJLlmOopQRSWw]$/;

/** What is run: options of the `ssh` program may stand before it. */
const commandOf = (words: string[]): string => {
  let at = 0;
  while (words[at]?.startsWith("-") === true) at += WITH_VALUE.test(words[at] ?? "") ? 2 : 1;
  return words.slice(at).join(" ");
};

/** `juju ssh TARGET COMMAND`: the command's own output and exit status. */
export const ssh = async (call: Call): Promise<number> => {
  const [place = "", ...rest] = call.words;
  const target = place.replace(/^.*@/, "");
  const command = commandOf(rest[0] === "--" ? rest.slice(1) : rest);
  const problem = call.inModel((model) => missing(call, model, target));
  if (problem !== undefined) {
    await call.wait(PATIENCE);
    throw new JujuError(problem);
  }
  const { code, stdout, stderr } = call.inModel((model, rack) => {
    const unit = unitOf(model, target);
    const host = findMachine(model, unit?.machine ?? target);
    const address = host?.addresses[0];
    if (!isLetIn(call, model) || address === undefined)
      return {
        code: 255,
        stdout: "",
        stderr: `ubuntu@${address ?? target}: Permission denied (publickey,password).\n`,
      };
    if (unit === undefined) return shell.onMachine(model, target, command);
    const application = needApplication(model, unit.name.split("/")[0] ?? "");
    return shell.run(rack, model, application, unit, command);
  });
  call.out(stdout);
  call.err(stderr);
  return code;
};

export const scp = async (call: Call): Promise<number> => {
  const remote = call.words.find((word) => /^([a-z][\w-]*\/)?\d+:/.test(word)) ?? "";
  const target = remote.split(":")[0] ?? "";
  const { problem, letIn, address } = call.inModel((model) => ({
    problem: missing(call, model, target),
    letIn: isLetIn(call, model),
    address: findMachine(model, unitOf(model, target)?.machine ?? target)?.addresses[0] ?? "",
  }));
  if (problem !== undefined) {
    await call.wait(PATIENCE);
    throw new JujuError(problem);
  }
  if (letIn) return 0;
  throw new JujuError(
    `exit status 255 (ubuntu@${address}: Permission denied (publickey,password).\nscp: Connection closed)`,
  );
};
