import { faultArmed } from "../../core/faults";
import type { Rack } from "../../core/rack";
import {
  addContainer,
  allocate,
  deploy,
  machineAddresses,
  machineById,
  MaasError,
  release,
  removeDevice,
  setOwnerData,
  Status,
} from "../../maas";
import { subnetOf } from "../../maas/addresses";
import { STATUS_NAMES } from "../../maas/state";
import { playedBy } from "../profile";
import type { Controller, JujuMachine, Model } from "../state";
import { mergeConstraints, toRequest } from "./constraints";
import { findMachine, hostOf, isContainer, lasting, maasMachineOf, unitsOn } from "./find";
import { setStatus } from "./status";
import { isLxd, joinNetwork, stepInstance } from "./lxd";
import { NEVER } from "./never";
import { machineGone, scheduleAll } from "./storageSteps";
import { beginAgent, beginRemoval } from "./units";

const ATTEMPTS = 10;

/** How often Juju looks whether a machine that is to go answers again. */
const AGAIN = 60_000;

export const addMachine = (
  rack: Rack,
  model: Model,
  id: string,
  details: { base: string; constraints: string; placement?: string },
): JujuMachine => {
  const { now } = rack;
  const pending = { current: "pending", message: "", since: now };
  const machine: JujuMachine = {
    id,
    base: details.base,
    constraints: details.constraints,
    placement: details.placement ?? "",
    life: "alive",
    created: now,
    instance: "",
    hostname: "",
    addresses: [],
    agent: { ...pending },
    instanceStatus: { ...pending },
    step: "provision",
    due: isContainer(id)
      ? NEVER
      : now +
        lasting(
          rack,
          isLxd(model) ? "lxd-provision" : `provision:${id}`,
          playedBy(rack).major === 4 ? 8 : 4,
        ),
    attempts: 0,
    force: false,
    keepInstance: false,
  };
  model.machines.push(machine);
  const host = findMachine(model, hostOf(id));
  if (isContainer(id) && host?.agent.current === "started") {
    Object.assign(machine, { step: "image", due: now + 2000 });
  }
  return machine;
};

export const newMachineId = (model: Model): string => String(model.nextMachine++);

export const newContainerId = (model: Model, host: string): string => {
  const number = model.nextContainer[host] ?? 0;
  model.nextContainer[host] = number + 1;
  return `${host}/lxd/${number}`;
};

const series: Record<string, string> = {
  "18.04": "bionic",
  "20.04": "focal",
  "22.04": "jammy",
  "24.04": "noble",
};

/** The cloud has no machine now: the provisioner tries again, and gives up after ten times. */
const refused = (rack: Rack, machine: JujuMachine, reason: string, bare = reason): void => {
  const left = ATTEMPTS - machine.attempts++;
  if (left <= 0) {
    machine.step = "failed";
    machine.due = NEVER;
    setStatus(machine.agent, "down", "agent is not communicating with the server", rack.now);
    setStatus(machine.instanceStatus, "provisioning error", bare, rack.now);
    return;
  }
  machine.due = rack.now + 10_000;
  setStatus(
    machine.instanceStatus,
    "allocating",
    `failed to start machine ${machine.id} (${reason}), retrying in 10s (${left} more attempts)`,
    rack.now,
  );
};

/** What Juju does in MAAS for a machine: allocate, deploy, then its marks. */
export const provision = (
  rack: Rack,
  controller: Controller,
  model: Model,
  machine: JujuMachine,
): void => {
  // In a suspended model nobody asks for machines.
  if (faultArmed(rack, "credential-invalid", model.credential) !== undefined) {
    machine.due = rack.now + 10_000;
    return;
  }
  try {
    const taken = allocate(rack, {
      agentName: model.uuid,
      ...toRequest(
        rack,
        mergeConstraints(model.constraints, machine.constraints),
        machine.placement,
      ),
    });
    machine.instance = taken.systemId;
    machine.hostname = taken.hostname;
    try {
      deploy(rack, taken.systemId, { series: series[machine.base] ?? "jammy", userData: "" });
    } catch (error) {
      release(rack, taken.systemId);
      machine.instance = "";
      throw error;
    }
    setOwnerData(rack, taken.systemId, {
      "juju-controller-uuid": controller.uuid,
      "juju-machine-id": `juju-${model.uuid.slice(-6)}-${machine.id}`,
      "juju-model-uuid": model.uuid,
      ...(model.name === "controller" ? { "juju-is-controller": "true" } : {}),
    });
    machine.step = "deploying";
    machine.due = NEVER;
    setStatus(machine.instanceStatus, "allocating", "Deploying: Deploying", rack.now);
  } catch (error) {
    if (!(error instanceof MaasError)) throw error;
    const reason = machine.instance === "" ? "failed to acquire node: " : "failed to deploy: ";
    refused(rack, machine, reason + error.message, error.message);
  }
};

/** Looks at MAAS's machine while it is being deployed. */
export const watchDeploy = (rack: Rack, machine: JujuMachine): void => {
  const there = machineById(rack, machine.instance);
  if (there?.status === Status.Deployed) {
    machine.step = "boot";
    machine.due = rack.now + lasting(rack, `boot:${machine.instance}`, 75);
    setStatus(machine.instanceStatus, "running", "Deployed", rack.now);
    machine.addresses = machineAddresses(there);
  } else if (there?.status !== Status.Deploying && there?.status !== Status.Allocated) {
    machine.step = "failed";
    const state = there === undefined ? "Missing" : (STATUS_NAMES[there.status] ?? "");
    const message = `${state}: ${there?.errorDescription ?? ""}`.replace(/: $/, "");
    setStatus(machine.instanceStatus, "provisioning error", message, rack.now);
  }
};

