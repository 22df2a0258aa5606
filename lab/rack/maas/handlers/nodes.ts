import { renderMachine } from "../renderMachine";
import type { Handler } from "../request";
import { filterDevices, renderDevice } from "./devices";
import { filterMachines, machines } from "./machines";

/** Machines and devices. */
export const nodes: Handler = {
  read: ({ rack, user, params }) => [
    ...filterMachines(rack, user, params).map((machine) => renderMachine(rack, machine)),
    ...filterDevices(rack, user, params).map((device) => renderDevice(rack, device)),
  ],
  "is-registered": machines["is-registered"] ?? (() => false),
  "is-action-in-progress": machines["is-action-in-progress"] ?? (() => false),
  "set-zone": machines["set-zone"] ?? (() => null),
};
