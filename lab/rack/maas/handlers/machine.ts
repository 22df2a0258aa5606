import type { Rack } from "../../core/rack";
import { conflict, forbidden, invalid, MaasError } from "../errors";
import { record, recordStatus } from "../events";
import { layOutFlat } from "../hardware";
import { deployBy, machineFor, type Permission, releaseBy, setOwnerDataOf } from "../machines";
import { checkPower, powerFromForm } from "../power";
import { renderMachine } from "../renderMachine";
import { type Answer, type Call, EMPTY, type Handler, path, Text } from "../request";
import { type Machine, STATUS_NAMES, Status } from "../state";
import { begin, bmcAnswers, dropAutoAddresses, finishRelease, setStatus } from "../transitions";
import { eraseOptions, startCommissioning } from "./machines";

type On = (rack: Rack, machine: Machine, call: Call) => Answer | void;

/** An operation on the machine of the path; without a result it answers the machine. */
const on =
  (permission: Permission, operation: On) =>
  (call: Call): Answer => {
    const { rack, user } = call;
    const machine = machineFor(rack, user, path(call, "system_id"), permission);
    const answer = operation(rack, machine, call);
    return answer === undefined ? renderMachine(rack, machine) : answer;
  };

const COMMISSIONABLE: readonly Status[] = [
  Status.New,
  Status.FailedCommissioning,
  Status.Ready,
  Status.Broken,
  Status.FailedTesting,
];

