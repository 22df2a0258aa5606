import type { Call } from "../call";
import { constraintError } from "../engine/constraints";
import { type Changes, controllerModel, enableHa as grow } from "../engine/highAvailability";
import { DENIED } from "../client/session";
import { findUser } from "../engine/users";
import { JujuError } from "../errors";
import { refuseChange } from "./blocks";

/** Words before the machines, in the order in which they are told. */
const SAID = [
  ["maintaining", "maintained"],
  ["adding", "added"],
  ["converting", "converted"],
] as const;

const plain = (call: Call, changes: Changes): void => {
  for (const [word, key] of SAID) {
    const machines = changes[key] ?? [];
    if (machines.length > 0) call.out(`${word} machines: ${machines.join(", ")}\n`);
  }
};

/** Lists in one line, their numbers in quotes. */
const yaml = (changes: Changes): string => {
  const lists = Object.entries(changes) as [string, string[]][];
  if (lists.length === 0) return "{}\n";
  return lists
    .map(([key, machines]) => `${key}: [${machines.map((id) => `"${id}"`).join(", ")}]\n`)
    .join("");
};

export const enableHa = (call: Call): number => {
  const constraints = call.all("constraints").join(" ");
  const problem = constraintError(constraints);
  if (problem !== undefined) throw new JujuError(problem);
  const to = call.flag("to") ?? "";
  const changes = call.inController((controller, rack) => {
    if (findUser(controller, call.user)?.access !== "superuser") throw new JujuError(DENIED);
    const model = controllerModel(controller);
    if (model !== undefined) refuseChange(model);
    return grow(rack, controller, {
      count: Number(call.flag("num-units") ?? 0),
      constraints,
      placements: to === "" ? [] : to.split(",").map((each) => each.trim()),
    });
  });
  if (call.format === "json") call.json(changes);
  else if (call.format === "yaml") call.out(yaml(changes));
  else plain(call, changes);
  return 0;
};
