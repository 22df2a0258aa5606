import type { Rack } from "../../core/rack";
import { macHolder, newSystemId } from "../devices";
import { invalid, MaasError } from "../errors";
import { record, recordStatus } from "../events";
import { newInterface } from "../hardware";
import { allocateBy, isReleasable, machineById, machineFor, mayEdit, releaseBy } from "../machines";
import { matchesByType } from "../matches";
import { checkPower, powerFromForm } from "../power";
import { renderMachine } from "../renderMachine";
import { type Call, type Handler, type Params, Text } from "../request";
import { type Machine, STATUS_NAMES, Status, type User } from "../state";
import { begin, setStatus } from "../transitions";
import { setPlace } from "./machineUpdate";

const visible = (rack: Rack, user: User): Machine[] =>
  rack.maas.machines.filter(
    (machine) => user.superuser || machine.owner === null || machine.owner === user.username,
  );

const shortName = (name: string): string => name.toLowerCase().replaceAll(" ", "_");

const statusFromFilter = (value: string): number => {
  const index = STATUS_NAMES.findIndex((name) => shortName(name) === value);
  if (index >= 0) return index;
  const choices = STATUS_NAMES.map((name) => `'${shortName(name)}'`).join(", ");
  throw invalid({
    status: [`'${value}' is not a valid status.  It should be one of: ${choices}.`],
  });
};

type Filter = (rack: Rack, machine: Machine, values: string[]) => boolean;

const FILTERS: Record<string, Filter> = {
  hostname: (_rack, machine, values) => values.includes(machine.hostname),
  id: (_rack, machine, values) => values.includes(machine.systemId),
  system_id: (_rack, machine, values) => values.includes(machine.systemId),
  mac_address: (_rack, machine, values) =>
    machine.interfaces.some((nic) => values.some((mac) => mac.toLowerCase() === nic.mac)),
  agent_name: (_rack, machine, values) => values.includes(machine.agentName),
  zone: (_rack, machine, values) => values.includes(machine.zone),
  pool: (rack, machine, values) =>
    rack.maas.pools.some((pool) => pool.id === machine.pool && values.includes(pool.name)),
  domain: (rack, machine, values) =>
    rack.maas.domains.some(
      (domain) => domain.id === machine.domain && values.includes(domain.name),
    ),
  owner: (_rack, machine, values) => machine.owner !== null && values.includes(machine.owner),
  power_state: (_rack, machine, values) => values.includes(machine.powerState),
  tags: (_rack, machine, values) =>
    values.flatMap((value) => value.split(",")).every((tag) => machine.tags.includes(tag)),
  not_tags: (_rack, machine, values) =>
    !values.flatMap((value) => value.split(",")).some((tag) => machine.tags.includes(tag)),
  status: (_rack, machine, values) => values.map(statusFromFilter).includes(machine.status),
};

/** Machines that the user sees and every given filter keeps; unknown parameters are ignored, as MAAS does. */
export const filterMachines = (rack: Rack, user: User, params: Params): Machine[] => {
  params.values.get("status")?.forEach(statusFromFilter);
  return visible(rack, user).filter((machine) =>
    [...params.values].every(([name, values]) => FILTERS[name]?.(rack, machine, values) ?? true),
  );
};

const ARCHITECTURES = ["amd64/generic", "arm64/generic"];

export const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

export const HOSTNAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

const checkCreate = (rack: Rack, params: Params, macs: string[]): void => {
  const errors: Record<string, string[]> = {};
  const known = rack.maas.bootResources.length > 0 ? ARCHITECTURES : [];
  const architecture = params.text("architecture");
  if (architecture === "") errors.architecture = ["This field is required."];
  else if (!known.includes(architecture.includes("/") ? architecture : `${architecture}/generic`)) {
    const choices = known.length === 0 ? "''" : known.map((each) => `'${each}'`).join(", ");
    errors.architecture = [
      `'${architecture}' is not a valid architecture.  It should be one of: ${choices}.`,
    ];
  }
  if (macs.length === 0) errors.mac_addresses = ["This field is required."];
  for (const mac of macs) {
    const holder = macHolder(rack.maas, mac);
    if (!MAC.test(mac)) errors.mac_addresses = [`'${mac}' is not a valid MAC address.`];
    else if (holder !== undefined) {
      errors.mac_addresses = [`MAC address ${mac} already in use on ${holder.hostname}.`];
    }
  }
  const hostname = params.text("hostname");
  if (hostname !== "" && !HOSTNAME.test(hostname)) errors.hostname = ["Invalid hostname."];
  if ([...rack.maas.machines, ...rack.maas.devices].some((each) => each.hostname === hostname)) {
    errors.hostname = ["Node with this Hostname already exists."];
  }
  Object.assign(errors, checkPower(params.text("power_type"), powerFromForm(params)));
  if (Object.keys(errors).length > 0) throw invalid(errors);
};

