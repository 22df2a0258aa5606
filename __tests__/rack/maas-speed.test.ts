import { rackFigures } from "../../cli/bench/rack";

test("calls over large racks take a small multiple of an empty process", async () => {
  for (const { what, ratio, atMost } of await rackFigures(3)) {
    // Twice what is promised: other tests run beside this one. `npm run bench` prints the figures.
    expect([what, ratio < 2 * atMost]).toEqual([what, true]);
  }
}, 120_000);
