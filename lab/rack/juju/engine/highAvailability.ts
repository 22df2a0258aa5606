import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import type { Controller, JujuMachine, Model, Unit } from "../state";
import { parseConstraints } from "./constraints";
import { findMachine } from "./find";
import { addMachine, newMachineId } from "./machines";
import { addUnit } from "./units";

/** Several machines for one controller: who they are, who of them votes, and how there come to be more. */

/** The model of every controller that its own machines are in. */
export const CONTROLLER_MODEL = "controller";
const APPLICATION = "controller";

/** MongoDB has no more members that vote. */
const MOST = 7;

interface Member {
  machine: JujuMachine;
  unit: Unit;
  /** It is not on its way out. */
  wanted: boolean;
  /** Its database has taken part; it may be down now. */
  joined: boolean;
}

export const controllerModel = (controller: Controller): Model | undefined =>
  controller.models.find((each) => each.name === CONTROLLER_MODEL);

/** The machines with a unit of the controller's application, by number. */
export const membersOf = (model: Model): Member[] => {
  if (model.name !== CONTROLLER_MODEL) return [];
  const units = model.applications.find((each) => each.name === APPLICATION)?.units ?? [];
  return units
    .flatMap((unit) => {
      const machine = findMachine(model, unit.machine);
      if (machine === undefined) return [];
      const wanted = machine.life === "alive" && unit.life === "alive";
      return [{ machine, unit, wanted, joined: unit.started }];
    })
    .sort((a, b) => Number(a.machine.id) - Number(b.machine.id));
};

const isDown = ({ machine }: Member): boolean => machine.agent.current === "down";

/** Members that vote: an odd number, since two halves could not agree. */
export const votersOf = (model: Model): Member[] => {
  const able = membersOf(model).filter((each) => each.wanted && each.joined);
  return able.length % 2 === 1 ? able : able.slice(0, -1);
};

/** Does the controller outlive the loss of one machine? */
export const isHa = (controller: Controller): boolean => {
  const model = controllerModel(controller);
  return model !== undefined && votersOf(model).length > 2;
};

const isVoter = (model: Model, member: Member): boolean =>
  votersOf(model).some((each) => each.unit === member.unit);

/** The number of the machine whose database leads; undefined where there is one machine only, or no majority. */
export const primaryOf = (model: Model): string | undefined => {
  if (membersOf(model).length < 2 || !hasQuorum(model)) return undefined;
  return votersOf(model).find((each) => !isDown(each))?.machine.id;
};

const hasQuorum = (model: Model): boolean => {
  const voters = votersOf(model);
  return voters.filter((each) => !isDown(each)).length * 2 > voters.length;
};

/** `controller-member-status` of a machine; empty where it is none of the controller's. */
export const memberStatus = (model: Model, machine: JujuMachine): string => {
  const member = membersOf(model).find((each) => each.machine === machine);
  if (member === undefined) return "";
  if (!member.wanted) return member.joined ? "removing-vote" : "no-vote";
  return isVoter(model, member) ? "has-vote" : "adding-vote";
};

/** Machines of the controller that are to stay, and those of them that vote and are there. */
export const controllerCounts = (model: Model): { active: number; total: number } => ({
  active: votersOf(model).filter((each) => !isDown(each)).length,
  total: membersOf(model).filter((each) => each.wanted).length,
});

/** `ha-status` of a machine, as `show-controller` tells it where there are several. */
export const haStatus = (model: Model, member: Member): string => {
  if (isDown(member)) return "down, lost connection";
  return isVoter(model, member) ? "ha-enabled" : "ha-pending";
};

const endpointOf = ({ machine }: Member): string => `${machine.addresses[0] ?? ""}:17070`;

/** Where the API listens, one address for each machine of the controller. */
export const endpointsOf = (controller: Controller): string[] => {
  const model = controllerModel(controller);
  const joined = (model === undefined ? [] : membersOf(model)).filter((each) => each.joined);
  const found = joined.filter((each) => each.machine.addresses.length > 0).map(endpointOf);
  return found.length > 0 ? found : [controller.endpoint];
};

/** Why nobody answers at the addresses that a client knows, in the words of a connection that fails. */
export const unreachable = (controller: Controller, known: string[]): string | undefined => {
  const model = controllerModel(controller);
  const members = model === undefined ? [] : membersOf(model).filter((each) => each.joined);
  if (model === undefined || members.length === 0) return undefined;
  const there = members.find((each) => known.includes(endpointOf(each)) && !isDown(each));
  if (there === undefined) return `dial tcp ${known[0] ?? ""}: connect: no route to host`;
  if (hasQuorum(model)) return undefined;
  // Without a majority no database leads, and without a database no API server starts.
  return `dial tcp ${endpointOf(there)}: connect: connection refused`;
};

