import type { Rack } from "../../core/rack";
import { machineFor, type Permission } from "../machines";
import { renderMachine } from "../renderMachine";
import { type Answer, type Call, path } from "../request";
import type { Machine } from "../state";

export type On = (rack: Rack, machine: Machine, call: Call) => Answer | void;

/** An operation on the machine of the path; without a result it answers the machine. */
export const on =
  (permission: Permission, operation: On) =>
  (call: Call): Answer => {
    const { rack, user } = call;
    const machine = machineFor(rack, user, path(call, "system_id"), permission);
    const answer = operation(rack, machine, call);
    return answer === undefined ? renderMachine(rack, machine) : answer;
  };
