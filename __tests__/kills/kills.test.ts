/**
 * `npm run test:kills -- --seed N --kills N`: SIGKILL at random events of `npm run up`, each followed by another `up`, until the
 * stack is whole; then everything is counted. The seed decides what is killed and after how many lines of progress.
 */
import { once } from "node:events";
import { Checkout, tail, type Ended } from "../support/checkout";
import { inventory, WHOLE } from "../support/inventory";
import {
  killNow,
  listen,
  locks,
  processesOfRun,
  processesWith,
  runRecord,
  type RunRecord,
} from "../support/killing";
import { leftovers, machine, pidNamespace } from "../support/leftovers";
import { Random } from "../support/random";

const ADDRESS = "127.0.53.3";
const MINUTES = 60_000;
const KILLS = Number(process.env["PRIVATE_CLOUD_TEST_KILLS"] ?? "6");
const SEED = Number(process.env["PRIVATE_CLOUD_TEST_SEED"] ?? "1");
/** A whole `up` says some hundred lines; this many are heard at most before a kill, so that kills come in all its parts. */
const LINES = 80;

jest.setTimeout((KILLS + 1) * 15 * MINUTES);

/** Processes of the run whose command line says `words`. */
const saying = (run: RunRecord, words: string) => {
  const wanted = processesWith(words);
  return processesOfRun(run.id).filter((pid) => wanted.includes(pid));
};

/** What is killed: some of the run's processes, or all of them with the command itself. */
const VICTIMS = {
  pulumi: ({ pulumi }: RunRecord) => pulumi.slice(-1).map(({ pid }) => pid),
  "the command's own process": ({ main }: RunRecord) => [main.pid],
  "everything that it started": ({ id, main }: RunRecord) => [main.pid, ...processesOfRun(id)],
  "its ssh clients": (run: RunRecord) => saying(run, "ssh -F none"),
  "its steps": (run: RunRecord) => saying(run, "steps/run.ts"),
};
type Victim = keyof typeof VICTIMS;

let checkout: Checkout;
const before = machine();
beforeAll(() => {
  checkout = new Checkout(ADDRESS);
});
afterAll(async () => {
  await checkout.command("down");
  checkout.remove();
});

/** Starts `up` and kills `victim` when `pulumi up` has said so many lines; returns the line that was the last. */
async function killAfter(lines: number, victim: Victim): Promise<{ line: string; whole: boolean }> {
  const { child, ended } = checkout.start(["up", "--light"]);
  let line = "";
  let killed = false;
  listen(child, (said) => {
    const begun = said.indexOf("pulumi up …");
    if (killed || begun < 0) return;
    const heard = said.slice(begun).split("\n");
    if (heard.length <= lines) return;
    const run = runRecord(checkout);
    const pids = run ? VICTIMS[victim](run) : [];
    if (pids.length === 0) return; // none now, or the run has just ended; the next line is as good
    killed = true;
    line = heard[lines - 1] ?? "";
    pids.forEach(killNow);
  });
  // Not until its output ends: what survives the command holds that open, and the next `up` must end it.
  await once(child, "exit");
  if (killed) return { line, whole: false };
  const whole: Ended = await ended;
  if (whole.status !== 0) throw new Error(`up failed by itself:\n${tail(whole)}`);
  return { line: "", whole: true };
}

test(`${KILLS} kills by seed ${SEED}: nothing is lost and nothing is made twice`, async () => {
  const random = new Random(SEED);
  for (let kill = 1; kill <= KILLS;) {
    const lines = random.between(1, LINES);
    const victim = random.pick(Object.keys(VICTIMS) as Victim[]);
    const { line, whole } = await killAfter(lines, victim);
    process.stderr.write(
      whole
        ? "whole before the next kill: counted, taken down, begun again\n"
        : `kill ${kill}: ${victim}, at line ${lines}: ${line}\n`,
    );
    if (!whole) kill += 1;
    else {
      expect(await inventory(checkout)).toEqual(WHOLE);
      const down = await checkout.command("down");
      expect(down.status === 0 ? "" : tail(down)).toBe("");
    }
  }
  const last = await checkout.command("up", "--light");
  expect(last.status === 0 ? "" : tail(last)).toBe("");
  expect(last.stdout).toMatch(/Verification of .*: all good/);
  expect(locks(checkout)).toEqual([]);
  expect(await inventory(checkout)).toEqual(WHOLE);
});

test("what was left whole does not change, and goes away", async () => {
  const again = await checkout.command("up", "--light");
  expect(again.status === 0 ? "" : tail(again)).toBe("");
  expect(again.stdout).toMatch(/Changes +none/);
  const namespace = pidNamespace(checkout);
  const down = await checkout.command("down");
  expect(down.status === 0 ? "" : tail(down)).toBe("");
  expect(leftovers(checkout, before, namespace)).toEqual([]);
});
