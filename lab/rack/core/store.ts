import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { juju } from "../juju";
import { maas } from "../maas";
import { vault } from "../vault";
import { type ClockState, moveClock, readClock, readClockFrom } from "./clock";
import { withLock } from "./lock";
import { FORMAT, type Rack, type RackState, type Seed } from "./rack";
import { random } from "./rng";

const domains = [maas, juju, vault];

/** A rack folder without a state. */
export class NoRackError extends Error {
  constructor(home: string) {
    super(`${home} holds no rack; make one with: rack reset`);
  }
}

/** A state that this code cannot read. */
export class WrongFormatError extends Error {
  constructor(home: string, found: unknown) {
    super(
      `${statePath(home)}: format ${String(found)} was written by another version, this one reads ${FORMAT}; ` +
        `make the rack anew with: rack reset --force`,
    );
  }
}

const statePath = (home: string): string => join(home, "state.json");

const readText = (home: string): string | undefined => {
  try {
    return readFileSync(statePath(home), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

const parse = (home: string, text: string): RackState => {
  const state = JSON.parse(text) as RackState;
  if (state.format !== FORMAT) throw new WrongFormatError(home, state.format);
  return state;
};

/** What was peeked at last: the call that follows in this process need not read the same text again. */
let peeked: { home: string; text: string; state: RackState } | undefined;

/** The state as this text says it; a peek's is given away, as whoever has it may change it. */
const stateOf = (home: string, text: string): RackState => {
  const known = peeked?.home === home && peeked.text === text ? peeked.state : undefined;
  peeked = undefined;
  return known ?? parse(home, text);
};

/**
 * Reads something of the state that no time changes, such as its profile. Nothing is locked and nothing happens; `fn`
 * changes nothing.
 */
export const peek = <T>(home: string, fn: (state: Readonly<RackState>) => T): T => {
  const text = readText(home);
  if (text === undefined) throw new NoRackError(home);
  const state = stateOf(home, text);
  const result = fn(state);
  peeked = { home, text, state };
  return result;
};

const asRack = (state: RackState): Rack => ({
  ...state,
  now: readClockFrom(state.clock, state.seen),
  rng: (key) => random(state.seed.random, key),
});

const asText = (state: Omit<RackState, "seen">): string => {
  const { format, seed, profile, clock, cloud, faults, maas, juju, vault } = state;
  return JSON.stringify({ format, seed, profile, clock, cloud, faults, maas, juju, vault });
};

/** `seen` is the last field, so that a state that differs in nothing else is told by its beginning. */
const withSeen = (text: string, seen: number): string => `${text.slice(0, -1)},"seen":${seen}}`;

const write = (home: string, text: string): void => {
  const temporary = `${statePath(home)}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, statePath(home));
};

/** Lets everything happen that is due until `rack.now`, in order of time over all domains. */
export const catchUp = (rack: Rack): void => {
  const present = rack.now;
  let time = rack.seen;
  for (let repeated = 0; ;) {
    const next = Math.min(...domains.map((domain) => domain.nextEvent(rack)));
    if (next > present) break;
    repeated = next <= time ? repeated + 1 : 0;
    if (repeated > 10_000) throw new Error(`the rack's events at ${next} never end`);
    // What was planned for a time that has passed happens now: time never steps back.
    time = Math.max(time, next);
    rack.now = time;
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
 * throws, nothing it did is kept, but that a fault has struck.
 */
export const open = <T>(home: string, fn: (rack: Rack) => T, options: OpenOptions = {}): T =>
  locked(home, () => {
    const before = readText(home);
    if (before === undefined) throw new NoRackError(home);
    const rack = asRack(stateOf(home, before));
    const { clock, seen } = rack;
    if (clock.mode === "driven" && options.costsTime !== false) {
      moveClock(clock, clock.costPerCall / 1000);
      rack.now = readClock(clock);
    }
    catchUp(rack);
    const result = keepingStrikes(home, before, rack, fn);
    const text = asText(rack);
    if (withSeen(text, seen) !== before) write(home, withSeen(text, rack.now));
    return result;
  });

/** A fault that makes a call fail has struck all the same. */
const keepingStrikes = <T>(home: string, before: string, rack: Rack, fn: (rack: Rack) => T): T => {
  if (rack.faults.plan.length === 0) return fn(rack);
  try {
    return fn(rack);
  } catch (error) {
    const state = parse(home, before);
    write(home, withSeen(asText({ ...state, faults: rack.faults }), state.seen));
    throw error;
  }
};

/** A folder that is not there is no rack, rather than one whose lock cannot be made. */
const locked = <T>(home: string, fn: () => T): T => {
  try {
    return withLock(join(home, "lock"), fn);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && path?.startsWith(join(home, "lock")) === true)
      throw new NoRackError(home);
    throw error;
  }
};

/**
 * Makes the rack's folder and state. An existing state is replaced only with `replace`; a cloud that is given is taken
 * over.
 */
export const reset = (home: string, seed: Seed, clock: ClockState, replace: boolean): void => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  withLock(join(home, "lock"), () => {
    const before = replace ? undefined : readText(home);
    if (before !== undefined) {
      const kept = parse(home, before);
      if (seed.cloud !== null)
        write(home, withSeen(asText({ ...kept, cloud: seed.cloud }), kept.seen));
      return;
    }
    const rng = (key: string) => random(seed.random, key);
    const { name, random: randomSeed, profile, cloud } = seed;
    const state: Omit<RackState, "seen"> = {
      format: FORMAT,
      seed: { name, random: randomSeed },
      profile,
      clock,
      cloud,
      faults: { plan: [] },
      maas: maas.initial(seed, rng),
      juju: juju.initial(seed, rng),
      vault: vault.initial(seed, rng),
    };
    write(home, withSeen(asText(state), readClock(clock)));
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
