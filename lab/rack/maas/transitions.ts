import { takeFault } from "../core/faults";
import type { Rack } from "../core/rack";
import { canBoot, leaseAddress } from "./addresses";
import { removeChildren } from "./devices";
import { record, recordStatus } from "./events";
import { applyHardware, hardwareOf } from "./hardware";
import { Status, type Machine, type Transition } from "./state";

type Kind = Transition["kind"];

/** Nominal durations in virtual seconds; up to 15 % less or more each time, as the seed has it. */
const SECONDS: Record<Kind, number> = {
  commission: 480,
  test: 600,
  deploy: 720,
  release: 120,
  erase: 1200,
  "enter-rescue": 240,
  "exit-rescue": 180,
};

/** How long MAAS waits before it gives a transition up. Disk erasing is waited for without end. */
const watchdogSeconds = (rack: Rack, kind: Kind): number => {
  if (kind === "release" || kind === "exit-rescue") return 300;
  if (kind === "erase") return Infinity;
  return Number(rack.maas.config.node_timeout) * 60;
};

// JSON knows no Infinity: the end of JavaScript's time stands for never.
const NEVER = 8.64e15;

/** Can the rack controller reach and command the machine's BMC? */
export const bmcAnswers = (rack: Rack, machine: Machine): boolean => {
  if (machine.powerType === "manual" || machine.powerType === "") return true;
  if (takeFault(rack, "bmc-unreachable", machine.hostname) !== undefined) return false;
  if (rack.maas.rackControllers.length === 0) return false;
  if (machine.pod !== null) return true;
  const hardware = hardwareOf(rack, machine);
  if (hardware === undefined) return false;
  const address = machine.powerParameters.power_address;
  return hardware.bmc === "" || address === undefined || address === hardware.bmc;
};

const FAULTS: Partial<Record<Kind, { fails: string; hangs: string }>> = {
  commission: { fails: "commissioning-fails", hangs: "commissioning-hangs" },
  deploy: { fails: "deployment-fails", hangs: "deployment-hangs" },
  release: { fails: "releasing-fails", hangs: "releasing-hangs" },
  erase: { fails: "erasing-fails", hangs: "erasing-hangs" },
};

/** Why the transition that starts now will not end well; undefined if it will. */
const troubleOf = (
  rack: Rack,
  machine: Machine,
  kind: Kind,
): { reason: string; after: number } | undefined => {
  const limit = watchdogSeconds(rack, kind);
  const faults = FAULTS[kind];
  if (!bmcAnswers(rack, machine)) {
    return {
      reason: `Failed to power on/off: BMC of node ${machine.hostname} did not answer`,
      after: 45,
    };
  }
  if (faults !== undefined && takeFault(rack, faults.fails, machine.hostname) !== undefined) {
    return { reason: "The machine reported a failure", after: SECONDS[kind] * 0.6 };
  }
  const hangs =
    faults !== undefined && takeFault(rack, faults.hangs, machine.hostname) !== undefined;
  const boots = ["commission", "test", "deploy"].includes(kind) && machine.powerType !== "manual";
  const noDhcp = boots && !machine.interfaces.some((nic) => canBoot(rack.maas, nic));
  if (hangs || noDhcp) return { reason: `timed out after ${limit / 60} minutes`, after: limit };
  return undefined;
};

/** Begins a transition. Its end is known from here on; nothing else has to run for it to happen. */
export const begin = (rack: Rack, machine: Machine, kind: Kind): void => {
  const trouble = troubleOf(rack, machine, kind);
  const jittered = rack.rng(`${kind}:${machine.systemId}:${rack.now}`).jitter(SECONDS[kind]);
  const seconds = trouble?.after ?? jittered;
  machine.transition = {
    kind,
    started: rack.now,
    at: seconds === Infinity ? NEVER : Math.round(rack.now + seconds * 1000),
    failure: trouble?.reason ?? null,
  };
};

const setStatus = (machine: Machine, status: Status): void => {
  machine.previousStatus = machine.status;
  machine.status = status;
};

