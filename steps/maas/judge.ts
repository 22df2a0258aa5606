/** What a machine's state in MAAS means for the fleet. */
import type { MachineSpec } from "../specs";
import type { Machine } from "./shapes";

export type Judgement = "commission" | "wait" | "ready" | "held" | "trouble";

const JUDGEMENTS: Record<string, Judgement> = {
  New: "commission",
  "Failed commissioning": "commission",
  "Failed testing": "commission",
  Commissioning: "wait",
  Testing: "wait",
  Releasing: "wait",
  "Disk erasing": "wait",
  "Entering rescue mode": "wait",
  "Exiting rescue mode": "wait",
  Ready: "ready",
  Reserved: "held",
  Allocated: "held",
  Deploying: "held",
  Deployed: "held",
};

/** Whether Juju says in MAAS that the machine is its own. */
export function heldByJuju(machine: Machine): boolean {
  return Object.keys(machine.owner_data).some((key) => key.startsWith("juju-"));
}

export function judge(machine: Machine): Judgement {
  const judgement = JUDGEMENTS[machine.status_name] ?? "trouble";
  // Juju releases and replaces what failed under its hands.
  return judgement === "trouble" && heldByJuju(machine) ? "held" : judgement;
}

/** In somebody's use: nothing about it is changed but how MAAS reaches its power. */
export function held(machine: Machine): boolean {
  return judge(machine) === "held";
}

/** One phrase for each way in which the hardware that commissioning found is less than configuration asks for. */
export function minimumFaults({ hostname, minimum }: MachineSpec, found: Machine): string[] {
  const measures: [string, number, number, string][] = [
    ["cores", found.cpu_count, minimum.cores, ""],
    ["memory", found.memory, minimum.ramMiB, " MiB"],
    ["disks", found.physicalblockdevice_set.length, minimum.disks, ""],
  ];
  return measures
    .filter(([, has, wants]) => has < wants)
    .map(
      ([what, has, wants, unit]) =>
        `${hostname}: commissioning found ${has}${unit} ${what}, at least ${wants}${unit} are wanted`,
    );
}
