/**
 * The rack's clock. `driven`: moves only by `rack advance`, by waits of the tools and by a fixed cost per call, so the
 * same seed and the same commands give the same answers. `running`: `factor` times as fast as the wall clock.
 */
export type ClockState =
  | { mode: "driven"; now: number; costPerCall: number }
  | { mode: "running"; now: number; wall: number; factor: number };

/** Where driven clocks start: a Monday morning, so that dates in answers look like a working day. */
export const EPOCH = Date.UTC(2026, 0, 5, 8, 0, 0);

export const drivenClock = (costSeconds = 0.2): ClockState => ({
  mode: "driven",
  now: EPOCH,
  costPerCall: Math.round(costSeconds * 1000),
});

export const runningClock = (factor: number, wall = Date.now()): ClockState => {
  if (!(factor > 0)) throw new RangeError(`factor must be above 0, got ${factor}`);
  return { mode: "running", now: wall, wall, factor };
};

/** Virtual milliseconds since 1970 that this call sees. */
export const readClock = (clock: ClockState, wall = Date.now()): number =>
  clock.mode === "driven"
    ? clock.now
    : clock.now + Math.max(0, Math.round((wall - clock.wall) * clock.factor));

/**
 * The time, never before `seen`. A running clock whose wall clock was set back goes on from `seen`; the time until the
 * wall clock is back where it was is not waited for.
 */
export const readClockFrom = (clock: ClockState, seen: number, wall = Date.now()): number => {
  const now = readClock(clock, wall);
  if (now >= seen) return now;
  clock.now = seen;
  if (clock.mode === "running") clock.wall = wall;
  return seen;
};

/** Moves the clock forward by virtual seconds. */
export const moveClock = (clock: ClockState, seconds: number): void => {
  if (!(seconds >= 0)) throw new RangeError(`time only moves forward, got ${seconds} s`);
  clock.now += Math.round(seconds * 1000);
};
