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

const missing = (model: Model, target: string): string | undefined => {
  if (/^\d+(\/lxd\/\d+)?$/.test(target))
    return findMachine(model, target) === undefined ? `machine ${target} not found` : undefined;
  return unitOf(model, target) === undefined ? `unit "${target}" not found` : undefined;
};

/** `juju ssh TARGET COMMAND`: the command's own output and exit status. */
export const ssh = async (call: Call): Promise<number> => {
  const [place = "", ...rest] = call.words;
  const target = place.replace(/^.*@/, "");
  const words = rest[0] === "--" ? rest.slice(1) : rest;
  const problem = call.inModel((model) => missing(model, target));
  if (problem !== undefined) {
    await call.wait(PATIENCE);
    throw new JujuError(problem);
  }
  const { code, stdout, stderr } = call.inModel((model, rack) => {
    const unit = unitOf(model, target);
    const host = findMachine(model, unit?.machine ?? target);
    const address = host?.addresses[0];
    // Juju 4 puts no key of the client into a new model.
    if (call.profile.sshKeyHint || address === undefined)
      return {
        code: 255,
        stdout: "",
        stderr: `ubuntu@${address ?? target}: Permission denied (publickey,password).\n`,
      };
    if (unit === undefined) return { code: 0, stdout: "", stderr: "" };
    const application = needApplication(model, unit.name.split("/")[0] ?? "");
    return shell.run(rack, model, application, unit, words.join(" "));
  });
  call.out(stdout);
  call.err(stderr);
  return code;
};
