import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { constraintError, formatConstraints } from "../engine/constraints";
import { constraintsDocument } from "../render/constraints";
import { addUnits } from "../engine/deploy";
import type { Application } from "../state";
import { charmOf, endpointsOf, findApplication, findUnit, needApplication } from "../engine/find";
import { assess, configChanged } from "../engine/hooks";
import { attachTo, bindingsOf, placementsOf, unitCount } from "./deploy";
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

/** What Juju says of endpoints that stay in their spaces, space by space. */
export const unchangedBindings = (application: Application): string => {
  const charm = charmOf(application);
  const endpoints = [...Object.keys(endpointsOf(charm)), ...(charm.extraBindings ?? [])].sort();
  const spaceOf = (endpoint: string): string =>
    application.bindings[endpoint] ?? application.bindings[""] ?? "alpha";
  return [...new Set(endpoints.map(spaceOf))]
    .sort()
    .map((space) => {
      const own = endpoints.filter((endpoint) => spaceOf(endpoint) === space);
      return `no change to endpoints in space "${space}": ${own.join(", ")}\n`;
    })
    .join("");
};

export const bind = (call: Call): number => {
  const [name = "", ...words] = call.words;
  call.inModel((model, rack) => {
    const application = needApplication(model, name);
    const wanted = bindingsOf(call, rack, charmOf(application), words);
    const fallback = application.bindings[""];
    const changed = Object.entries(wanted).some(
      ([endpoint, space]) => (application.bindings[endpoint] ?? fallback) !== space,
    );
    Object.assign(application.bindings, wanted);
    if (changed) configChanged(rack, application);
    else call.err(unchangedBindings(application));
  });
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
