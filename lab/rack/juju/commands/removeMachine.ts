import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { findMachine, unitsOn } from "../engine/find";
import { membersOf } from "../engine/highAvailability";
import { removeMachine } from "../engine/machines";
import { profileOf } from "../profile";
import type { Rack } from "../../core/rack";
import type { JujuMachine, Model } from "../state";
import { removeEach, storageLines } from "./removalPlan";

/** Machines have ids of their own, which only some messages show. */
const uuidOf = (rack: Rack, model: Model, id: string): string =>
  rack.rng(`machine:${model.uuid}:${id}`).uuid();

const containersOn = (model: Model, id: string): JujuMachine[] =>
  model.machines.filter((each) => each.id.startsWith(`${id}/`));

/** A machine with something on it goes only by force. */
const refuseUsed = (call: Call, rack: Rack, model: Model, id: string): void => {
  const { words } = call.profile;
  const containers = containersOn(model, id).map((each) => each.id);
  const units = unitsOn(model, id).map((each) => each.name);
  if (containers.length > 0)
    throw new JujuError(words.hasContainers(id, uuidOf(rack, model, id), containers));
  refuseOnlyController(call, model, id);
  if (units.length > 0) throw new JujuError(words.hasUnits(id, uuidOf(rack, model, id), units));
};

const lines = (call: Call, model: Model, id: string): string[] => {
  const units = unitsOn(model, id);
  const kept = call.on("keep-instance") ? " (but retaining cloud instance)" : "";
  return [
    `will remove machine ${id}${kept}`,
    ...units.map((each) => `- will remove unit ${each.name}`),
    ...storageLines(call, model, units),
    ...containersOn(model, id).flatMap((each) => lines(call, model, each.id)),
  ];
};

const isMember = (model: Model, id: string): boolean =>
  membersOf(model).some((each) => each.machine.id === id);

/** A controller's machines can go as long as one stays. */
const refuseOnlyController = (call: Call, model: Model, id: string): void => {
  if (call.profile.major === 3 && isMember(model, id) && membersOf(model).length <= 1)
    throw new JujuError(`removing machine failed: controller ${id} is the only controller`);
};

const isUsed = (model: Model, id: string): boolean =>
  containersOn(model, id).length + unitsOn(model, id).length > 0;

export const removeMachines = (call: Call): number => {
  if (call.words.length === 0) throw usage("no machines specified");
  const wrong = call.words.find((word) => !/^\d+(\/lxd\/\d+)?$/.test(word));
  if (wrong !== undefined) throw usage(`invalid machine id "${wrong}"`);
  const force = call.on("force");
  return removeEach(call, "machine", {
    plan: (model, rack, id, dry) => {
      if (findMachine(model, id) === undefined)
        throw new JujuError(call.profile.words.noSuchMachine(id));
      if (!force && !dry) refuseUsed(call, rack, model, id);
      if (!dry) refuseOnlyController(call, model, id);
      return lines(call, model, id);
    },
    begin: (model, rack, id, controller) => {
      const machine = findMachine(model, id);
      if (machine === undefined) return;
      machine.keepInstance = call.on("keep-instance");
      machine.life = "dying";
      const wipes = profileOf(controller.agentVersion).deletesMachines;
      // A controller's machine gives its vote back before it goes.
      const votes = call.profile.major === 3 && isMember(model, id);
      if (force && !votes) removeMachine(rack, model, machine, wipes);
      else machine.due = rack.now + 20_000;
    },
    hint: (model) =>
      !force && call.words.some((id) => isUsed(model, id)) ? "\nThis will require `--force`\n" : "",
  });
};