/** MAAS gives a container its address as a device of the container's host. */
const containerAddress = (rack: Rack, model: Model, machine: JujuMachine): string => {
  const host = findMachine(model, hostOf(machine.id));
  const first = host?.addresses[0];
  const subnet = first === undefined ? rack.maas.subnets[0] : subnetOf(rack.maas, first);
  if (subnet === undefined) return "";
  const device = addContainer(rack, {
    hostname: machine.instance,
    parent: host?.instance ?? null,
    mac: `00:16:3e:${rack
      .rng(`mac:${machine.instance}`)
      .hex(6)
      .replace(/..(?!$)/g, "$&:")}`,
    subnet,
    owner: "admin",
  });
  return machineAddresses(device)[0] ?? "";
};

const startMachine = (rack: Rack, model: Model, machine: JujuMachine): void => {
  machine.step = "done";
  // The poller that asks LXD how its containers are comes round later.
  if (isLxd(model)) joinNetwork(rack, machine);
  machine.due = isLxd(model) ? rack.now + lasting(rack, `running:${machine.id}`, 4) : NEVER;
  setStatus(machine.agent, "started", "", rack.now);
  for (const unit of unitsOn(model, machine.id)) beginAgent(rack, model, unit);
  scheduleAll(rack, model, machine);
  for (const child of model.machines) {
    if (child.id.startsWith(`${machine.id}/`) && child.step === "provision") {
      child.step = "image";
      child.due = rack.now + lasting(rack, `container:${child.id}`, 10);
    }
  }
};

const stepContainer = (rack: Rack, model: Model, machine: JujuMachine): void => {
  const { now } = rack;
  if (isLxd(model)) {
    // Nested containers would need a snap that these machines cannot get.
    machine.due = NEVER;
    return;
  }
  const stuck = faultArmed(rack, "container-never-starts", machine.id) !== undefined;
  if (machine.step === "image") {
    machine.step = "create";
    machine.due = now + lasting(rack, `image:${machine.id}`, 70);
    setStatus(machine.instanceStatus, "allocating", "acquiring LXD image", now);
  } else if (machine.step === "create") {
    // One that does not start is tried again and again.
    if (!stuck) machine.step = "start";
    machine.due = now + (stuck ? 60_000 : lasting(rack, `create:${machine.id}`, 30));
    setStatus(machine.instanceStatus, "allocating", "Creating container", now);
  } else if (machine.step === "start") {
    machine.step = "boot";
    machine.due = now + lasting(rack, `boot:${machine.id}`, 45);
    machine.instance = `juju-${model.uuid.slice(-6)}-${machine.id.replaceAll("/", "-")}`;
    machine.hostname = machine.instance;
    machine.addresses = [containerAddress(rack, model, machine)];
    setStatus(machine.instanceStatus, "running", "Container started", now);
  }
};

/** Everything of the machine is given back. */
export const removeMachine = (rack: Rack, model: Model, machine: JujuMachine, wipes = false) => {
  for (const child of model.machines.filter((each) => each.id.startsWith(`${machine.id}/`))) {
    removeMachine(rack, model, child);
  }
  for (const unit of [...unitsOn(model, machine.id)])
    beginRemoval(rack, model, unit, { forceAfter: 0 });
  model.machines = model.machines.filter((each) => each !== machine);
  machineGone(rack, model, machine.id);
  if (isContainer(machine.id)) {
    if (machine.instance !== "") removeDevice(rack, machine.instance);
    return;
  }
  if (isLxd(model)) return;
  const there = maasMachineOf(rack, machine);
  if (there === undefined || machine.keepInstance || there.agentName !== model.uuid) return;
  try {
    release(rack, machine.instance);
  } catch (error) {
    if (!(error instanceof MaasError)) throw error;
  }
  if (wipes) rack.maas.machines = rack.maas.machines.filter((each) => each !== there);
};

/** A machine that has started, and is gone or switched off. */
export const doesNotAnswer = (machine: JujuMachine): boolean =>
  machine.step === "done" && machine.agent.current === "down";

/** The next thing that happens to a machine. */
export const advanceMachine = (
  rack: Rack,
  controller: Controller,
  model: Model,
  machine: JujuMachine,
  wipes: boolean,
): void => {
  if (machine.step === "deploying") watchDeploy(rack, machine);
  if (machine.due > rack.now) return;
  if (machine.life === "dying" && doesNotAnswer(machine)) machine.due = rack.now + AGAIN;
  else if (machine.life === "dying") removeMachine(rack, model, machine, wipes);
  else if (machine.step === "boot") startMachine(rack, model, machine);
  else if (isLxd(model) && !isContainer(machine.id))
    stepInstance(rack, model, machine, (reason) => refused(rack, machine, reason));
  else if (machine.step === "provision") provision(rack, controller, model, machine);
  else if (isContainer(machine.id)) stepContainer(rack, model, machine);
  else machine.due = NEVER;
};
