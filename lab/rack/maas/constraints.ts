import { takeFault } from "../core/faults";
import type { Rack } from "../core/rack";
import { invalid } from "./errors";
import { interfacesTrouble, matchInterfaces, matchStorage, parseStorage } from "./matches";
import { pythonFloat } from "./python";
import { subnetsBy } from "./specifiers";
import type { Machine, Subnet } from "./state";

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

/** The VM host that the machine was composed on; empty for one of its own. */
const hostOf = ({ maas }: Rack, { pod }: Machine): string => {
  const name = (maas.plain["vm-host"] ?? []).find(({ id }) => id === pod)?.name;
  return typeof name === "string" ? name : "";
};

const splitTags = (values: string[]): string[] =>
  values.flatMap((value) => value.split(/[\s,]+/)).filter((tag) => tag !== "");

/** The architectures that a machine may have, by the images: `amd64/generic` and the like. */
const usableArchitectures = (rack: Rack): string[] => {
  const arches = rack.maas.bootResources.flatMap(({ architecture, subarches }) => {
    const [primary = ""] = architecture.split("/");
    return [architecture, ...subarches.split(",").map((each) => `${primary}/${each.trim()}`)];
  });
  return [...new Set(arches)].filter((arch) => !/\/(ga|hwe)-/.test(arch)).sort();
};

/** What a wanted architecture stands for: itself, or all of the family that it names. */
const expandArch = (rack: Rack, wanted: string): string[] => {
  const usable = usableArchitectures(rack);
  if (usable.includes(wanted)) return [wanted];
  // Juju calls armhf by the name of its family.
  const family = wanted === "arm" ? "armhf" : wanted;
  return usable.filter((arch) => arch.startsWith(`${family}/`));
};

const connects = (machine: Machine, subnet: Subnet): boolean =>
  machine.interfaces.some((nic) => nic.links.some((link) => link.subnet === subnet.id));

/** `host` or `host.domain`. */
const isCalled = (rack: Rack, machine: Machine, name: string): boolean => {
  const [, host = "", domain] = /^([^.]*)(?:\.(.*))?$/.exec(name) ?? [];
  const own = rack.maas.domains.find(({ id }) => id === machine.domain)?.name;
  return machine.hostname === host && (domain === undefined || domain === own);
};

const CHECKS: Record<string, Check> = {
  name: (rack, machine, values) => values.every((name) => isCalled(rack, machine, name)),
  system_id: (_rack, machine, values) => values.includes(machine.systemId),
  arch: (rack, machine, values) =>
    values.some((arch) => expandArch(rack, arch).includes(machine.architecture)),
  cpu_count: (_rack, machine, values) => values.some((count) => machine.cpuCount >= Number(count)),
  mem: (_rack, machine, values) => values.some((mebibytes) => machine.memory >= Number(mebibytes)),
  tags: (_rack, machine, values) => splitTags(values).every((tag) => machine.tags.includes(tag)),
  not_tags: (_rack, machine, values) => !values.some((tag) => machine.tags.includes(tag)),
  zone: (_rack, machine, values) => values.includes(machine.zone),
  not_in_zone: (_rack, machine, values) => !values.includes(machine.zone),
  pool: (rack, machine, values) => values.includes(poolOf(rack, machine) ?? ""),
  not_in_pool: (rack, machine, values) => !values.includes(poolOf(rack, machine) ?? ""),
  subnets: (rack, machine, values) =>
    subnetsBy(rack.maas, values).every((subnet) => connects(machine, subnet)),
  not_subnets: (rack, machine, values) =>
    !subnetsBy(rack.maas, values).some((subnet) => connects(machine, subnet)),
  storage: (_rack, machine, values) => matchStorage(machine, values.at(-1) ?? "") !== undefined,
  interfaces: (rack, machine, values) =>
    matchInterfaces(rack, machine, values.at(-1) ?? "") !== undefined,
  pod: (rack, machine, values) => values.includes(hostOf(rack, machine)),
  not_pod: (rack, machine, values) => !values.includes(hostOf(rack, machine)),
};

const unknownNames = (label: string, wanted: string[], known: string[]): string[] => {
  const missing = wanted.filter((name) => !known.includes(name));
  return missing.length === 0 ? [] : [`No such ${label}: ${missing.join(", ")}.`];
};