/** Gives the machine back: owner, marks and everything of the deployment go. */
export const finishRelease = (rack: Rack, machine: Machine): void => {
  setStatus(machine, machine.commissioned ? Status.Ready : Status.New);
  Object.assign(machine, {
    owner: null,
    agentName: "",
    ownerData: {},
    osystem: "",
    distroSeries: "",
    hweKernel: null,
    userData: null,
    locked: false,
    netboot: true,
    ephemeralDeploy: false,
    enableHwSync: false,
    transition: null,
  });
  if (machine.powerType !== "manual" && machine.powerState === "on") machine.powerState = "off";
  dropAutoAddresses(machine);
  removeChildren(rack, machine.systemId);
  recordStatus(rack, machine, "Released");
};

/** Addresses of AUTO links live from deployment to release. */
export const dropAutoAddresses = (machine: Machine): void => {
  for (const nic of machine.interfaces) {
    for (const link of nic.links) if (link.mode === "auto") link.address = null;
  }
};

const FAILED: Record<Kind, Status> = {
  commission: Status.FailedCommissioning,
  test: Status.FailedTesting,
  deploy: Status.FailedDeployment,
  release: Status.ReleasingFailed,
  erase: Status.FailedDiskErasing,
  "enter-rescue": Status.FailedEnteringRescueMode,
  "exit-rescue": Status.FailedExitingRescueMode,
};

const FAILED_EVENT: Record<Kind, string> = {
  commission: "Failed commissioning",
  test: "Failed testing",
  deploy: "Failed deployment",
  release: "Releasing failed",
  erase: "Failed disk erasing",
  "enter-rescue": "Failed to enter rescue mode",
  "exit-rescue": "Failed to exit rescue mode",
};

const fail = (rack: Rack, machine: Machine, { kind, failure }: Transition): void => {
  setStatus(machine, FAILED[kind]);
  machine.errorDescription = failure ?? "";
  machine.transition = null;
  if (kind === "commission") machine.owner = null;
  recordStatus(rack, machine, FAILED_EVENT[kind], failure ?? "");
};

const powered = (machine: Machine, state: "on" | "off"): void => {
  if (machine.powerType !== "manual") machine.powerState = state;
};

const lease = (rack: Rack, machine: Machine): void => {
  const boot = machine.interfaces.find((nic) => nic.id === machine.bootInterface);
  if (boot !== undefined && boot.discovered === null)
    boot.discovered = leaseAddress(rack.maas, boot);
};

const SUCCEED: Record<Kind, (rack: Rack, machine: Machine) => void> = {
  commission: (rack, machine) => {
    applyHardware(rack, machine);
    lease(rack, machine);
    machine.commissioned = true;
    machine.owner = null;
    setStatus(machine, Status.Ready);
    powered(machine, "off");
    recordStatus(rack, machine, "Ready");
  },
  test: (rack, machine) => {
    const resumes = machine.owner !== null || machine.resumeStatus === Status.New;
    setStatus(machine, resumes ? machine.resumeStatus : Status.Ready);
    if (machine.status === Status.Ready) powered(machine, "off");
    recordStatus(rack, machine, "Testing passed");
  },
  deploy: (rack, machine) => {
    for (const stage of ["Performing PXE boot", "Installing OS", "Rebooting"])
      record(rack, stage, machine);
    setStatus(machine, Status.Deployed);
    // The installer turns network boot off; without a rack controller nothing was installed over the network.
    if (rack.maas.rackControllers.length > 0) machine.netboot = false;
    recordStatus(rack, machine, "Deployed");
  },
  release: finishRelease,
  erase: (rack, machine) => {
    recordStatus(rack, machine, "Disk erased");
    finishRelease(rack, machine);
  },
  "enter-rescue": (rack, machine) => {
    setStatus(machine, Status.RescueMode);
    recordStatus(rack, machine, "Rescue mode");
  },
  "exit-rescue": (rack, machine) => {
    setStatus(machine, machine.resumeStatus);
    powered(machine, machine.status === Status.Ready ? "off" : "on");
    recordStatus(rack, machine, "Exited rescue mode");
  },
};

export const nextMaasEvent = (rack: Rack): number => {
  let next = Infinity;
  for (const { transition } of rack.maas.machines) {
    if (transition !== null && transition.at < next) next = transition.at;
  }
  return next;
};

export const advanceMaas = (rack: Rack): void => {
  for (const machine of rack.maas.machines) {
    const { transition } = machine;
    if (transition === null || transition.at > rack.now) continue;
    machine.transition = null;
    if (transition.failure === null) SUCCEED[transition.kind](rack, machine);
    else fail(rack, machine, transition);
  }
};

export { setStatus };
