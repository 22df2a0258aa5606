import type { Domain, Tool } from "../core/rack";
import { advanceJuju, nextJujuEvent } from "./engine/advance";
import type { JujuState } from "./state";

export type { JujuState } from "./state";

export const juju: Domain<JujuState> = {
  initial: () => ({ controllers: [] }),
  nextEvent: nextJujuEvent,
  advance: advanceJuju,
};

// The commands use the store, and the store this module: they are loaded when they are called.
export const run: Tool = async (...call) => (await import("./command")).run(...call);

export const snap: Tool = async (...call) => (await import("./snap")).snap(...call);