const commission: On = (rack, machine) => {
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

const test: On = (rack, machine) => {
  if (!TESTABLE.includes(machine.status)) {
    throw invalid({ __all__: ["Test is not available because of the current state of the node."] });
  }
  machine.resumeStatus = machine.status;
  setStatus(machine, Status.Testing);
  recordStatus(rack, machine, "Testing");
  begin(rack, machine, "test");
};

const BOOLEANS: Record<string, (machine: Machine, value: boolean) => void> = {
  netboot: (machine, value) => (machine.netboot = value),
};

const setPower = (machine: Machine, call: Call): void => {
  const { params } = call;
  const given = powerFromForm(params);
  if (!params.has("power_type") && Object.keys(given).length === 0) return;
  const type = params.get("power_type") ?? machine.powerType;
  const parameters = { ...machine.powerParameters, ...given };
  const errors = checkPower(type, parameters);
  if (Object.keys(errors).length > 0 && !params.flag("power_parameters_skip_check"))
    throw invalid(errors);
  machine.powerType = type;
  machine.powerParameters = type === "manual" || type === "" ? {} : parameters;
  if (type === "manual" || type === "") machine.powerState = "unknown";
};

const setNames = (rack: Rack, machine: Machine, { params }: Call): void => {
  const hostname = params.get("hostname");
  if (hostname !== undefined) {
    if (rack.maas.machines.some((each) => each !== machine && each.hostname === hostname)) {
      throw invalid({ hostname: ["Node with this Hostname already exists."] });
    }
    machine.hostname = hostname;
  }
  const zone = params.get("zone");
  if (zone !== undefined) {
    if (!rack.maas.zones.some((each) => each.name === zone)) {
      throw invalid({
        zone: ["Select a valid choice. That choice is not one of the available choices."],
      });
    }
    machine.zone = zone;
  }
  const pool = params.get("pool");
  if (pool !== undefined) {
    const found = rack.maas.pools.find((each) => each.name === pool);
    if (found === undefined) {
      throw invalid({
        pool: ["Select a valid choice. That choice is not one of the available choices."],
      });
    }
    machine.pool = found.id;
  }
};

const update: On = (rack, machine, call) => {
  const { params } = call;
  setPower(machine, call);
  setNames(rack, machine, call);
  for (const [name, assign] of Object.entries(BOOLEANS)) {
    if (params.has(name)) assign(machine, params.flag(name));
  }
  const whole = (name: string): number | undefined => {
    const value = params.get(name);
    if (value === undefined) return undefined;
    if (!/^\d+$/.test(value)) throw invalid({ [name]: ["Enter a whole number."] });
    return Number(value);
  };
  machine.cpuCount = whole("cpu_count") ?? machine.cpuCount;
  machine.memory = whole("memory") ?? machine.memory;
  machine.swapSize = whole("swap_size") ?? machine.swapSize;
  machine.description = params.get("description") ?? machine.description;
  machine.architecture = params.get("architecture") ?? machine.architecture;
  machine.minHweKernel = params.get("min_hwe_kernel") ?? machine.minHweKernel;
};

const deploy: On = (rack, machine, { user, params }) => {
  const userData = params.get("user_data");
  const hweKernel = params.get("hwe_kernel");
  deployBy(rack, user, machine, {
    series: params.text("distro_series"),
    ephemeral: params.flag("ephemeral_deploy"),
    ...(userData === undefined ? {} : { userData }),
    ...(hweKernel === undefined ? {} : { hweKernel }),
  });
};

const abort: On = (rack, machine) => {
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

const lock: On = (_rack, machine) => {
  if (machine.locked) throw conflict("Machine is already locked");
  if (machine.status !== Status.Deployed && machine.status !== Status.Deploying) {
    throw conflict("Can't lock, node is not deployed or deploying");
  }
  machine.locked = true;
};

const unlock: On = (_rack, machine) => {
  if (!machine.locked) throw conflict("Machine is not locked");
  machine.locked = false;
};

const IN_RESCUE: readonly Status[] = [Status.EnteringRescueMode, Status.RescueMode];

const markBroken: On = (rack, machine, { user, params }) => {
  if (machine.owner !== user.username) throw forbidden();
  if (IN_RESCUE.includes(machine.status)) {
    throw conflict(`Invalid transition: ${STATUS_NAMES[machine.status] ?? ""} -> Broken.`);
  }
  finishRelease(rack, machine);
  setStatus(machine, Status.Broken);
  machine.errorDescription = params.get("comment") ?? "";
  recordStatus(rack, machine, "Marked broken", params.text("comment"));
};

const markFixed: On = (rack, machine) => {
  if (machine.status !== Status.Broken) throw conflict("Can't mark a non-broken node as 'Ready'.");
  setStatus(machine, machine.commissioned ? Status.Ready : Status.New);
  machine.errorDescription = "";
  recordStatus(rack, machine, "Marked fixed");
};

const unreachable = (machine: Machine): MaasError =>
  new MaasError(503, `No rack controllers can access the BMC of node ${machine.hostname}`);

const power =
  (state: "on" | "off"): On =>
  (rack, machine) => {
    if (machine.powerType === "manual" || machine.powerType === "") return null;
    if (!bmcAnswers(rack, machine)) throw unreachable(machine);
    machine.powerState = state;
    record(rack, `Node powered ${state}`, machine);
    return undefined;
  };

const queryPower: On = (rack, machine) => {
  if (rack.maas.rackControllers.length === 0 || !bmcAnswers(rack, machine)) {
    const error = unreachable(machine);
    recordStatus(rack, machine, "Failed to query node's BMC", error.body);
    machine.statusAction = "Failed to query node's BMC";
    throw error;
  }
  return { state: machine.powerState };
};

const setStorageLayout: On = (rack, machine, { params }) => {
  if (machine.status !== Status.Ready) {
    throw conflict("Cannot change the storage layout on a machine that is not Ready.");
  }
  const layout = params.required("storage_layout");
  const layouts = ["bcache", "blank", "custom", "flat", "lvm", "vmfs6", "vmfs7"];
  if (!layouts.includes(layout)) {
    const choices = layouts.map((each) => `'${each}'`).join(", ");
    throw invalid({
      storage_layout: [
        `'${layout}' is not a valid storage_layout.  It should be one of: ${choices}.`,
      ],
    });
  }
  if (machine.blockDevices.length === 0) {
    throw invalid({ __all__: ["Machine doesn't have any storage devices to configure."] });
  }
  if (layout === "blank" || layout === "custom") {
    for (const disk of machine.blockDevices)
      Object.assign(disk, { partitions: [], filesystem: null });
  } else layOutFlat(rack, machine);
};

const annotate =
  (what: string): On =>
  (_rack, machine, { params }) => {
    setOwnerDataOf(machine, params.all(), what);
  };

const rescue =
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

const remove: On = (rack, machine) => {
  rack.maas.machines = rack.maas.machines.filter((each) => each !== machine);
  return EMPTY;
};

const token: On = (rack, machine) => {
  if (machine.owner === null) return null;
  const rng = rack.rng(`token:${machine.systemId}:${machine.owner}`);
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
  return {
    token_key: rng.letters(18, letters),
    token_secret: rng.letters(32, letters),
    consumer_key: rng.letters(18, letters),
  };
};

const unchanged: On = () => undefined;

const curtin: On = (_rack, machine) => {
  if (machine.status !== Status.Deploying && machine.status !== Status.Deployed) {
    throw conflict(`Machine ${machine.systemId} is not in a deployment state.`);
  }
  return new Text(`#cloud-config\nhostname: ${machine.hostname}\n`);
};

export const machine: Handler = {
  read: on("view", unchanged),
  update: on("admin", update),
  delete: on("admin", remove),
  commission: on("admin", commission),
  test: on("admin", test),
  "override-failed-testing": on("admin", (_rack, each) => {
    if (each.status === Status.FailedTesting) setStatus(each, Status.Ready);
  }),
  deploy: on("edit", deploy),
  release: on("edit", (rack, each, { params }) => {
    releaseBy(rack, each, eraseOptions(params));
  }),
  abort: on("edit", abort),
  lock: on("lock", lock),
  unlock: on("lock", unlock),
  "mark-broken": on("edit", markBroken),
  "mark-fixed": on("admin", markFixed),
  "power-on": on("edit", power("on")),
  "power-off": on("edit", power("off")),
  "query-power-state": on("view", queryPower),
  "power-parameters": on("admin", (_rack, each) => each.powerParameters),
  "set-storage-layout": on("admin", setStorageLayout),
  "set-workload-annotations": on("edit", annotate("workload annotation")),
  "set-owner-data": on("edit", annotate("owner data")),
  "rescue-mode": on(
    "edit",
    rescue(
      "enter-rescue",
      [Status.Ready, Status.Broken, Status.Deployed, Status.FailedDeployment],
      Status.EnteringRescueMode,
      "enter",
    ),
  ),
  "exit-rescue-mode": on(
    "edit",
    rescue(
      "exit-rescue",
      [Status.RescueMode, Status.FailedExitingRescueMode, Status.FailedEnteringRescueMode],
      Status.ExitingRescueMode,
      "exit",
    ),
  ),
  "get-token": on("view", token),
  "get-curtin-config": on("view", curtin),
  details: on("view", () => new Text("")),
  "clear-default-gateways": on("admin", unchanged),
  "restore-default-configuration": on("admin", (rack, each) => layOutFlat(rack, each)),
  "restore-networking-configuration": on("admin", unchanged),
  "restore-storage-configuration": on("admin", (rack, each) => layOutFlat(rack, each)),
  "mount-special": on("edit", unchanged),
  "unmount-special": on("edit", unchanged),
};
