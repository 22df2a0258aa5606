/** What the last runs of `npm run up` took, as they recorded it themselves. */
import { clock } from "../progress";
import { recalledTimes, type UpKind } from "../times";
import type { Figure } from "./figure";

const KINDS: Record<UpKind, { what: string; limitSeconds: number; how: string }> = {
  bare: {
    what: "up on a bare machine, until the application answers",
    limitSeconds: 35 * 60,
    how: "an `npm run up` with empty caches",
  },
  cached: {
    what: "up with filled caches, until the application answers",
    limitSeconds: 12 * 60,
    how: "an `npm run up` after `npm run down`",
  },
  unchanged: {
    what: "up that changes nothing",
    limitSeconds: 60,
    how: "a second `npm run up`",
  },
};

export function runFigures(): Figure[] {
  const times = recalledTimes();
  return (Object.keys(KINDS) as UpKind[]).map((kind) => {
    const { what, limitSeconds, how } = KINDS[kind];
    const time = times[kind];
    return {
      what,
      measured: time
        ? `${clock(time.seconds).trim()}${time.light ? ", light lab" : ""}, ${time.at}, load ${time.load}`
        : `not recorded in this checkout: it takes ${how}`,
      atMost: clock(limitSeconds).trim(),
      holds: time && time.seconds <= limitSeconds,
    };
  });
}
