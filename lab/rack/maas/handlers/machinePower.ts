import { MaasError } from "../errors";
import { record, recordStatus } from "../events";
import type { Machine } from "../state";
import { bmcAnswers } from "../transitions";
import type { On } from "./onMachine";

const unreachable = (machine: Machine): MaasError =>
  new MaasError(503, `No rack controllers can access the BMC of node ${machine.hostname}`);

export const power =
  (state: "on" | "off"): On =>
  (rack, machine) => {
    if (machine.powerType === "manual" || machine.powerType === "") return null;
    if (!bmcAnswers(rack, machine)) throw unreachable(machine);
    machine.powerState = state;
    record(rack, `Node powered ${state}`, machine);
    return undefined;
  };

export const queryPower: On = (rack, machine) => {
  if (rack.maas.rackControllers.length === 0 || !bmcAnswers(rack, machine)) {
    const error = unreachable(machine);
    recordStatus(rack, machine, "Failed to query node's BMC", error.body);
    machine.statusAction = "Failed to query node's BMC";
    throw error;
  }
  return { state: machine.powerState };
};
