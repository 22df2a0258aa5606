import { renderMachine } from "../renderMachine";
import type { Handler } from "../request";
import { filterMachines, machines } from "./machines";

/** Nodes are machines here: the rack has no devices that MAAS would list beside them. */
export const nodes: Handler = {
  read: ({ rack, user, params }) =>
    filterMachines(rack, user, params).map((machine) => renderMachine(rack, machine)),
  "is-registered": machines["is-registered"] ?? (() => false),
  "is-action-in-progress": machines["is-action-in-progress"] ?? (() => false),
  "set-zone": machines["set-zone"] ?? (() => null),
};
