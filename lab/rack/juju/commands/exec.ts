import type { Call } from "../call";
import { JujuError } from "../errors";
import { findApplication, findMachine } from "../engine/find";
import { report } from "./results";
import { type Chosen, schedule, seconds, unitFor, unscheduled, waitFor } from "./tasks";

/** `juju exec`: a command line on units and machines. */

const targets = (call: Call): string[] => {
  const list = (name: string): string[] => call.all(name).flatMap((each) => each.split(","));
  return [
    ...list("unit"),
    ...list("machine").map((id) => `machine:${id}`),
    ...list("application").map((name) => `app:${name}`),
  ];
};

/** Several words are one command line: each is quoted where a shell would read something into it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

export const exec = async (call: Call): Promise<number> => {
  const where = targets(call);
  const command = call.words.length === 1 ? call.words.join("") : call.words.map(quoted).join(" ");
  const operation = call.inModel((model, rack) => {
    const chosen: Chosen = { units: [], machines: [], problems: [] };
    if (call.on("all")) chosen.machines.push(...model.machines.map((each) => each.id));
    for (const each of where) {
      const [kind, name = ""] = each.includes(":") ? each.split(":") : ["unit", each];
      if (kind === "unit") unitFor(call.profile, model, name, chosen);
      else if (kind === "machine") {
        if (findMachine(model, name) === undefined)
          chosen.problems.push(call.profile.words.noMachineForTask(name));
        else chosen.machines.push(name);
      } else {
        const application = findApplication(model, name);
        if (application === undefined) throw new JujuError(`application "${name}" not found`);
        chosen.units.push(...application.units);
      }
    }
    return schedule(
      rack,
      model,
      { summary: "", action: command, parameters: {}, kind: "exec" },
      chosen,
    );
  });
  if (operation.tasks.length === 0) return unscheduled(call, operation);
  const ids = operation.tasks.map((task) => task.id);
  const tasks = await waitFor(call, ids, seconds(call.flag("wait") ?? "5m"));
  return report(call, tasks, true);
};