const PLACEHOLDER_NAMES = [
  "mighty",
  "wanted",
  "equal",
  "sound",
  "loyal",
  "prime",
  "usable",
  "native",
];

export const placeholderName = (rack: Rack): string => {
  const rng = rack.rng(`hostname:${rack.maas.machines.length}:${rack.now}`);
  return `${rng.pick(PLACEHOLDER_NAMES)}-${rng.pick(["hen", "yak", "swan", "mole", "crow", "cod"])}`;
};

/** A machine as MAAS knows it before it was ever looked into. */
export const blankMachine = (rack: Rack, fields: Partial<Machine>): Machine => ({
  systemId: newSystemId(rack),
  hostname: placeholderName(rack),
  description: "",
  domain: 0,
  architecture: "amd64/generic",
  status: Status.New,
  previousStatus: Status.New,
  resumeStatus: Status.New,
  statusMessage: "",
  statusAction: "",
  errorDescription: "",
  owner: null,
  agentName: "",
  ownerData: {},
  locked: false,
  zone: "default",
  pool: 0,
  tags: [],
  powerType: "manual",
  powerParameters: {},
  powerState: "unknown",
  cpuCount: 0,
  cpuSpeed: 0,
  memory: 0,
  osystem: "",
  distroSeries: "",
  hweKernel: null,
  minHweKernel: "",
  netboot: true,
  ephemeralDeploy: false,
  enableHwSync: false,
  userData: null,
  swapSize: null,
  commissioned: false,
  bootDisk: null,
  bootInterface: null,
  interfaces: [],
  blockDevices: [],
  hardwareInfo: {},
  hardwareUuid: null,
  pod: null,
  transition: null,
  ...fields,
});

/** Until it is over, the machine is owned by who asked for it. */
export const startCommissioning = (rack: Rack, machine: Machine, user: User): void => {
  setStatus(machine, Status.Commissioning);
  machine.owner = user.username;
  machine.errorDescription = "";
  if (machine.powerType !== "manual") machine.powerState = "on";
  recordStatus(rack, machine, "Commissioning");
  begin(rack, machine, "commission");
};

const create = ({ rack, user, params }: Call) => {
  const macs = params.list("mac_addresses").map((mac) => mac.toLowerCase());
  checkCreate(rack, params, macs);
  const architecture = params.text("architecture");
  const powerType = params.text("power_type");
  const machine = blankMachine(rack, {
    architecture: architecture.includes("/") ? architecture : `${architecture}/generic`,
    powerType,
    powerParameters: powerFromForm(params),
    powerState: powerType === "manual" || powerType === "" ? "unknown" : "off",
    description: params.text("description"),
  });
  if (params.text("hostname") !== "") machine.hostname = params.text("hostname");
  setPlace(rack, machine, params);
  machine.interfaces = macs.map((mac, index) =>
    newInterface(rack, { mac, name: `eth${index}`, vlan: rack.maas.vlans[0]?.id ?? null }),
  );
  machine.bootInterface = machine.interfaces[0]?.id ?? null;
  rack.maas.machines.push(machine);
  record(rack, "Node created", machine);
  if (params.flag("deployed")) {
    setStatus(machine, Status.Deployed);
    machine.owner = user.username;
  } else if (params.flag("commission", user.superuser)) startCommissioning(rack, machine, user);
  return renderMachine(rack, machine);
};

