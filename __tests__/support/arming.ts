/** Faults of the rack in a lab that runs the whole path. */
import type { Fault } from "../../lab/rack/core/faults";
import { eventually, type Checkout, type Ended } from "./checkout";

/** Until the bastion of a lab that starts takes commands. */
const LAB_SECONDS = 600;

/** Runs a command on the bastion as its user. */
export const onBastion = (checkout: Checkout, command: string, input = ""): string =>
  checkout.inLab(["su", "cloud", "-c", command], input);

export const arm = (checkout: Checkout, plan: Fault[]): string =>
  onBastion(checkout, "rack faults -", JSON.stringify(plan));

/** Starts `up` and arms the faults as soon as there is a rack, long before the first step. */
export async function upWith(checkout: Checkout, plan: Fault[]): Promise<Ended> {
  const { ended } = checkout.start(["up", "--light"]);
  let over = false;
  void ended.then(() => (over = true));
  await eventually("the rack takes a plan", LAB_SECONDS, () => {
    if (!over) arm(checkout, plan);
    return true;
  });
  return ended;
}

/** Names of the armed faults, with how often each struck. */
export function struck(checkout: Checkout): Record<string, number> {
  const { faults } = JSON.parse(onBastion(checkout, "rack state --json")) as {
    faults: { plan: (Fault & { struck: number })[] };
  };
  return Object.fromEntries(faults.plan.map((each) => [each.fault, each.struck]));
}