const unknownTags = (rack: Rack, values: string[]): string[] => {
  const known = rack.maas.tags.map((tag) => tag.name);
  const vanished = takeFault(rack, "tag-vanished", values.join(",")) !== undefined;
  const missing = [...new Set(splitTags(values))].filter((tag) => vanished || !known.includes(tag));
  return missing.length === 0
    ? []
    : [`No such tag(s): ${missing.map((tag) => `'${tag}'`).join(", ")}.`];
};

const numbers =
  (message: string) =>
  (_rack: Rack, values: string[]): string[] =>
    values.every((value) => /^\d+(\.\d+)?$/.test(value)) ? [] : [message];

const zones = (rack: Rack, values: string[]) => unknownNames("zone(s)", values, zoneNames(rack));
const pools = (rack: Rack, values: string[]) => unknownNames("pool(s)", values, poolNames(rack));

const unknownSubnets = (rack: Rack, values: string[]): string[] =>
  subnetsBy(rack.maas, values).length > 0 ? [] : ["No matching subnets found."];

/** What is wrong with the values of a constraint; nothing where it is not listed. */
const REFUSALS: Record<string, (rack: Rack, values: string[]) => string[]> = {
  tags: unknownTags,
  zone: zones,
  not_in_zone: zones,
  pool: pools,
  not_in_pool: pools,
  subnets: unknownSubnets,
  not_subnets: unknownSubnets,
  arch: (rack, values) =>
    values.every((arch) => expandArch(rack, arch).length > 0)
      ? []
      : ["Architecture not recognised."],
  mem: numbers("Invalid memory: number of MiB required."),
  cpu_count: numbers("Invalid CPU count: number required."),
  storage: (_rack, values) => {
    const text = values.at(-1) ?? "";
    return parseStorage(text) === undefined ? [`Malformed storage constraint, "${text}".`] : [];
  },
  interfaces: (_rack, values) => {
    const trouble = interfacesTrouble(values.at(-1) ?? "");
    return trouble === undefined ? [] : [trouble];
  },
};

/** Refuses constraints that name what does not exist, with 400 for all of them at once. */
export const checkConstraints = (rack: Rack, constraints: Constraints): void => {
  const errors: Record<string, string[]> = {};
  for (const [name, values] of constraints) {
    if (IGNORED.has(name)) continue;
    const messages = Object.hasOwn(CHECKS, name)
      ? (REFUSALS[name]?.(rack, values) ?? [])
      : ["No such constraint."];
    if (messages.length > 0) errors[name] = messages;
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
};

export const fits = (rack: Rack, machine: Machine, constraints: Constraints): boolean =>
  [...constraints].every(([name, values]) => CHECKS[name]?.(rack, machine, values) ?? true);

const pythonText = (text: string): string =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;

const floats = (_rack: Rack, values: string[]) => values.map((value) => pythonFloat(Number(value)));

const subnetIds = (rack: Rack, values: string[]) =>
  subnetsBy(rack.maas, values).map(({ id }) => String(id));

/** How MAAS understood a constraint, where that is not as it was given. */
const RESOLVED: Record<string, (rack: Rack, values: string[]) => string[]> = {
  arch: (rack, values) => values.flatMap((arch) => expandArch(rack, arch)),
  cpu_count: floats,
  mem: floats,
  tags: (_rack, values) => [...new Set(splitTags(values))].sort(),
  subnets: subnetIds,
  not_subnets: subnetIds,
};

/** The sentence MAAS answers when nothing fits. */
export const describeNoMatch = (rack: Rack, constraints: Constraints): string => {
  const real = [...constraints].filter(([name]) => !IGNORED.has(name));
  if (real.length === 0) return "No machine available.";
  const systemId = constraints.get("system_id")?.[0];
  if (systemId !== undefined) return `No machine with system ID ${systemId} available.`;
  const given = [...constraints].map(
    ([name, values]) => `(${pythonText(name)}, [${values.map(pythonText).join(", ")}])`,
  );
  const resolved = real
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => `${name}=${(RESOLVED[name]?.(rack, values) ?? values).join(",")}`);
  return `No available machine matches constraints: [${given.join(", ")}] (resolved to "${resolved.join(" ")}")`;
};
