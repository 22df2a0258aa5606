import { moveClock } from "../core/clock";
import { open } from "../core/store";
import { ask, compareCall, difference, type JujuUser, newUser } from "./jujuClient";
import { namesOf, prepare, profileOfRecording, setUp } from "./jujuWorld";
import type { Outcome } from "./maas";
import type { CliCall } from "./recording";

/** Seconds between two sittings of a recording, whose times begin anew. */
const PAUSE = 60;

const isStatus = (call: CliCall): boolean => call.argv[1] === "status" && call.rc === 0;

/** A look at the status that is followed by the same look belongs to a series; only its end is compared. */
const isPolled = (call: CliCall, next: CliCall | undefined): boolean =>
  isStatus(call) &&
  next !== undefined &&
  next.argv.length === call.argv.length &&
  next.argv.every((word, index) => word === call.argv[index]);

/** Virtual time of each call: recorded seconds, which begin anew with every sitting. */
class Times {
  private offset: number;
  private last = 0;

  constructor(private readonly user: JujuUser) {
    this.offset = open(user.home, (rack) => rack.now, { costsTime: false });
  }

  begin(call: CliCall): void {
    open(
      this.user.home,
      (rack) => {
        if (call.t === undefined) {
          this.last = Infinity;
          return;
        }
        if (call.t < this.last) this.offset = rack.now + PAUSE * 1000;
        this.last = call.t;
        const target = this.offset + this.last * 1000;
        moveClock(rack.clock, Math.max(0, (target - rack.now) / 1000));
      },
      { costsTime: false },
    );
  }
}

/** What a controller did, call after call on one rack. */
export const replayController = async (
  file: string,
  calls: CliCall[],
  folder: string,
): Promise<Outcome> => {
  const outcome: Outcome = { calls: 0, differences: [] };
  if (calls.length === 0) return outcome;
  const user = newUser(folder, file, profileOfRecording(calls));
  await setUp(user, calls);
  const times = new Times(user);
  for (const [index, call] of calls.entries()) {
    times.begin(call);
    prepare(user, calls, index);
    if (isPolled(call, calls[index + 1])) continue;
    outcome.calls++;
    const got = await ask(user, call);
    const found = compareCall(call, got, namesOf(user, calls));
    if (found.length > 0) outcome.differences.push(difference(file, call, found));
  }
  return outcome;
};
