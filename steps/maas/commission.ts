/** Commissions what needs it and waits for all machines together: one question to MAAS per look, whatever their number. */
import { duration, pollPause } from "../clock";
import { StepError } from "../errors";
import type { MachineSpec } from "../specs";
import type { StepContext } from "../step";
import type { Maas } from "./cli";
import { pairs, type Pair } from "./fleet";
import { judge } from "./judge";
import { eventsShape, type Machine } from "./shapes";

/** MAAS itself gives a machine 30 minutes per phase; commissioning and testing are two. */
const CEILING_MS = 90 * 60_000;
const REPORT_MS = 60_000;

/** Returns whether anything changed. */
export async function commissionAll(
  context: StepContext,
  maas: Maas,
  wanted: MachineSpec[],
  machines: Machine[],
  read: () => Promise<Machine[]>,
): Promise<boolean> {
  const { clock } = context;
  const since = clock.now();
  const commissioned = new Set<string>();
  let changed = false;
  let told = { text: "", at: 0 };
  for (let current = machines; ; current = await read()) {
    const all = pairs(wanted, current);
    for (const { wanted, found } of all) {
      if (judge(found) === "trouble") throw trouble(wanted.hostname, found);
      if (judge(found) !== "commission") continue;
      if (commissioned.has(found.system_id)) throw await failed(maas, found);
      context.progress(`${found.hostname}: is ${found.status_name}; commissioning is started`);
      await maas.change("machine", "commission", found.system_id);
      commissioned.add(found.system_id);
      changed = true;
    }
    const waiting = all.filter(({ found }) => ["wait", "commission"].includes(judge(found)));
    if (waiting.length === 0 && all.length === wanted.length) return changed;
    if (clock.now() - since > CEILING_MS) throw tooLong(waiting);
    const started = all.some(({ found }) => judge(found) === "commission");
    if (!started) told = report(context, waiting, told, since);
    changed = true;
    await pollPause(clock, since);
  }
}

function report(
  context: StepContext,
  waiting: Pair[],
  told: { text: string; at: number },
  since: number,
): { text: string; at: number } {
  const text = waiting.map(({ found }) => `${found.hostname} ${found.status_name}`).join(", ");
  const now = context.clock.now();
  if (text === told.text && now - told.at < REPORT_MS) return told;
  context.progress(`waiting ${duration(now - since)} for ${text}`);
  return { text, at: now };
}

async function failed(maas: Maas, machine: Machine): Promise<StepError> {
  const { events } = await maas
    .read(eventsShape, "events", "query", `hostname=${machine.hostname}`, "limit=5")
    .catch(() => ({ events: [] }));
  const said = events
    .map(({ type, description }) => [type, description].filter(Boolean).join(": "))
    .join("; ");
  return new StepError(
    `${machine.hostname}: ${machine.status_name} in MAAS${said && ` (last events: ${said.slice(0, 400)})`}. ` +
      "Look at the machine's commissioning results in MAAS and at its power, network and disks; " +
      "then run again: it is commissioned once more.",
  );
}

function trouble(hostname: string, { status_name, status_message }: Machine): StepError {
  const why = status_message && status_message !== status_name ? ` (${status_message})` : "";
  return new StepError(
    `${hostname}: is ${status_name} in MAAS${why}. ` +
      "Repair it there (mark fixed, release or exit rescue mode) until it is Ready or New, then run again.",
  );
}

function tooLong(waiting: Pair[]): StepError {
  const names = waiting.map(({ found }) => `${found.hostname} (${found.status_name})`).join(", ");
  return new StepError(
    `${names}: not Ready after ${duration(CEILING_MS)}. Look at the machine's console and events in MAAS, then run again.`,
  );
}
