import { bson } from "../bson";
import { removeChildren } from "../devices";
import { conflict, invalid } from "../errors";
import { layOutFlat } from "../hardware";
import { releaseBy, setOwnerDataOf } from "../machines";
import { EMPTY, type Handler, Text } from "../request";
import { Status } from "../state";
import { setStatus } from "../transitions";
import {
  abort,
  commission,
  deploy,
  enterRescue,
  exitRescue,
  lock,
  markBroken,
  markFixed,
  test,
  unlock,
} from "./lifeCycle";
import { power, queryPower } from "./machinePower";
import { update } from "./machineUpdate";
import { eraseOptions } from "./machines";
import { on, type On } from "./onMachine";

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

const annotate: On = (_rack, machine, { user, params }) => {
  setOwnerDataOf(user, machine, params.all());
};

const remove: On = (rack, machine) => {
  rack.maas.machines = rack.maas.machines.filter((each) => each !== machine);
  removeChildren(rack, machine.systemId);
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

/** What the last commissioning saw of the hardware and its neighbours. */
const details: On = (_rack, { commissioned, hardwareInfo }) => {
  const product = hardwareInfo.system_product ?? "";
  const lshw = `<?xml version="1.0"?><list><node class="system"><product>${product}</product></node></list>`;
  const seen = { lshw: commissioned ? Buffer.from(lshw) : null, lldp: null };
  return new Text(bson(seen), "application/bson");
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
  "set-workload-annotations": on("edit", annotate),
  "set-owner-data": on("edit", annotate),
  "rescue-mode": on("edit", enterRescue),
  "exit-rescue-mode": on("edit", exitRescue),
  "get-token": on("view", token),
  "get-curtin-config": on("view", curtin),
  details: on("view", details),
  "clear-default-gateways": on("admin", unchanged),
  "restore-default-configuration": on("admin", (rack, each) => layOutFlat(rack, each)),
  "restore-networking-configuration": on("admin", unchanged),
  "restore-storage-configuration": on("admin", (rack, each) => layOutFlat(rack, each)),
  "mount-special": on("edit", unchanged),
  "unmount-special": on("edit", unchanged),
};
