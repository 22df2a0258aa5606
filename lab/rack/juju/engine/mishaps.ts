import { faultArmed, takeFault } from "../../core/faults";
import type { Rack } from "../../core/rack";
import type { Application, Model, Unit } from "../state";
import { allUnits, findMachine } from "./find";

/** Faults that strike a model which does nothing by itself. */

const databases = (model: Model): Application[] =>
  model.applications.filter((each) => each.charm === "mysql-innodb-cluster");

const isOut = (application: Application): boolean => application.flags.includes("outage");

const isLost = (rack: Rack, unit: Unit): boolean =>
  faultArmed(rack, "unit-lost", unit.name) !== undefined;

/** Lost by a fault, or by its machine, which comes back by itself. */
const isGone = (rack: Rack, model: Model, unit: Unit): boolean =>
  findMachine(model, unit.machine)?.agent.current === "down" || isLost(rack, unit);

const strikes = (rack: Rack, model: Model): boolean =>
  databases(model).some(
    (each) => !isOut(each) && faultArmed(rack, "mysql-outage", each.name) !== undefined,
  ) || allUnits(model).some((unit) => unit.stage >= 3 && unit.lost !== isGone(rack, model, unit));

const watched = (rack: Rack): boolean =>
  rack.faults.plan.some(({ fault }) => fault === "mysql-outage" || fault === "unit-lost") ||
  rack.juju.controllers.some(({ models }) =>
    models.some((model) => allUnits(model).some(({ lost }) => lost)),
  );

/** Whether a fault waits for its moment: then the model must be looked at, also when nothing else is due. */
export const mishapIsDue = (rack: Rack): boolean =>
  watched(rack) &&
  rack.juju.controllers.some(({ models }) => models.some((model) => strikes(rack, model)));

/** All members of a database go down together, as in a power cut; gives the applications that are hit. */
export const strikeDatabases = (rack: Rack, model: Model): Application[] => {
  if (rack.faults.plan.length === 0) return [];
  const struck = databases(model).filter(
    (each) => !isOut(each) && takeFault(rack, "mysql-outage", each.name) !== undefined,
  );
  for (const application of struck) application.flags.push("outage");
  return struck;
};

/** What Juju says of a model in its status. */
export const modelState = (rack: Rack, model: Model): { current: string; message?: string } => {
  if (model.life === "dying") return { current: "destroying" };
  if (faultArmed(rack, "credential-invalid", model.credential) === undefined)
    return { current: "available" };
  return { current: "suspended", message: "suspended since cloud credential is not valid" };
};