export interface Changes {
  maintained?: string[];
  added?: string[];
  converted?: string[];
}

interface Request {
  /** 0: three, or as many as there are. */
  count: number;
  constraints: string;
  placements: string[];
}

/** How many are wanted; throws where that is fewer than there are. */
const desired = (count: number, voting: number): number => {
  const kept = voting + ((voting + 1) % 2);
  const wanted = count > 0 ? count : kept <= 1 ? 3 : kept;
  if (voting > wanted)
    throw new JujuError(
      "cannot remove controllers with enable-ha, use remove-machine and chose the controller(s) to remove",
    );
  return wanted;
};

const checkForProvider = (rack: Rack, placement: string): void => {
  const [key = "", value] = placement.split("=");
  if (value === undefined) return;
  if (key === "zone" && !rack.maas.zones.some((each) => each.name === value))
    throw new JujuError(`availability zone "${value}" not valid`);
  if (key !== "zone" && key !== "system-id")
    throw new JujuError(`unknown placement directive: ${placement}`);
};

/** Placements that name machines of the model, and those that are for the cloud. */
const sorted = (model: Model, placements: string[]) => {
  const convert: JujuMachine[] = [];
  const fresh: string[] = [];
  for (const placement of placements) {
    if (!/^\d+$/.test(placement)) {
      fresh.push(placement);
      continue;
    }
    const shown = `#:${placement}`;
    const machine = findMachine(model, placement);
    if (machine === undefined)
      throw new JujuError(
        `can't find machine for placement directive "${shown}": machine ${placement} not found`,
      );
    if (membersOf(model).some((each) => each.machine === machine))
      throw new JujuError(`machine for placement directive "${shown}" is already a controller`);
    convert.push(machine);
  }
  return { convert, fresh };
};

const grow = (rack: Rack, model: Model, request: Request): Changes => {
  const staying = membersOf(model).filter((each) => each.wanted);
  const wanted = desired(request.count, staying.length);
  const { convert, fresh } = sorted(model, request.placements);
  // Nothing to do is nothing to tell.
  if (staying.length === wanted) return {};
  const application = model.applications.find((each) => each.name === APPLICATION);
  const [reference] = membersOf(model);
  if (application === undefined || reference === undefined)
    throw new JujuError("internal error; failed to find any controllers");
  for (const placement of fresh) checkForProvider(rack, placement);
  const converted = convert.slice(0, wanted - staying.length);
  for (const machine of converted) addUnit(rack, model, application, machine.id);
  const added = Array.from({ length: wanted - staying.length - converted.length }, (_none, i) => {
    const placement = fresh[i];
    const id = newMachineId(model);
    addMachine(rack, model, id, {
      base: reference.machine.base,
      constraints: placement === undefined ? request.constraints : "",
      placement: placement ?? "",
    });
    addUnit(rack, model, application, id);
    return id;
  });
  return {
    maintained: staying.map((each) => each.machine.id),
    ...(added.length > 0 ? { added } : {}),
    ...(converted.length > 0 ? { converted: converted.map((each) => each.id) } : {}),
  };
};

/** Each machine must have one address at which the others find its database, or a space must say which. */
const checkAddresses = (model: Model, space: string): void => {
  if (space !== "") return;
  const bad = membersOf(model)
    .map((each) => each.machine)
    .filter((each) => each.addresses.length > 1)
    .map((each) => each.id);
  if (bad.length > 0)
    throw new JujuError(
      `juju-ha-space is not set and a unique usable address was not found for machines: ${bad.join(", ")}\nrun "juju controller-config juju-ha-space=<name>" to set a space for Mongo peer communication`,
    );
};

/** Constraints of new machines: those given or the first machine's, and the spaces of the controller. */
const constraintsFor = (model: Model, given: string, space: string): string => {
  const text = given === "" ? (membersOf(model)[0]?.machine.constraints ?? "") : given;
  if (space === "") return text;
  const { spaces = "", ...rest } = parseConstraints(text);
  const all = new Set([...spaces.split(",").filter((each) => each !== ""), space]);
  return Object.entries({ ...rest, spaces: [...all].sort().join(",") })
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
};

/** Juju's EnableHA: so many controllers, an odd number; those that are missing are made. */
export const enableHa = (rack: Rack, controller: Controller, request: Request): Changes => {
  const model = controllerModel(controller);
  if (model === undefined) throw new JujuError("internal error; failed to find any controllers");
  const space = String(controller.settings?.["juju-ha-space"] ?? "");
  checkAddresses(model, space);
  if (request.count > MOST) throw new JujuError(`controller count is too large (allowed ${MOST})`);
  try {
    const constraints = constraintsFor(model, request.constraints, space);
    return grow(rack, model, { ...request, constraints });
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(`failed to enable HA with ${request.count} controllers: ${error.message}`);
  }
};
