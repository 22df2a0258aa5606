import type { Rack } from "../core/rack";
import { blankMachine } from "../maas/handlers/machines";
import { newVlan } from "../maas/handlers/networks";
import { layOutFlat, newDisk, newInterface } from "../maas/hardware";
import { inCidr } from "../maas/ipv4";
import { nextNumber } from "../maas/numbers";
import { type Machine, Status } from "../maas/state";
import type { CliCall, HttpCall } from "./recording";

/** What a recording shows of a machine. */
interface Seen {
  system_id: string;
  hostname: string;
  status?: number;
  status_message?: string;
  status_action?: string;
  power_type?: string;
  cpu_count?: number;
  memory?: number;
  ip_addresses?: string[];
  tag_names?: string[];
  locked?: boolean;
}

const isSeen = (value: unknown): value is Seen =>
  typeof value === "object" && value !== null && "system_id" in value && "hostname" in value;

export const machinesIn = (value: unknown): Seen[] =>
  (Array.isArray(value) ? value : [value]).filter(isSeen);

const answers = (calls: CliCall[], systemId: string, action: string): CliCall[] =>
  calls.filter((call) => call.argv.includes(systemId) && call.argv.includes(action));

/** What a recording tells about a machine only later: whether it was ever commissioned, and has a root file system. */
const laterFacts = (calls: CliCall[], systemId: string): Facts => ({
  commissioned: !answers(calls, systemId, "release").some((call) =>
    machinesIn(call.digest).some((machine) => machine.status === Status.New),
  ),
  hasRoot: answers(calls, systemId, "deploy").some((call) => call.rc === 0),
});

const statusBefore = (seen: Seen, argv: string[]): Status =>
  argv.includes("allocate") ? Status.Ready : ((seen.status ?? Status.Ready) as Status);

const link = (rack: Rack, ip: string | undefined, anySubnet: boolean) => {
  const subnet = rack.maas.subnets.find((each) =>
    ip === undefined ? anySubnet : inCidr(each.cidr, ip),
  );
  return subnet === undefined
    ? { links: [], vlan: null }
    : {
        vlan: subnet.vlan,
        links: [
          {
            id: nextNumber(rack.maas, "link"),
            mode: "auto" as const,
            subnet: subnet.id,
            address: null,
          },
        ],
      };
};

const addDisk = (rack: Rack, machine: Machine): void => {
  machine.blockDevices = [newDisk(rack, { size: 100 * 1024 ** 3 })];
  machine.bootDisk = machine.blockDevices[0]?.id ?? null;
  layOutFlat(rack, machine);
};

interface Facts {
  commissioned: boolean;
  hasRoot: boolean;
  /** Is it on the network even where the recording shows no address? */
  connected?: boolean;
}

/** A machine of the recording becomes one of this rack. */
export const adopt = (rack: Rack, seen: Seen, facts: Facts, status: Status): void => {
  const [ip] = seen.ip_addresses ?? [];
  const machine = blankMachine(rack, {
    systemId: seen.system_id,
    hostname: seen.hostname,
    status,
    statusMessage: seen.status_message ?? "",
    statusAction: seen.status_action ?? "",
    cpuCount: seen.cpu_count ?? 0,
    memory: seen.memory ?? 0,
    powerType: seen.power_type ?? "manual",
    tags: seen.tag_names ?? [],
    locked: seen.locked ?? false,
    owner: status === Status.Ready || status === Status.New ? null : "admin",
    commissioned: facts.commissioned,
  });
  const { links, vlan } = link(rack, ip, facts.connected === true);
  const mac = `52:54:00:00:00:${(rack.maas.machines.length + 16).toString(16)}`;
  machine.interfaces = [newInterface(rack, { mac, vlan, links, discovered: ip ?? null })];
  machine.bootInterface = machine.interfaces[0]?.id ?? null;
  if (facts.hasRoot) addDisk(rack, machine);
  rack.maas.machines.push(machine);
};

