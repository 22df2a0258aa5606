import type { Rack } from "../../core/rack";
import { MaasError } from "../errors";
import { API } from "../render";
import type { Handler } from "../request";
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
    return {
      count: Math.min(chosen.length, limit),
      events: chosen
        .slice(-limit)
        .reverse()
        .map((event) => renderEvent(rack, event)),
      next_uri: `${API}/events/?op=query&limit=${limit}`,
      prev_uri: `${API}/events/?op=query&limit=${limit}`,
    };
  },
};
