/**
 * The rack's clock, as it is kept in the state file. Nothing ticks: what happens is planned for a time (nominal
 * durations, moved by the seed: see rng.ts), and done by the first call that finds that the time has come (`catchUp`
 * in store.ts, which handles events in order and shows each the time it was planned for). All times are virtual
 * milliseconds since 1970.
 */
export type ClockState = DrivenClock | RunningClock;

/**
 * Moves only by `rack advance`, by waits of the tools and by what calls cost: the same seed and the same commands give
 * the same answers and the same state. For tests.
 */
export interface DrivenClock {
  mode: "driven";
  now: number;
  /** Virtual milliseconds by which every call of a tool moves it. */
  costPerCall: number;
}

/** Goes `factor` times as fast as the wall clock: at the wall clock's time `wall` it was `now` here. For people. */
export interface RunningClock {
  mode: "running";
  now: number;
  /** Real milliseconds since 1970. */
  wall: number;
  /** Virtual seconds in a real one, above 0. */
  factor: number;
}

/** Where driven clocks start: a Monday morning, so that dates in answers look like a working day. */
export const EPOCH = Date.UTC(2026, 0, 5, 8, 0, 0);

/** `costSeconds`: virtual seconds that a call costs; 0 where only what is waited for counts. */
export const drivenClock = (costSeconds = 0.2): DrivenClock => ({
  mode: "driven",
  now: EPOCH,
  costPerCall: Math.round(costSeconds * 1000),
});

/** Starts at the wall clock's time. */
export const runningClock = (factor: number, wall = Date.now()): RunningClock => {
  if (!(factor > 0)) throw new RangeError(`factor must be above 0, got ${factor}`);
  return { mode: "running", now: wall, wall, factor };
};

/** The virtual time. A wall clock from before the clock was started counts as the start. */
export const readClock = (clock: ClockState, wall = Date.now()): number =>
  clock.mode === "driven"
    ? clock.now
    : clock.now + Math.max(0, Math.round((wall - clock.wall) * clock.factor));

/**
 * The virtual time, never before `seen`, the time of the last call. A running clock whose wall clock was set back goes
 * on from `seen`; the time until the wall clock is back where it was is not waited for.
 */
export const readClockFrom = (clock: ClockState, seen: number, wall = Date.now()): number => {
  const now = readClock(clock, wall);
  if (now >= seen) return now;
  clock.now = seen;
  if (clock.mode === "running") clock.wall = wall;
  return seen;
};

/** Moves a clock of either mode forward by virtual seconds. */
export const moveClock = (clock: ClockState, seconds: number): void => {
  if (!(seconds >= 0)) throw new RangeError(`time only moves forward, got ${seconds} s`);
  clock.now += Math.round(seconds * 1000);
};
