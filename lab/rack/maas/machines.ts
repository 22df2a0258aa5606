import { takeFault } from "../core/faults";
import type { Rack } from "../core/rack";
import { allocateAddress } from "./addresses";
import { checkConstraints, type Constraints, describeNoMatch, fits } from "./constraints";
import { conflict, forbidden, invalid, MaasError, notFound } from "./errors";
import { recordStatus } from "./events";
import { STATUS_NAMES, Status, type Machine, type User } from "./state";
import { begin, finishRelease, setStatus } from "./transitions";

export const machineById = (rack: Rack, systemId: string): Machine | undefined =>
  rack.maas.machines.find((machine) => machine.systemId === systemId);

export const machinesByAgentName = (rack: Rack, agentName: string): Machine[] =>
  rack.maas.machines.filter((machine) => machine.agentName === agentName);

export type Permission = "view" | "edit" | "lock" | "admin";

const isOwn = (user: User, machine: Machine): boolean =>
  user.superuser || machine.owner === user.username;

const isEditor = (user: User, machine: Machine): boolean =>
  isOwn(user, machine) || (machine.owner === null && machine.status === Status.Ready);

export const mayEdit = (user: User, machine: Machine): boolean =>
  isEditor(user, machine) && !machine.locked;

/** The machine, if the user may do this with it: 404 for unknown or hidden ones, an empty 403 otherwise. */
export const machineFor = (
  rack: Rack,
  user: User,
  systemId: string,
  permission: Permission,
): Machine => {
  const machine = machineById(rack, systemId);
  if (machine === undefined) throw notFound("Machine");
  const visible = user.superuser || machine.owner === null || machine.owner === user.username;
  if (!visible) throw notFound("Machine");
  if (permission === "view") return machine;
  const allowed = permission === "admin" ? user.superuser : isEditor(user, machine);
  if (!allowed || (machine.locked && permission !== "lock")) throw forbidden();
  return machine;
};

/** Who acts where nobody is named: Juju and the rack itself use the administrator's key. */
const administrator = (rack: Rack): User => {
  const user = rack.maas.users.find((each) => each.superuser);
  if (user === undefined) throw new Error("the region has no administrator");
  return user;
};

/** What Juju asks for; each becomes a constraint of MAAS's own name. */
export interface AllocateRequest {
  agentName: string;
  tags?: string[];
  notTags?: string[];
  zone?: string;
  pool?: string;
  systemId?: string;
  name?: string;
  arch?: string;
  cpuCount?: number;
  /** MiB */
  mem?: number;
  storage?: string;
  interfaces?: string;
  comment?: string;
}

const asConstraints = (request: AllocateRequest): Constraints => {
  const constraints: Constraints = new Map();
  const put = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) constraints.set(name, [String(value)]);
  };
  put("agent_name", request.agentName);
  put("arch", request.arch);
  put("comment", request.comment);
  put("cpu_count", request.cpuCount);
  put("interfaces", request.interfaces);
  put("mem", request.mem);
  put("name", request.name);
  if (request.notTags !== undefined && request.notTags.length > 0)
    constraints.set("not_tags", [...request.notTags]);
  put("pool", request.pool);
  put("storage", request.storage);
  put("system_id", request.systemId);
  // Juju names each tag by itself.
  if (request.tags !== undefined && request.tags.length > 0)
    constraints.set("tags", [...request.tags]);
  put("zone", request.zone);
  return constraints;
};

const cost = ({ cpuCount, memory }: Machine): number => cpuCount + memory / 1024;

/** Takes a Ready machine; throws MaasError 400 or 409 with MAAS's own text. */
export const allocateBy = (
  rack: Rack,
  user: User,
  constraints: Constraints,
  dryRun = false,
): Machine => {
  checkConstraints(rack, constraints);
  const subject = [...constraints].map(([name, values]) => `${name}=${values.join(",")}`).join(" ");
  if (takeFault(rack, "allocate-conflict", subject) !== undefined)
    throw conflict(describeNoMatch(rack, constraints));
  const machine = rack.maas.machines
    .filter((each) => each.status === Status.Ready && each.owner === null && !each.locked)
    // MAAS prefers the cheapest machine that fits: by its cores and GiB of memory.
    .sort((a, b) => cost(a) - cost(b))
    .find((each) => fits(rack, each, constraints));
  if (machine === undefined) throw conflict(describeNoMatch(rack, constraints));
  if (dryRun) return machine;
  acquire(rack, user, machine, constraints.get("agent_name")?.[0] ?? "");
  return machine;
};

export const acquire = (rack: Rack, user: User, machine: Machine, agentName: string): void => {
  const thief = takeFault(rack, "machine-stolen", machine.hostname);
  setStatus(machine, Status.Allocated);
  machine.owner = thief === undefined ? user.username : String(thief.with?.user ?? "somebody");
  machine.agentName = thief === undefined ? agentName : "";
  if (thief !== undefined)
    throw conflict(`No machine with system ID ${machine.systemId} available.`);
};

export const allocate = (rack: Rack, request: AllocateRequest): Machine =>
  allocateBy(rack, administrator(rack), asConstraints(request));

export interface DeployRequest {
  /** `jammy` or `ubuntu/jammy`; empty = the region's default. */
  series?: string;
  userData?: string;
  ephemeral?: boolean;
  hweKernel?: string;
}

const DEPLOYABLE: readonly Status[] = [Status.Ready, Status.Allocated];

/** Names of the operating systems that images were imported of, as `ubuntu/jammy`. */
export const releaseNames = (rack: Rack): string[] =>
  [...new Set(rack.maas.bootResources.map((resource) => resource.name))].sort();

