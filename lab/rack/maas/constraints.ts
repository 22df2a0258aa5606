import { takeFault } from "../core/faults";
import type { Rack } from "../core/rack";
import { invalid } from "./errors";
import type { Interface, Machine } from "./state";

/** Parameters of `machines allocate`, each with all values it was given with, in the caller's order. */
export type Constraints = Map<string, string[]>;

/** Parameters that are not constraints (maas:src/maasserver/node_constraint_filter_forms.py). */
const IGNORED = new Set([
  "agent_name",
  "comment",
  "dry_run",
  "verbose",
  "bridge_all",
  "bridge_type",
  "bridge_fd",
  "bridge_stp",
]);

type Check = (rack: Rack, machine: Machine, values: string[]) => boolean;

const zoneNames = (rack: Rack): string[] => rack.maas.zones.map((zone) => zone.name);
const poolNames = (rack: Rack): string[] => rack.maas.pools.map((pool) => pool.name);
const poolOf = (rack: Rack, machine: Machine): string | undefined =>
  rack.maas.pools.find((pool) => pool.id === machine.pool)?.name;

/** Ids of what was chosen for each label of a constraint. */
export type Matches = Record<string, number[]>;

/** `label:size(tag,tag),…` or without label: a disk for each, none used twice. */
const matchStorage = (machine: Machine, values: string[]): Matches | undefined => {
  const free = [...machine.blockDevices];
  const matches: Matches = {};
  for (const want of values.flatMap((value) => value.match(/[^,(]+(\([^)]*\))?/g) ?? [])) {
    const [, label = "", gigabytes = "0", tags = ""] =
      /^(?:([^:]*):)?([\d.]+)(?:\(([^)]*)\))?$/.exec(want) ?? [];
    const index = free.findIndex(
      (disk) =>
        disk.size >= Number(gigabytes) * 1e9 &&
        tags.split(",").every((tag) => tag === "" || disk.tags.includes(tag)),
    );
    const [disk] = index < 0 ? [] : free.splice(index, 1);
    if (disk === undefined) return undefined;
    if (label !== "") matches[label] = [...(matches[label] ?? []), disk.id];
  }
  return matches;
};

const wishFits = (rack: Rack, nic: Interface, wish: string): boolean => {
  const vlan = rack.maas.vlans.find((each) => each.id === nic.vlan);
  const space = rack.maas.spaces.find((each) => each.id === vlan?.space);
  const fabric = rack.maas.fabrics.find((each) => each.id === vlan?.fabric);
  const subnets = rack.maas.subnets.filter((each) =>
    nic.links.some((link) => link.subnet === each.id),
  );
  const [key, value = ""] = wish.split("=");
  if (key === "space")
    return space === undefined
      ? value === "undefined"
      : [space.name, String(space.id)].includes(value);
  if (key === "not_space")
    return space === undefined || ![space.name, String(space.id)].includes(value);
  if (key === "fabric")
    return fabric !== undefined && [fabric.name, String(fabric.id)].includes(value);
  if (key === "vid") return String(vlan?.vid) === value;
  if (key === "name") return nic.name === value;
  if (key === "id") return String(nic.id) === value;
  if (key === "tag") return nic.tags.includes(value);
  if (key === "subnet_cidr" || key === "cidr") return subnets.some(({ cidr }) => cidr === value);
  if (key === "subnet") return subnets.some(({ name }) => name === value);
  return true;
};

/** `label:key=value,…;label:…`: an interface for each. */
const matchInterfaces = (rack: Rack, machine: Machine, values: string[]): Matches | undefined => {
  const matches: Matches = {};
  for (const want of values.flatMap((value) => value.split(";"))) {
    const colon = want.indexOf(":");
    const wishes = want.slice(colon + 1).split(",");
    const found = machine.interfaces.filter((nic) =>
      wishes.every((wish) => wishFits(rack, nic, wish)),
    );
    if (found.length === 0) return undefined;
    if (colon > 0) matches[want.slice(0, colon)] = found.map((nic) => nic.id);
  }
  return matches;
};

const storageFits: Check = (_rack, machine, values) => matchStorage(machine, values) !== undefined;

const interfacesFit: Check = (rack, machine, values) =>
  matchInterfaces(rack, machine, values) !== undefined;

/** `constraints_by_type` of an allocation: which disks and interfaces the labels stand for. */
export const matchesByType = (
  rack: Rack,
  machine: Machine,
  constraints: Constraints,
): Record<string, Matches> => {
  const storage = constraints.get("storage");
  const interfaces = constraints.get("interfaces");
  return {
    ...(storage === undefined ? {} : { storage: matchStorage(machine, storage) ?? {} }),
    ...(interfaces === undefined
      ? {}
      : { interfaces: matchInterfaces(rack, machine, interfaces) ?? {} }),
  };
};

const splitTags = (values: string[]): string[] =>
  values.flatMap((value) => value.split(/[\s,]+/)).filter((tag) => tag !== "");

const archFits = (machine: Machine, wanted: string): boolean =>
  machine.architecture === wanted || machine.architecture.split("/")[0] === wanted;

