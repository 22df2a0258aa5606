import type { Rack } from "../core/rack";
import { nextNumber } from "./numbers";
import type { MaasEvent, Machine } from "./state";

const KEPT_EVENTS = 2000;

/** Adds to the region's event log; the oldest are dropped so that the state stays small. */
export const record = (
  rack: Rack,
  type: string,
  machine: Machine | null,
  description = "",
  level: MaasEvent["level"] = "INFO",
): void => {
  const { events } = rack.maas;
  events.push({
    id: nextNumber(rack.maas, "event"),
    at: rack.now,
    level,
    type,
    description,
    systemId: machine?.systemId ?? null,
    username: null,
  });
  if (events.length > KEPT_EVENTS) events.splice(0, events.length - KEPT_EVENTS);
};

/** A status event: what `status_message` and `status_action` of the machine show until the next one. */
export const recordStatus = (
  rack: Rack,
  machine: Machine,
  type: string,
  description = "",
): void => {
  machine.statusMessage = description === "" ? type : `${type} - ${description}`;
  machine.statusAction = "";
  record(rack, type, machine, description);
};