/** Machines that were there before the recording began appear when it first shows them. */
export const adoptFromCli = (
  rack: Rack,
  call: CliCall,
  all: CliCall[],
  known: Set<string>,
): void => {
  for (const seen of machinesIn(call.digest)) {
    if (known.has(seen.system_id) || call.argv.includes("create")) continue;
    if (rack.maas.machines.some((machine) => machine.systemId === seen.system_id)) continue;
    adopt(rack, seen, laterFacts(all, seen.system_id), statusBefore(seen, call.argv));
  }
};

/** Where calls carry no time: a machine that the recording shows further on has had the time it needs. */
export const timeNeeded = (rack: Rack, call: CliCall): number =>
  machinesIn(call.digest).reduce((latest, seen) => {
    const machine = rack.maas.machines.find((each) => each.systemId === seen.system_id);
    const waits = machine?.transition !== undefined && machine.transition !== null;
    if (!waits || machine.status === seen.status) return latest;
    return Math.max(latest, machine.transition?.at ?? 0);
  }, rack.now);

const field = (body: string, name: string): string | undefined =>
  new RegExp(`"${name}": "([^"]*)"`).exec(body)?.[1];

const stringList = (body: string, name: string): string[] => {
  const [, text = ""] = new RegExp(`"${name}": \\[([^\\]]*)\\]`).exec(body) ?? [];
  return [...text.matchAll(/"([^"]*)"/g)].map(([, item = ""]) => item);
};

export const ensureTags = (rack: Rack, names: string[]): void => {
  for (const name of names) {
    if (rack.maas.tags.some((tag) => tag.name === name)) continue;
    rack.maas.tags.push({ name, definition: "", comment: "", kernel_opts: "" });
  }
};

/** A space with one subnet, once. */
export const newNetwork = (rack: Rack, name: string, cidr: string, gateway?: string): void => {
  if (rack.maas.spaces.some((each) => each.name === name)) return;
  const space = { id: nextNumber(rack.maas, "space"), name, description: "" };
  rack.maas.spaces.push(space);
  if (rack.maas.fabrics.length === 0)
    rack.maas.fabrics.push({ id: 0, name: "fabric-0", class_type: null });
  const vlan = newVlan(rack.maas, { fabric: 0, space: space.id });
  rack.maas.subnets.push({
    id: nextNumber(rack.maas, "subnet"),
    name: cidr,
    description: "",
    vlan: vlan.id,
    cidr,
    gateway: gateway ?? cidr.replace(/\d+\/\d+$/, "1"),
    dnsServers: [],
    allowDns: true,
    allowProxy: true,
    activeDiscovery: false,
    managed: true,
    rdnsMode: 2,
  });
};

/** The network that a recorded list of spaces shows. */
const ensureSpace = (rack: Rack, body: string): void => {
  const name = field(body, "name");
  const cidr = field(body, "cidr");
  if (name === undefined || cidr === undefined || rack.maas.spaces.length > 0) return;
  newNetwork(rack, name, cidr, field(body, "gateway_ip"));
};

/** What an answered request takes for granted: spaces, tags that were not refused as unknown, machines it names. */
export const prepareForHttp = (rack: Rack, call: HttpCall, all: HttpCall[]): void => {
  for (const each of all) if (each.path.endsWith("/spaces/")) ensureSpace(rack, each.body);
  if (call.path.includes("op=allocate") && call.code !== 400)
    ensureTags(rack, call.form.tags ?? []);
  if (!call.path.includes("/machines/") || call.code !== 200) return;
  const ids = [...call.body.matchAll(/"system_id": "([^"]+)"/g)].map(([, id = ""]) => id);
  for (const [index, id] of [...new Set(ids)].entries()) {
    if (rack.maas.machines.some((machine) => machine.systemId === id)) continue;
    const tags = index === 0 ? stringList(call.body, "tag_names") : [];
    ensureTags(rack, tags);
    const seen: Seen = {
      system_id: id,
      hostname: index === 0 ? (field(call.body, "hostname") ?? id) : id,
      cpu_count: 4,
      memory: 8192,
      tag_names: tags,
      ip_addresses: stringList(call.body, "ip_addresses"),
    };
    adopt(rack, seen, { commissioned: true, hasRoot: true, connected: true }, Status.Ready);
  }
};
