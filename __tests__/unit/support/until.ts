import { setTimeout as pause } from "node:timers/promises";

/** Waits for a condition; `what` is said when it does not come. */
export async function until(condition: () => boolean, what: string, seconds = 10): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(20);
  }
}
