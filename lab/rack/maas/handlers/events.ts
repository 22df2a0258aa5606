import type { Rack } from "../../core/rack";
import { MaasError } from "../errors";
import { API } from "../render";
import type { Handler, Params } from "../request";
import type { MaasEvent } from "../state";

const LEVELS = ["AUDIT", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

const renderEvent = (rack: Rack, event: MaasEvent) => {
  const machine = rack.maas.machines.find((each) => each.systemId === event.systemId);
  const text = new Date(event.at).toUTCString();
  return {
    username: event.username ?? "unknown",
    node: event.systemId,
    hostname: machine?.hostname ?? "",
    id: event.id,
    level: event.level,
    created: `${text.slice(0, 4)}${text.slice(4, 25)}`,
    type: event.type,
    description: event.description,
  };
};

/** Where the events beyond the last one shown are; null where there were none to go on from. */
const pageUri = (params: Params, drop: string, from: string, id?: number): string | null => {
  const before = Object.entries(params.all()).filter(([name]) => name !== drop && name !== from);
  if (id === undefined && from === "before" && !params.has("after")) return null;
  const more = id === undefined ? [] : [[from, String(id)] as [string, string]];
  return `${API}/events/?${new URLSearchParams([["op", "query"], ...before, ...more]).toString()}`;
};

export const events: Handler = {
  query: ({ rack, params }) => {
    const level = LEVELS.indexOf(params.get("level") ?? "INFO");
    if (level < 0) throw new MaasError(400, `Unrecognised log level: ${params.text("level")}`);
    const limit = Number(params.get("limit") ?? 100);
    if (limit > 1000) {
      throw new MaasError(400, `Requested number of events ${limit} is greater than limit: 1000`);
    }
    const ids = params.list("id");
    const hostnames = params.list("hostname");
    const before = Number(params.get("before") ?? Infinity);
    const after = Number(params.get("after") ?? -Infinity);
    const chosen = rack.maas.events.filter((event) => {
      const machine = rack.maas.machines.find((each) => each.systemId === event.systemId);
      return (
        LEVELS.indexOf(event.level) >= level &&
        event.id < before &&
        event.id > after &&
        (ids.length === 0 || ids.includes(event.systemId ?? "")) &&
        (hostnames.length === 0 || hostnames.includes(machine?.hostname ?? ""))
      );
    });
    const shown = chosen.slice(-limit).reverse();
    return {
      count: shown.length,
      events: shown.map((event) => renderEvent(rack, event)),
      next_uri: pageUri(params, "before", "after", shown[0]?.id),
      prev_uri: pageUri(params, "after", "before", shown.at(-1)?.id),
    };
  },
};
