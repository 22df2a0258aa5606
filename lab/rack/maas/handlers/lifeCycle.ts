import { conflict, forbidden, invalid } from "../errors";
import { recordStatus } from "../events";
import { deployBy } from "../machines";
import { type Machine, STATUS_NAMES, Status } from "../state";
import { begin, dropAutoAddresses, finishRelease, setStatus } from "../transitions";
import { startCommissioning } from "./machines";
import type { On } from "./onMachine";

const COMMISSIONABLE: readonly Status[] = [
  Status.New,
  Status.FailedCommissioning,
  Status.Ready,
  Status.Broken,
  Status.FailedTesting,
];

export const commission: On = (rack, machine, { user }) => {
  if (!COMMISSIONABLE.includes(machine.status)) {
    throw invalid({
      __all__: ["Commission is not available because of the current state of the node."],
    });
  }
  startCommissioning(rack, machine, user);
};

const TESTABLE: readonly Status[] = [
  ...COMMISSIONABLE,
  Status.Allocated,
  Status.Deployed,
  Status.FailedDeployment,
];

export const test: On = (rack, machine) => {
  if (!TESTABLE.includes(machine.status)) {
    throw invalid({ __all__: ["Test is not available because of the current state of the node."] });
  }
  machine.resumeStatus = machine.status;
  setStatus(machine, Status.Testing);
  recordStatus(rack, machine, "Testing");
  begin(rack, machine, "test");
};

export const deploy: On = (rack, machine, { user, params }) => {
  const userData = params.get("user_data");
  const hweKernel = params.get("hwe_kernel");
  deployBy(rack, user, machine, {
    series: params.text("distro_series"),
    ephemeral: params.flag("ephemeral_deploy"),
    ...(userData === undefined ? {} : { userData }),
    ...(hweKernel === undefined ? {} : { hweKernel }),
  });
};

export const abort: On = (rack, machine) => {
  const ends: Partial<Record<Status, () => void>> = {
    [Status.Commissioning]: () => {
      setStatus(machine, Status.New);
      machine.owner = null;
    },
    [Status.Testing]: () => setStatus(machine, machine.resumeStatus),
    [Status.Deploying]: () => {
      setStatus(machine, Status.Allocated);
      dropAutoAddresses(machine);
      Object.assign(machine, { osystem: "", distroSeries: "" });
    },
    [Status.DiskErasing]: () => setStatus(machine, Status.FailedDiskErasing),
  };
  const end = ends[machine.status];
  if (end === undefined) {
    throw conflict(
      `Cannot abort in current state: node ${machine.systemId} is in state ${STATUS_NAMES[machine.status] ?? ""}.`,
    );
  }
  end();
  machine.transition = null;
  if (machine.powerType !== "manual") machine.powerState = "off";
  recordStatus(rack, machine, "Aborted");
};

export const lock: On = (_rack, machine) => {
  if (machine.locked) throw conflict("Machine is already locked");
  if (machine.status !== Status.Deployed && machine.status !== Status.Deploying) {
    throw conflict("Can't lock, node is not deployed or deploying");
  }
  machine.locked = true;
};

export const unlock: On = (_rack, machine) => {
  if (!machine.locked) throw conflict("Machine is not locked");
  machine.locked = false;
};

export const markBroken: On = (rack, machine, { user, params }) => {
  if (machine.owner !== user.username) throw forbidden();
  finishRelease(rack, machine);
  setStatus(machine, Status.Broken);
  machine.errorDescription = params.get("comment") ?? "";
  recordStatus(rack, machine, "Marked broken", params.text("comment"));
};

export const markFixed: On = (rack, machine) => {
  if (machine.status !== Status.Broken) throw conflict("Can't mark a non-broken node as 'Ready'.");
  setStatus(machine, Status.Ready);
  machine.errorDescription = "";
  recordStatus(rack, machine, "Marked fixed");
};

const RESCUABLE: readonly Status[] = [
  Status.New,
  Status.FailedCommissioning,
  Status.Ready,
  Status.Reserved,
  Status.Allocated,
  Status.Deployed,
  Status.FailedDeployment,
  Status.FailedDiskErasing,
  Status.FailedTesting,
  Status.Missing,
  Status.Retired,
  Status.Broken,
  Status.FailedEnteringRescueMode,
];

const IN_RESCUE: readonly Status[] = [
  Status.EnteringRescueMode,
  Status.RescueMode,
  Status.FailedEnteringRescueMode,
  Status.FailedExitingRescueMode,
];

const go = (machine: Machine, allowed: readonly Status[], next: Status): void => {
  if (!allowed.includes(machine.status)) {
    const [from = "", to = ""] = [STATUS_NAMES[machine.status], STATUS_NAMES[next]];
    throw conflict(`Invalid transition: ${from} -> ${to}.`);
  }
  setStatus(machine, next);
};

export const enterRescue: On = (rack, machine) => {
  const before = machine.status;
  go(machine, RESCUABLE, Status.EnteringRescueMode);
  if (!IN_RESCUE.includes(before)) machine.resumeStatus = before;
  if (machine.powerType !== "manual") machine.powerState = "on";
  recordStatus(rack, machine, "Entering rescue mode");
  begin(rack, machine, "enter-rescue");
};

export const exitRescue: On = (rack, machine) => {
  go(machine, IN_RESCUE, Status.ExitingRescueMode);
  recordStatus(rack, machine, "Exiting rescue mode");
  begin(rack, machine, "exit-rescue");
};
