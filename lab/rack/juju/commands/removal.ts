import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { applicationOf, findApplication, findUnit, needApplication } from "../engine/find";
import { connectionsOf } from "../engine/crossModel";
import { offersOf } from "../engine/offers";
import { beginRemoval, forgetApplication } from "../engine/units";
import type { Application, Model, Unit } from "../state";
import { removalOf, removeEach, storageLines } from "./removalPlan";

/** Units and applications go. */

/** In Juju 3 only `enable-ha` and `remove-machine` change how many controllers there are. */
export const ofController = (call: Call, application: Application | undefined): boolean =>
  call.profile.major === 3 && application?.charm === "juju-controller";

const needUnit = (call: Call, model: Model, name: string): Unit => {
  const fail = (reason: string): never => {
    throw new JujuError(`removing unit ${name} failed: ${reason}`);
  };
  const unit = findUnit(model, name);
  const isFour = call.profile.major === 4;
  if (unit === undefined || (unit.life === "dying" && isFour))
    return fail(isFour ? `unit "${name}" not found` : `unit "${name}" does not exist`);
  if (unit.principal !== null)
    fail(
      `unit "${name}" is a subordinate, to remove use remove-relation. Note: this will remove all units of "${name.split("/")[0] ?? ""}"`,
    );
  if (ofController(call, applicationOf(model, name)))
    fail("removing units from the controller application not supported");
  return unit;
};

export const removeUnit = (call: Call): number => {
  if (call.words.length === 0)
    call.inModel(() => {
      throw new JujuError("no units specified");
    });
  return removeEach(call, "unit", {
    plan: (model, _rack, name) => {
      const unit = needUnit(call, model, name);
      return [`will remove unit ${name}`, ...storageLines(call, model, [unit])];
    },
    begin: (model, rack, name) => {
      const unit = findUnit(model, name);
      if (unit !== undefined) beginRemoval(rack, model, unit, removalOf(call));
    },
  });
};

/** What others are related to goes only by force. */
const refuseOffered = (rack: Rack, model: Model, name: string): void => {
  const offered = offersOf(model).filter((each) => each.application === name);
  if (!offered.some((each) => connectionsOf(rack, model, each).length > 0)) return;
  const { length } = offered;
  throw new JujuError(
    `removing application ${name} failed: cannot destroy application "${name}": application is used by ${length} offer${length > 1 ? "s" : ""}`,
  );
};

const applicationPlan = (call: Call, model: Model, name: string): string[] => {
  const application = findApplication(model, name);
  const fail = (reason: string): never => {
    throw new JujuError(`removing application ${name} failed: ${reason}`);
  };
  if (application === undefined) return fail(`application "${name}" not found`);
  if (ofController(call, application)) fail("removing the controller application not supported");
  return [
    `will remove application ${name}`,
    ...application.units.map((unit) => `- will remove unit ${unit.name}`),
    ...storageLines(call, model, application.units),
  ];
};

export const removeApplication = (call: Call): number => {
  if (call.words.length === 0) throw usage("no application specified");
  return removeEach(call, "application", {
    plan: (model, rack, name, dry) => {
      const lines = applicationPlan(call, model, name);
      if (!dry && !call.on("force")) refuseOffered(rack, model, name);
      return lines;
    },
    begin: (model, rack, name) => {
      const application = needApplication(model, name);
      application.life = "dying";
      if (application.units.length === 0) forgetApplication(rack, model, application);
      for (const unit of [...application.units]) beginRemoval(rack, model, unit, removalOf(call));
    },
  });
};
