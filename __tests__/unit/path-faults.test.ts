import { checkPlan } from "../../lab/rack/core/faultNames";
import { CHOSEN_FAULTS } from "../support/chosenFaults";
import { PATH_FAULTS } from "../support/pathFaults";

/** What `npm run test:faults` takes over the whole path, one after the other. */
test("the rack can play every fault of the catalogue, and none is there twice", () => {
  for (const { name, plan } of PATH_FAULTS) {
    expect([name, plan.length > 0]).toEqual([name, true]);
    expect(() => checkPlan(plan)).not.toThrow();
  }
  const names = PATH_FAULTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(40);
});

test("the five of the daily path are in it", () => {
  const names = PATH_FAULTS.map(({ name }) => name);
  expect(CHOSEN_FAULTS).toHaveLength(5);
  expect(CHOSEN_FAULTS.filter(({ name }) => !names.includes(name))).toEqual([]);
  expect(CHOSEN_FAULTS.filter(({ ends }) => ends !== "through")).toEqual([]);
});
