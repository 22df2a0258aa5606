import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { constraintError, formatConstraints } from "../engine/constraints";
import { constraintsDocument } from "../render/constraints";
import { parseBindings, rebind } from "../engine/bindings";
import { addUnits } from "../engine/deploy";
import { charmOf, findApplication, findUnit, needApplication } from "../engine/find";
import { assess, configChanged } from "../engine/hooks";
import { attachTo, placementsOf, unitCount } from "./deploy";
import { ofController } from "./removal";

/** What is changed of an application that is there. */

export const addUnit = (call: Call): number => {
  const [name] = call.words;
  if (name === undefined) throw usage("no application specified");
  call.noMoreWords(1);
  const count = unitCount(call);
  call.inModel((model, rack) => {
    const application = findApplication(model, name);
    if (application === undefined)
      throw new JujuError(`application "${name}" not found (not found)`);
    if (ofController(call, application))
      throw new JujuError(
        "adding units to the controller application not supported (not supported)",
      );
    // Juju 4 gives a unit of a subordinate a machine of its own.
    if (application.subordinate && call.profile.major === 3)
      throw new JujuError(
        `cannot add unit 1/${count} to application "${name}": cannot add unit to application "${name}": application is a subordinate`,
      );
    try {
      const copy = structuredClone(model);
      const wanted = findApplication(copy, name) ?? application;
      attachTo(call, rack, copy, addUnits(rack, copy, wanted, count, placementsOf(call)));
      Object.assign(model, copy);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      throw new JujuError(call.profile.words.cannotAddUnit(name, count, error.message));
    }
  });
  return 0;
};

export const constraints = (call: Call): number => {
  const text = call.inModel((model) => needApplication(model, call.words[0] ?? "").constraints);
  if (call.format === "json") call.json(constraintsDocument(text));
  else call.out(text === "" ? "" : `${formatConstraints(text)}\n`);
  return 0;
};

export const setConstraints = (call: Call): number => {
  const [name = "", ...words] = call.words;
  const problem = constraintError(words.join(" "));
  if (problem !== undefined) throw new JujuError(problem);
  call.inModel(
    (model) => void (needApplication(model, name).constraints = formatConstraints(words.join(" "))),
  );
  return 0;
};

export const trust = (call: Call): number => {
  call.inModel(
    (model) => void (needApplication(model, call.words[0] ?? "").trust = !call.on("remove")),
  );
  return 0;
};

export const bind = (call: Call): number => {
  const [name = "", ...words] = call.words;
  const told = call.inModel((model, rack) => {
    const wanted = parseBindings(rack, words);
    if (Object.keys(wanted).length === 0) throw new JujuError("no bindings specified");
    const application = needApplication(model, name);
    const charm = charmOf(application);
    const change = { from: charm, to: charm, wanted, force: call.on("force") };
    const { told, changed } = rebind(rack, model, application, change);
    if (changed) configChanged(rack, application);
    return told;
  });
  for (const line of told) call.err(`${line}\n`);
  return 0;
};

export const resolved = (call: Call): number => {
  const all = call.on("all");
  if (call.words.length === 0 && !all) throw usage("no unit specified");
  call.inModel((model, rack) => {
    const units = all
      ? model.applications.flatMap((each) => each.units.filter((unit) => unit.failed !== null))
      : call.words.map((name) => {
          const unit = findUnit(model, name);
          if (unit === undefined) throw new JujuError(`unit "${name}" not found`);
          if (unit.failed === null)
            throw new JujuError(
              call.profile.words.notInError(name, rack.rng(`unit:${model.uuid}:${name}`).uuid()),
            );
          return unit;
        });
    for (const unit of units) {
      const task = unit.failed?.task;
      unit.failed = null;
      for (const each of unit.queue) each.ready = Math.max(each.ready, rack.now);
      if (task !== undefined && !call.on("no-retry"))
        unit.queue.unshift({ ...task, ready: rack.now });
      else assess(rack, model, needApplication(model, unit.name.split("/")[0] ?? ""), unit);
    }
  });
  return 0;
};
