import { writeSync } from "node:fs";
import { arm, onBastion, struck, upWith } from "../support/arming";
import { Checkout, tail } from "../support/checkout";
import type { PathFault } from "../support/chosenFaults";
import { PATH_FAULTS } from "../support/pathFaults";

const HELP = `npm run test:faults [-- PATTERN]

Takes every fault of __tests__/support/pathFaults.ts, or those whose name matches the regular expression PATTERN, one at a
time over the whole path in a light lab of its own: \`npm run up -- --light\` with the fault armed, what it ends with, the
next run without the fault, \`npm run down\`. A line for each fault; the last line is "N passed, N failed".
A fault takes minutes, all of them hours. Needs what \`npm run up -- --light\` needs.
`;

const ADDRESS = "127.0.54.1";
const say = (line: string): number => writeSync(1, `${line}\n`);

/** What is wrong with how the path went; empty if nothing is. */
async function wrong(checkout: Checkout, fault: PathFault): Promise<string> {
  const { configuration = "" } = fault;
  if (configuration !== "") checkout.configure((text) => `${text.trimEnd()}\n${configuration}`);
  const first = await upWith(checkout, fault.plan);
  const said = `${first.stdout}\n${first.stderr}`.replaceAll(/\s+/g, " ");
  if (/^\s+at \S+ \(/m.test(first.stderr)) return `a stack was shown:\n${tail(first)}`;
  if (fault.ends === "through") {
    if (first.status !== 0) return `it did not get through:\n${tail(first)}`;
    if (fault.says !== undefined)
      return fault.says.test(said) ? "" : `it did not strike, no ${fault.says}:\n${tail(first)}`;
    const spared = Object.entries(struck(checkout)).filter(([, times]) => times === 0);
    return spared.map(([name]) => `${name} did not strike`).join(", ");
  }
  if (first.status === 0) return "the fault did not strike";
  if (!fault.ends.test(said)) return `no sentence ${fault.ends}:\n${tail(first)}`;
  arm(checkout, []);
  if (fault.repair !== undefined) onBastion(checkout, fault.repair);
  const second = await checkout.command("up", "--light");
  return second.status === 0 ? "" : `the next run did not finish:\n${tail(second)}`;
}

async function meet(fault: PathFault): Promise<boolean> {
  const began = Date.now();
  const checkout = new Checkout(ADDRESS);
  let trouble: string;
  try {
    trouble = await wrong(checkout, fault);
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  } finally {
    await checkout.command("down");
    checkout.remove();
  }
  const how = fault.ends === "through" ? "got through" : "said what to do, then finished";
  const seconds = Math.round((Date.now() - began) / 1000);
  say(
    `${trouble === "" ? "✓" : "✗"} ${fault.name}: ${trouble === "" ? how : trouble} (${seconds} s)`,
  );
  return trouble === "";
}

/** The faults that were asked for; undefined where that is said to be wrong. */
function choose(args: string[]): PathFault[] | undefined {
  const [pattern = ""] = args;
  const names = PATH_FAULTS.map(({ name }) => name).join(", ");
  let wrong: string | undefined;
  if (pattern.startsWith("-")) wrong = `unknown option ${pattern}. There are: --help`;
  else if (args.length > 1) wrong = `one PATTERN is taken, not ${args.length}; quote it`;
  try {
    const chosen = PATH_FAULTS.filter(({ name }) => new RegExp(pattern, "i").test(name));
    if (chosen.length === 0) wrong ??= `no fault matches "${pattern}"; there are: ${names}`;
    if (wrong === undefined) return chosen;
  } catch {
    wrong ??= `"${pattern}" is no regular expression; a word of a fault's name does too: ${names}`;
  }
  writeSync(2, `npm run test:faults: ${wrong}\n`);
  return undefined;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    writeSync(1, HELP);
    return 0;
  }
  const chosen = choose(args);
  if (chosen === undefined) return 2;
  let passed = 0;
  for (const fault of chosen) if (await meet(fault)) passed++;
  say(`${passed} passed, ${chosen.length - passed} failed`);
  return passed === chosen.length ? 0 : 1;
}

void main().then((code) => (process.exitCode = code));