const resolveSeries = (rack: Rack, wanted: string): string => {
  const names = releaseNames(rack);
  const fallback = `${String(rack.maas.config.default_osystem)}/${String(rack.maas.config.default_distro_series)}`;
  const name =
    wanted === ""
      ? fallback
      : names.find((each) => each === wanted || each.split("/")[1] === wanted);
  if (name !== undefined && names.includes(name)) return name;
  const choices = ["", ...names].map((choice) => `'${choice}'`).join(", ");
  throw invalid({
    distro_series: [`'${wanted}' is not a valid distro_series.  It should be one of: ${choices}.`],
  });
};

const hasRoot = (machine: Machine): boolean =>
  machine.blockDevices.some(
    (disk) =>
      disk.filesystem?.mountPoint === "/" ||
      disk.partitions.some((partition) => partition.filesystem?.mountPoint === "/"),
  );

const assignAddresses = (rack: Rack, machine: Machine): void => {
  for (const nic of machine.interfaces) {
    for (const link of nic.links) {
      const subnet = rack.maas.subnets.find((each) => each.id === link.subnet);
      if (link.mode !== "auto" || subnet === undefined || link.address !== null) continue;
      if (takeFault(rack, "addresses-exhausted", subnet.cidr) !== undefined) {
        throw new MaasError(503, `No more IPs available in subnet: ${subnet.cidr}.`);
      }
      link.address = allocateAddress(rack.maas, subnet);
    }
  }
};

export const deployBy = (
  rack: Rack,
  user: User,
  machine: Machine,
  request: DeployRequest,
): Machine => {
  if (!DEPLOYABLE.includes(machine.status)) {
    throw conflict(
      `Can't deploy a machine that is in the '${STATUS_NAMES[machine.status] ?? ""}' state`,
    );
  }
  const name = resolveSeries(rack, request.series ?? "");
  if (request.ephemeral !== true && !hasRoot(machine)) {
    throw invalid({ storage: ["Mount the root '/' filesystem to be able to deploy this node."] });
  }
  assignAddresses(rack, machine);
  if (machine.status === Status.Ready) acquire(rack, user, machine, machine.agentName);
  const [osystem = "", series = ""] = name.split("/");
  setStatus(machine, Status.Deploying);
  Object.assign(machine, {
    osystem,
    distroSeries: series,
    hweKernel: request.hweKernel ?? `ga-${series === "focal" ? "20.04" : "22.04"}`,
    userData: request.userData ?? null,
    ephemeralDeploy: request.ephemeral ?? false,
  });
  if (machine.powerType !== "manual") machine.powerState = "on";
  recordStatus(rack, machine, "Deploying");
  begin(rack, machine, "deploy");
  return machine;
};

/** Starts a deployment; `machine.status` is Deployed when it is over. Throws MaasError where MAAS refuses. */
export const deploy = (rack: Rack, systemId: string, request: DeployRequest): Machine => {
  const user = administrator(rack);
  return deployBy(rack, user, machineFor(rack, user, systemId, "edit"), request);
};

/** States that a machine can be released from (maas:src/maascommon/node.py RELEASABLE_STATUSES). */
const RELEASABLE: readonly Status[] = [
  Status.Allocated,
  Status.Reserved,
  Status.Broken,
  Status.Deploying,
  Status.Deployed,
  Status.FailedDeployment,
  Status.FailedDiskErasing,
  Status.ReleasingFailed,
];

export interface ReleaseRequest {
  erase?: boolean;
}

export const isReleasable = (machine: Machine): boolean => RELEASABLE.includes(machine.status);

/** Releases, or erases first; Ready and Releasing machines stay as they are. */
export const releaseBy = (rack: Rack, machine: Machine, request: ReleaseRequest): Machine => {
  if (machine.status === Status.Ready || machine.status === Status.Releasing) return machine;
  if (!isReleasable(machine)) {
    const name = STATUS_NAMES[machine.status] ?? "";
    throw conflict(`Machine cannot be released in its current state ('${name}').`);
  }
  const erase = request.erase ?? rack.maas.config.enable_disk_erasing_on_release === true;
  if (erase) {
    setStatus(machine, Status.DiskErasing);
    recordStatus(rack, machine, "Disk erasing");
    begin(rack, machine, "erase");
  } else if (machine.powerType === "manual" || machine.powerState === "off") {
    machine.transition = null;
    finishRelease(rack, machine);
  } else {
    setStatus(machine, Status.Releasing);
    recordStatus(rack, machine, "Releasing");
    begin(rack, machine, "release");
  }
  return machine;
};

export const release = (rack: Rack, systemId: string, request: ReleaseRequest = {}): Machine =>
  releaseBy(rack, machineFor(rack, administrator(rack), systemId, "edit"), request);

/** Marks of an owner on its machine; an empty value removes one. All vanish at release. */
export const setOwnerDataOf = (
  user: User,
  machine: Machine,
  data: Record<string, string>,
): Machine => {
  if (machine.owner !== user.username)
    throw conflict("Cannot set workload annotation: it hasn't been acquired.");
  for (const [key, value] of Object.entries(data)) {
    if (value === "") delete machine.ownerData[key];
    else machine.ownerData[key] = value;
  }
  return machine;
};

export const setOwnerData = (
  rack: Rack,
  systemId: string,
  data: Record<string, string>,
): Machine => {
  const user = administrator(rack);
  return setOwnerDataOf(user, machineFor(rack, user, systemId, "edit"), data);
};
