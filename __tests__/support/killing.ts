/** Kills what `npm run up` started, at a moment that its own words name. */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, tail, type Checkout, type Ended } from "./checkout";

export interface RunRecord {
  id: string;
  main: { pid: number };
  pulumi: { pid: number }[];
}

/** What the run at work has written down of itself; undefined when there is none. */
export function runRecord(checkout: Checkout): RunRecord | undefined {
  try {
    return checkout.json(".private-cloud/run/current.json") as RunRecord;
  } catch {
    return undefined;
  }
}

/** Sends SIGKILL; a process that has ended meanwhile is as good. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended between the look and the signal
  }
}

/** Processes of this machine whose command line says `words`, this one apart. */
export function processesWith(words: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").includes(words);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Processes that carry the mark of a run: all that it started but the lab. */
export function processesOfRun(id: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => {
      try {
        const environment = readFileSync(`/proc/${entry}/environ`, "utf8").split("\0");
        return environment.includes(`PRIVATE_CLOUD_RUN=${id}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Calls `hear` with all that both outputs have said so far, whenever one of them says something. */
export function listen(child: ChildProcess, hear: (said: string) => void): void {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (text: Buffer | string) => hear((said += text.toString())));
}

/** Starts `up`, and resolves as soon as its words have `row` in them. */
export async function upUntil(checkout: Checkout, row: RegExp): Promise<{ ended: Promise<Ended> }> {
  const { child, ended } = checkout.start(["up", "--light"]);
  let seen = "";
  listen(child, (said) => (seen = said));
  let over = false;
  void ended.then(() => (over = true));
  await eventually(`a row ${row}`, 600, () => over || row.test(seen));
  if (over) throw new Error(`up ended before it said ${row}:\n${tail(await ended)}`);
  return { ended };
}

/** Starts `up`, and kills its `pulumi` with SIGKILL as soon as a row of its display says `row`. */
export async function killAt(checkout: Checkout, row: RegExp): Promise<Ended> {
  const { ended } = await upUntil(checkout, row);
  const pulumi = runRecord(checkout)?.pulumi.at(-1);
  if (!pulumi) throw new Error("the run has written down no pulumi");
  killNow(pulumi.pid);
  return ended;
}

/** Names of the stack's locks. */
export function locks(checkout: Checkout): string[] {
  const folder = ".private-cloud/state/.pulumi/locks/organization/private-cloud/dev";
  return readdirSync(join(checkout.project, folder)).filter((name) => name.endsWith(".json"));
}