/** Releases all that can be; only what cannot is refused, after the others were released. */
const releaseMany = ({ rack, user, params }: Call) => {
  const ids = [...new Set(params.list("machines"))];
  const machines = ids.flatMap((id) => machineById(rack, id) ?? []);
  const unknown = ids.filter((id) => machineById(rack, id) === undefined);
  if (unknown.length > 0) throw new MaasError(400, `Unknown machine(s): ${unknown.join(", ")}.`);
  const denied = machines.filter((machine) => !mayEdit(user, machine));
  if (denied.length > 0) {
    const names = denied.map(({ systemId }) => systemId).join(", ");
    throw new MaasError(
      403,
      `You don't have the required permission to release the following machine(s): ${names}.`,
    );
  }
  const released: string[] = [];
  const wrong: string[] = [];
  for (const machine of machines) {
    if (isReleasable(machine)) {
      releaseBy(rack, machine, eraseOptions(params));
      released.push(machine.systemId);
    } else if (machine.status !== Status.Ready) {
      wrong.push(`${machine.systemId} ('${STATUS_NAMES[machine.status] ?? ""}')`);
    }
  }
  if (wrong.length > 0) {
    throw new MaasError(
      409,
      `Machine(s) cannot be released in their current state: ${wrong.join(", ")}.`,
    );
  }
  return released;
};

export const eraseOptions = (params: Params): { erase?: boolean } =>
  params.has("erase") ? { erase: params.flag("erase") } : {};

const accept = (rack: Rack, user: User, machines: Machine[]): object[] =>
  machines
    .filter((machine) => machine.status === Status.New)
    .map((machine) => {
      startCommissioning(rack, machine, user);
      return renderMachine(rack, machine);
    });

export const machines: Handler = {
  read: ({ rack, user, params }) =>
    filterMachines(rack, user, params).map((machine) => renderMachine(rack, machine)),
  create,
  allocate: ({ rack, user, params }) => {
    const dryRun = params.flag("dry_run");
    const machine = allocateBy(rack, user, params.values, dryRun);
    return {
      ...renderMachine(rack, machine),
      constraints_by_type: matchesByType(rack, machine, params.values),
    };
  },
  release: releaseMany,
  "set-zone": ({ rack, user, params }) => {
    const zone = params.required("zone");
    if (!rack.maas.zones.some((each) => each.name === zone)) {
      throw invalid({
        zone: ["Select a valid choice. That choice is not one of the available choices."],
      });
    }
    for (const id of params.list("nodes")) machineFor(rack, user, id, "admin").zone = zone;
    return null;
  },
  accept: ({ rack, user, params }) =>
    accept(
      rack,
      user,
      params.list("machines").map((id) => machineFor(rack, user, id, "admin")),
    ),
  "accept-all": ({ rack, user }) => accept(rack, user, visible(rack, user)),
  "is-registered": ({ rack, params }) => {
    const mac = params.required("mac_address").toLowerCase();
    return macHolder(rack.maas, mac) !== undefined;
  },
  "is-action-in-progress": ({ rack, params }) =>
    rack.maas.machines.some(
      (machine) =>
        params.list("system_id").includes(machine.systemId) && machine.transition !== null,
    ),
  "list-allocated": ({ rack, user, params }) =>
    rack.maas.machines
      .filter((machine) => machine.owner === user.username)
      .filter((machine) => !params.has("id") || params.list("id").includes(machine.systemId))
      .map((machine) => renderMachine(rack, machine)),
  "power-parameters": ({ rack, user, params }) => {
    const ids = params.list("id");
    const chosen = visible(rack, user).filter(
      (each) => ids.length === 0 || ids.includes(each.systemId),
    );
    return Object.fromEntries(chosen.map((each) => [each.systemId, each.powerParameters]));
  },
  "add-chassis": () => new Text("Asking the chassis for its machines."),
  clone: ({ rack, user, params }) => {
    const source = machineFor(rack, user, params.required("source"), "view");
    for (const id of params.list("destinations")) {
      const target = machineFor(rack, user, id, "admin");
      if (params.flag("storage")) target.blockDevices = structuredClone(source.blockDevices);
    }
    return null;
  },
};
