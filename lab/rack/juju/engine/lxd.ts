import type { Rack } from "../../core/rack";
import type { JujuMachine, Model } from "../state";
import { lasting } from "./find";
import { setStatus } from "./status";
import { NEVER } from "./never";

/** Machines of the cloud `localhost`: LXD containers on the client's own machine. */

/** The network that LXD makes. */
export const LXD = {
  cidr: "10.77.0.0/24",
  network: "lxdbr0",
  gateway: "10.77.0.1",
  zone: "vm",
} as const;

export const isLxd = (model: Model): boolean => model.provider === "lxd";

/** The first address that no machine has. */
const freeAddress = (rack: Rack): string => {
  const taken = new Set(
    rack.juju.controllers.flatMap((controller) =>
      controller.models.flatMap((model) => model.machines.flatMap((each) => each.addresses)),
    ),
  );
  for (let last = 2; last < 255; last++) {
    const address = `10.77.0.${last}`;
    if (!taken.has(address)) return address;
  }
  throw new Error(`${LXD.cidr} has no free address`);
};

// What begins together takes equally long: containers of one host wait for the same disk.
const create = (rack: Rack, machine: JujuMachine): void => {
  machine.step = "create";
  machine.due = rack.now + lasting(rack, "lxd-create", 7);
  setStatus(machine.instanceStatus, "allocating", "Creating container", rack.now);
};

/** Juju learns the address when the agent starts. */
export const joinNetwork = (rack: Rack, machine: JujuMachine): void => {
  machine.addresses = [freeAddress(rack)];
};

/** The next thing that happens to a container of the cloud, up to its boot. */
export const stepInstance = (
  rack: Rack,
  model: Model,
  machine: JujuMachine,
  refused: (reason: string) => void,
): void => {
  const { now } = rack;
  if (machine.step === "provision") {
    if (rack.juju.missingImages?.includes(machine.base) === true) {
      refused("no matching image found");
      setStatus(machine.agent, "down", "agent is not communicating with the server", now);
      return;
    }
    machine.step = "image";
    machine.attempts = 0;
    machine.due = now + lasting(rack, "lxd-image", 2);
    setStatus(machine.instanceStatus, "allocating", "acquiring LXD image", now);
  } else if (machine.step === "image") create(rack, machine);
  else if (machine.step === "create") {
    machine.step = "boot";
    machine.due = now + lasting(rack, "lxd-boot", 8);
    machine.instance = `juju-${model.uuid.slice(-6)}-${machine.id}`;
    machine.hostname = machine.instance;
    setStatus(machine.instanceStatus, "running", "Container started", now);
  } else {
    machine.due = NEVER;
    if (machine.step === "done") setStatus(machine.instanceStatus, "running", "Running", now);
  }
};
