/** The whole path with five faults on the way, one of each kind: all are got through without anybody's help. */
import { upWith, struck } from "../support/arming";
import { Checkout, tail } from "../support/checkout";
import { CHOSEN_FAULTS } from "../support/chosenFaults";
import { inventory, WHOLE } from "../support/inventory";

jest.setTimeout(15 * 60_000);

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout("127.0.53.4");
});
afterAll(async () => {
  await checkout.command("down");
  checkout.remove();
});

test("an up gets through, and makes all of it once", async () => {
  const plan = CHOSEN_FAULTS.flatMap((fault) => fault.plan);
  const up = await upWith(checkout, plan);
  expect(up.status === 0 ? "" : tail(up)).toBe("");
  expect(up.stdout).toMatch(/Verification of .*: all good/);
  // A fault that did not strike would have tried nothing.
  const missed = Object.entries(struck(checkout)).filter(([, times]) => times === 0);
  expect(missed).toEqual([]);
  expect(Object.keys(struck(checkout))).toHaveLength(CHOSEN_FAULTS.length);
  expect(await inventory(checkout)).toEqual(WHOLE);
});
