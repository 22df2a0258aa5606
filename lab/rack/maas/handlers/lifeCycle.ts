import { conflict, forbidden, invalid } from "../errors";
import { recordStatus } from "../events";
import { deployBy } from "../machines";
import { STATUS_NAMES, Status } from "../state";
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

export const commission: On = (rack, machine) => {
  if (!COMMISSIONABLE.includes(machine.status)) {
    throw invalid({
      __all__: ["Commission is not available because of the current state of the node."],
    });
  }
  startCommissioning(rack, machine);
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
    [Status.Commissioning]: () => setStatus(machine, Status.New),
    [Status.Testing]: () => setStatus(machine, machine.resumeStatus),
    [Status.Deploying]: () => {
      setStatus(machine, Status.Allocated);
      dropAutoAddresses(machine);
      Object.assign(machine, { osystem: "", distroSeries: "" });
    },
    [Status.DiskErasing]: () => setStatus(machine, Status.FailedDiskErasing),
  };
  const end = ends[machine.status];
  if (end === undefined) throw conflict("Cannot abort: no operation is in progress.");
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

const IN_RESCUE: readonly Status[] = [Status.EnteringRescueMode, Status.RescueMode];

export const markBroken: On = (rack, machine, { user, params }) => {
  if (machine.owner !== user.username) throw forbidden();
  if (IN_RESCUE.includes(machine.status)) {
    throw conflict(`Invalid transition: ${STATUS_NAMES[machine.status] ?? ""} -> Broken.`);
  }
  finishRelease(rack, machine);
  setStatus(machine, Status.Broken);
  machine.errorDescription = params.get("comment") ?? "";
  recordStatus(rack, machine, "Marked broken", params.text("comment"));
};

export const markFixed: On = (rack, machine) => {
  if (machine.status !== Status.Broken) throw conflict("Can't mark a non-broken node as 'Ready'.");
  setStatus(machine, machine.commissioned ? Status.Ready : Status.New);
  machine.errorDescription = "";
  recordStatus(rack, machine, "Marked fixed");
};

export const rescue =
  (
    kind: "enter-rescue" | "exit-rescue",
    allowed: readonly Status[],
    next: Status,
    name: string,
  ): On =>
  (rack, machine) => {
    if (!allowed.includes(machine.status)) {
      throw conflict(`Cannot ${name} rescue mode in the machine's current state.`);
    }
    if (kind === "enter-rescue") {
      machine.resumeStatus = machine.status;
      if (machine.powerType !== "manual") machine.powerState = "on";
    }
    setStatus(machine, next);
    recordStatus(
      rack,
      machine,
      kind === "enter-rescue" ? "Entering rescue mode" : "Exiting rescue mode",
    );
    begin(rack, machine, kind);
  };
