import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { juju } from "../juju";
import { maas } from "../maas";
import { vault } from "../vault";
import { type ClockState, moveClock, readClock } from "./clock";
import { withLock } from "./lock";
import type { Rack, RackState, Seed } from "./rack";
import { random } from "./rng";

const domains = [maas, juju, vault];

/** A rack folder without a state. */
export class NoRackError extends Error {
  constructor(home: string) {
    super(`${home} holds no rack; make one with: rack reset`);
  }
}

const statePath = (home: string): string => join(home, "state.json");

const asRack = (state: RackState): Rack => ({
  ...state,
  now: readClock(state.clock),
  rng: (key) => random(state.seed.random, key),
});

const asText = (rack: Rack): string => {
  const { format, seed, profile, clock, cloud, faults, maas, juju, vault } = rack;
  const state: RackState = { format, seed, profile, clock, cloud, faults, maas, juju, vault };
  return JSON.stringify(state);
};

const write = (home: string, text: string): void => {
  const temporary = `${statePath(home)}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, statePath(home));
};

/** Lets everything happen that is due until `rack.now`, in order of time over all domains. */
export const catchUp = (rack: Rack): void => {
  const present = rack.now;
  let previous = -Infinity;
  for (let repeated = 0; ;) {
    const next = Math.min(...domains.map((domain) => domain.nextEvent(rack)));
    if (next > present) break;
    repeated = next === previous ? repeated + 1 : 0;
    if (repeated > 10_000) throw new Error(`the rack's events at ${next} never end`);
    previous = next;
    rack.now = next;
    for (const domain of domains) domain.advance(rack);
  }
  rack.now = present;
};

export interface OpenOptions {
  /** Does this call cost time on a driven clock? Looks of the rack's own commands do not. @default true */
  costsTime?: boolean;
}

/**
 * Runs `fn` on the rack, alone: under the lock, with time caught up, and writes what changed in one rename. Where `fn`
 * throws, nothing it did is kept.
 */
export const open = <T>(home: string, fn: (rack: Rack) => T, options: OpenOptions = {}): T =>
  withLock(join(home, "lock"), () => {
    if (!existsSync(statePath(home))) throw new NoRackError(home);
    const before = readFileSync(statePath(home), "utf8");
    const rack = asRack(JSON.parse(before) as RackState);
    const { clock } = rack;
    if (clock.mode === "driven" && options.costsTime !== false) {
      moveClock(clock, clock.costPerCall / 1000);
      rack.now = readClock(clock);
    }
    catchUp(rack);
    const result = fn(rack);
    const after = asText(rack);
    if (after !== before) write(home, after);
    return result;
  });

/** Makes the rack's folder and state. An existing state is replaced only with `replace`; a cloud that is given is taken over. */
export const reset = (home: string, seed: Seed, clock: ClockState, replace: boolean): void => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  withLock(join(home, "lock"), () => {
    if (existsSync(statePath(home)) && !replace) {
      if (seed.cloud === null) return;
      const kept = JSON.parse(readFileSync(statePath(home), "utf8")) as RackState;
      write(home, JSON.stringify({ ...kept, cloud: seed.cloud } satisfies RackState));
      return;
    }
    const rng = (key: string) => random(seed.random, key);
    const { name, random: randomSeed, profile, cloud } = seed;
    const state: RackState = {
      format: 1,
      seed: { name, random: randomSeed },
      profile,
      clock,
      cloud,
      faults: { plan: [] },
      maas: maas.initial(seed, rng),
      juju: juju.initial(seed, rng),
      vault: vault.initial(seed, rng),
    };
    write(home, JSON.stringify(state));
  });
};

/**
 * How a tool waits: virtual seconds pass. On a driven clock at once, on a running one in real time divided by the
 * factor. Nothing is locked meanwhile.
 */
export const pause = async (home: string, seconds: number): Promise<void> => {
  const real = open(
    home,
    (rack) => {
      if (rack.clock.mode === "running") return (seconds * 1000) / rack.clock.factor;
      moveClock(rack.clock, seconds);
      return 0;
    },
    { costsTime: false },
  );
  if (real > 0) await new Promise((resolve) => setTimeout(resolve, real));
};
