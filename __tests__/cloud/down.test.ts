/** `npm run down` when there is no whole stack to destroy: half-made ones, a lab that runs and one that is dead. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Checkout, tail } from "../support/checkout";
import { killAt, killNow, processesOfRun, runRecord, upUntil } from "../support/killing";
import { leftovers, machine, pidNamespace } from "../support/leftovers";

const ADDRESS = "127.0.53.2";

jest.setTimeout(15 * 60_000);

let checkout: Checkout;
const before = machine();
beforeEach(() => {
  checkout = new Checkout(ADDRESS);
});
afterEach(async () => {
  await checkout.command("down");
  checkout.remove();
});

async function expectNothingLeft(namespace: string | undefined): Promise<void> {
  expect(namespace).toBeDefined();
  const down = await checkout.command("down");
  expect(down.status === 0 ? "" : tail(down)).toBe("");
  expect(leftovers(checkout, before, namespace)).toEqual([]);
}

test("a stack whose pulumi was killed in the middle of the bundle goes away, and leaves nothing", async () => {
  await killAt(checkout, /bundle-deploy creating/);
  await expectNothingLeft(pidNamespace(checkout));
});

test("where command, steps and lab were all killed, nothing is left either", async () => {
  await upUntil(checkout, /controller-bootstrap creating/);
  const namespace = pidNamespace(checkout);
  const run = runRecord(checkout);
  if (!run) throw new Error("the run has not written itself down");
  const init = Number(readFileSync(join(checkout.labHome, "run", "init.pid"), "utf8"));
  [run.main.pid, ...processesOfRun(run.id), init].forEach(killNow);
  await expectNothingLeft(namespace);
});

test("where nothing was ever started, there is nothing to do", async () => {
  const down = await checkout.command("down");
  expect(down.status === 0 ? "" : tail(down)).toBe("");
  expect(leftovers(checkout, before, undefined)).toEqual([]);
});
