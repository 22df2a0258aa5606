import type { Domain, Tool } from "../core/rack";

export type JujuState = Record<string, never>;

export const juju: Domain<JujuState> = {
  initial: () => ({}),
  nextEvent: () => Infinity,
  advance: () => undefined,
};

export const run: Tool = () => 2;

export const snap: Tool = () => 2;