const subnetFits = (rack: Rack, machine: Machine, value: string): boolean =>
  machine.interfaces.some((nic) =>
    rack.maas.subnets.some((subnet) => {
      const vlan = rack.maas.vlans.find((each) => each.id === subnet.vlan);
      const space = rack.maas.spaces.find((each) => each.id === vlan?.space)?.name;
      const names = [
        subnet.name,
        subnet.cidr,
        String(subnet.id),
        `space:${space ?? ""}`,
        `vid:${vlan?.vid ?? ""}`,
      ];
      return nic.links.some((link) => link.subnet === subnet.id) && names.includes(value);
    }),
  );

const CHECKS: Record<string, Check> = {
  name: (_rack, machine, values) => values.includes(machine.hostname),
  system_id: (_rack, machine, values) => values.includes(machine.systemId),
  arch: (_rack, machine, values) => values.some((arch) => archFits(machine, arch)),
  cpu_count: (_rack, machine, values) => values.every((count) => machine.cpuCount >= Number(count)),
  mem: (_rack, machine, values) => values.every((mebibytes) => machine.memory >= Number(mebibytes)),
  tags: (_rack, machine, values) => splitTags(values).every((tag) => machine.tags.includes(tag)),
  not_tags: (_rack, machine, values) =>
    !splitTags(values).some((tag) => machine.tags.includes(tag)),
  zone: (_rack, machine, values) => values.includes(machine.zone),
  not_in_zone: (_rack, machine, values) => !values.includes(machine.zone),
  pool: (rack, machine, values) => values.includes(poolOf(rack, machine) ?? ""),
  not_in_pool: (rack, machine, values) => !values.includes(poolOf(rack, machine) ?? ""),
  subnets: (rack, machine, values) => values.every((value) => subnetFits(rack, machine, value)),
  not_subnets: (rack, machine, values) => !values.some((value) => subnetFits(rack, machine, value)),
  storage: storageFits,
  interfaces: interfacesFit,
  pod: (_rack, machine, values) => values.includes(String(machine.pod)),
  not_pod: (_rack, machine, values) => !values.includes(String(machine.pod)),
};

const unknownNames = (label: string, wanted: string[], known: string[]): string[] => {
  const missing = wanted.filter((name) => !known.includes(name));
  return missing.length === 0 ? [] : [`No such ${label}: ${missing.join(", ")}.`];
};

/** Refuses constraints that name what does not exist, with 400 for all of them at once. */
export const checkConstraints = (rack: Rack, constraints: Constraints): void => {
  const errors: Record<string, string[]> = {};
  for (const [name, values] of constraints) {
    if (IGNORED.has(name)) continue;
    let messages: string[] = [];
    if (!(name in CHECKS)) {
      messages = ["No such constraint."];
    } else if (name === "tags" || name === "not_tags") {
      const known = rack.maas.tags.map((tag) => tag.name);
      const vanished =
        takeFault(rack, "tag-vanished", values.join(",")) === undefined ? [] : splitTags(values);
      const missing = splitTags(values).filter(
        (tag) => !known.includes(tag) || vanished.includes(tag),
      );
      if (missing.length > 0)
        messages = [`No such tag(s): ${missing.map((tag) => `'${tag}'`).join(", ")}.`];
    } else if (name === "zone" || name === "not_in_zone") {
      messages = unknownNames("zone(s)", values, zoneNames(rack));
    } else if (name === "pool" || name === "not_in_pool") {
      messages = unknownNames("pool(s)", values, poolNames(rack));
    } else if (
      name === "arch" &&
      !values.every((arch) => /^(amd64|arm64|armhf|i386|ppc64el|s390x)(\/|$)/.test(arch))
    ) {
      messages = ["Architecture not recognised."];
    } else if (name === "mem" && !values.every((value) => /^\d+(\.\d+)?$/.test(value))) {
      messages = ["Invalid memory: number of MiB required."];
    } else if (name === "cpu_count" && !values.every((value) => /^\d+(\.\d+)?$/.test(value))) {
      messages = ["Invalid CPU count: number required."];
    }
    if (messages.length > 0) errors[name] = messages;
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
};

export const fits = (rack: Rack, machine: Machine, constraints: Constraints): boolean =>
  [...constraints].every(([name, values]) => CHECKS[name]?.(rack, machine, values) ?? true);

const pythonText = (text: string): string =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;

/** The sentence MAAS answers when nothing fits. */
export const describeNoMatch = (constraints: Constraints): string => {
  const real = [...constraints].filter(([name]) => !IGNORED.has(name));
  if (real.length === 0) return "No machine available.";
  const systemId = constraints.get("system_id")?.[0];
  if (systemId !== undefined) return `No machine with system ID ${systemId} available.`;
  const given = [...constraints].map(
    ([name, values]) => `(${pythonText(name)}, [${values.map(pythonText).join(", ")}])`,
  );
  const resolved = real
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => {
      const text =
        name === "tags" || name === "not_tags" ? splitTags(values).join(",") : values.join(",");
      return `${name}=${text}`;
    });
  return `No available machine matches constraints: [${given.join(", ")}] (resolved to "${resolved.join(" ")}")`;
};
