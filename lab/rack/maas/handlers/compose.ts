import { canBoot } from "../addresses";
import { invalid, MaasError } from "../errors";
import { newDisk, newInterface } from "../hardware";
import { parseInterfaces, parseStorage } from "../matches";
import { pythonFloat } from "../python";
import { API } from "../render";
import type { Call } from "../request";
import { interfaceFits } from "../specifiers";
import type { BlockDevice, Interface, Machine, PlainRecord } from "../state";
import { blankMachine, HOSTNAME, startCommissioning } from "./machines";
import { CHOICE } from "./networks";
import { hostOf, renderHost } from "./vmHosts";

/** Virtual machines made to measure on a VM host (maas:src/maasserver/forms/pods.py ComposeMachineForm). */

const numberFrom = (call: Call, name: string, fallback: number, least: number): number => {
  const value = Number(call.params.get(name) || fallback);
  if (!Number.isInteger(value)) throw invalid({ [name]: ["Enter a whole number."] });
  if (value < least)
    throw invalid({ [name]: [`Ensure this value is greater than or equal to ${least}.`] });
  return value;
};

/** What a parameter names by its id. */
const chosen = <T extends { id: number }>(call: Call, name: string, all: T[]): T | undefined => {
  const id = call.params.get(name);
  if (id === undefined || id === "") return undefined;
  const found = all.find((each) => String(each.id) === id);
  if (found === undefined) throw invalid({ [name]: [CHOICE] });
  return found;
};

const hostnameFrom = ({ rack, params }: Call): string | undefined => {
  const hostname = params.text("hostname");
  if (hostname === "") return undefined;
  if (!HOSTNAME.test(hostname)) throw invalid({ hostname: ["Invalid hostname."] });
  if ([...rack.maas.machines, ...rack.maas.devices].some((each) => each.hostname === hostname))
    throw invalid({ hostname: [`Node with hostname "${hostname}" already exists`] });
  return hostname;
};

/** Refuses what the host has not left. */
const checkRoom = (call: Call, host: PlainRecord, cores: number, memory: number): void => {
  const { available, total, used } = renderHost(call, host);
  const short = (what: "cores" | "memory", ratio: unknown, wanted: number): string => {
    const most = total[what] * Number(ratio ?? 1);
    if (used[what] + wanted <= most) return "";
    const name = what === "cores" ? "CPU" : "Memory";
    return `${name} overcommit ratio is ${pythonFloat(Number(ratio ?? 1))} and there are ${available[what]} available resources; ${wanted} requested.`;
  };
  const message = `${short("cores", host.cpuRatio, cores)}${short("memory", host.memoryRatio, memory)}`;
  if (message === "") return;
  const name = String(host.name);
  throw new MaasError(503, `Unable to compose KVM instance in '${name}'. ${message}`);
};

/** A disk for each storage constraint, as LXD names them; the first is what it boots from. */
const disksFrom = ({ rack, params }: Call): BlockDevice[] => {
  const text = params.text("storage") || "root:8";
  const wants = parseStorage(text);
  if (wants === undefined) throw invalid({ storage: [`Malformed storage constraint, "${text}".`] });
  return wants.map(({ bytes, tags }, index) => {
    const serial = index === 0 ? "lxd_root" : `lxd_disk${index - 1}`;
    return newDisk(rack, {
      name: `sd${String.fromCharCode(97 + index)}`,
      model: "QEMU HARDDISK",
      serial,
      idPath: `/dev/disk/by-id/scsi-SQEMU_QEMU_HARDDISK_${serial}`,
      size: bytes,
      tags,
    });
  });
};

const macFor = ({ rack }: Call, machine: Machine, index: number): string => {
  const digits = rack.rng(`mac:${machine.systemId}:${index}`).hex(6);
  return `00:16:3e:${digits.match(/../g)?.join(":") ?? ""}`;
};

/** An interface for each label, on the first VLAN that keeps its wishes: the host is on all of them. */
const interfacesFrom = (call: Call, machine: Machine): Interface[] => {
  const { rack, params } = call;
  const { maas } = rack;
  const text = params.text("interfaces");
  const nic = (index: number, fields: Partial<Interface>): Interface =>
    newInterface(rack, { mac: macFor(call, machine, index), ...fields });
  if (text === "") return [nic(0, { vlan: maas.vlans[0]?.id ?? null })];
  const wanted = parseInterfaces(text);
  if (typeof wanted === "string") throw invalid({ interfaces: [wanted] });
  const made = [...wanted].map(([label, wishes], index) => {
    const unplugged = nic(index, { name: /^\d+$/.test(label) ? `eth${Number(label)}` : label });
    const vlan = maas.vlans.find(({ id }) =>
      [...wishes].every(([kind, values]) =>
        interfaceFits(maas, { machine, nic: { ...unplugged, vlan: id } }, kind, values),
      ),
    );
    if (vlan === undefined)
      throw new MaasError(400, "This pod does not match the specified networks.");
    return { ...unplugged, vlan: vlan.id };
  });
  if (made.some((each) => canBoot(maas, each))) return made;
  throw new MaasError(
    400,
    "MAAS DHCP must be enabled on at least one VLAN attached to the specified interfaces.",
  );
};

/** Makes a machine that commissions by itself; only where it is, is answered. */
export const compose = (call: Call) => {
  const host = hostOf(call);
  const { rack, user } = call;
  const cores = numberFrom(call, "cores", 1, 1);
  const memory = numberFrom(call, "memory", 2048, 1024);
  const pool = chosen(call, "pool", rack.maas.pools);
  const zone = chosen(call, "zone", rack.maas.zones);
  const hostname = hostnameFrom(call);
  checkRoom(call, host, cores, memory);
  const machine = blankMachine(rack, {
    ...(hostname === undefined ? {} : { hostname }),
    cpuCount: cores,
    memory,
    powerType: String(host.type),
    powerParameters: { power_address: String(host.address) },
    powerState: "off",
    pod: host.id,
    zone: zone?.name ?? "default",
    pool: pool?.id ?? rack.maas.pools.find(({ name }) => name === host.pool)?.id ?? 0,
    blockDevices: disksFrom(call),
  });
  machine.interfaces = interfacesFrom(call, machine);
  machine.bootInterface = machine.interfaces[0]?.id ?? null;
  machine.bootDisk = machine.blockDevices[0]?.id ?? null;
  rack.maas.machines.push(machine);
  startCommissioning(rack, machine, user);
  return { system_id: machine.systemId, resource_uri: `${API}/machines/${machine.systemId}/` };
};
