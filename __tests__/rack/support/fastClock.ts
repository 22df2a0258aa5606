import type { Clock } from "../../../steps/clock";

/** A clock on which steps wait `factor` times as fast as on the wall. */
export function fastClock(factor: number): Clock {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * factor,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / factor)),
  };
}
