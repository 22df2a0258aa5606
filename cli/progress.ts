/** Progress of a long command on the terminal: what, how long so far, what comes next. */

import { UserError } from "./userError";

export class Progress {
  private readonly began = Date.now();

  /** Seconds since the command began. */
  seconds(): number {
    return (Date.now() - this.began) / 1000;
  }

  say(line: string): void {
    process.stderr.write(`[${clock(this.seconds())}] ${line}\n`);
  }

  /**
   * Runs one stage: says that it begins and what comes after it, reminds every 30 s that it still runs, and says how long it took.
   */
  async stage<T>(what: string, next: string, work: () => Promise<T>): Promise<T> {
    const began = Date.now();
    const took = () => ((Date.now() - began) / 1000).toFixed(0);
    this.say(`${what} … (next: ${next})`);
    const reminder = setInterval(() => this.say(`${what}: ${took()} s so far`), 30_000);
    try {
      const result = await work();
      this.say(`${what}: done in ${took()} s`);
      return result;
    } catch (error) {
      if (!(error instanceof UserError)) this.say(`${what}: failed after ${took()} s`);
      throw error;
    } finally {
      clearInterval(reminder);
    }
  }
}

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, " ")}:${String(whole % 60).padStart(2, "0")}`;
}
