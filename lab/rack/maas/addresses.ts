import { MaasError } from "./errors";
import { formatIp, inCidr, parseCidr, parseIp } from "./ipv4";
import type { Device, Interface, IpRange, Link, MaasState, Machine, Subnet } from "./state";

type Networked = Pick<Machine, "hostname" | "interfaces">;

const nodes = (maas: MaasState): Networked[] => [...maas.machines, ...maas.devices];

/** Whose link holds the address. */
export const addressHolder = (maas: MaasState, ip: string): Networked | undefined =>
  nodes(maas).find((node) =>
    node.interfaces.some((nic) => nic.links.some((link) => link.address === ip)),
  );

/** A node's addresses as its answer lists them: its own ones, or what DHCP last gave it while it has none. */
export const machineAddresses = (machine: Pick<Machine, "interfaces">): string[] => {
  const own = machine.interfaces.flatMap((nic) =>
    nic.links.flatMap((link) => (link.address === null ? [] : [link.address])),
  );
  if (own.length > 0) return own;
  return machine.interfaces.flatMap((nic) => (nic.discovered === null ? [] : [nic.discovered]));
};

/** An address that somebody or something holds. */
export interface Held {
  ip: string;
  how: Link["mode"] | "discovered" | "reserved";
  user: string | null;
  /** What has it on the interface `via`. `type`: 0 a machine, 1 a device, 4 the region. */
  node?: {
    systemId: string;
    hostname: string;
    domain: number;
    parent: string | null;
    type: number;
  };
  via?: string;
}

const onNode = (node: Machine | Device): Held[] => {
  const isDevice = !("status" in node);
  const { systemId, hostname, domain, owner } = node;
  const parent = isDevice ? node.parent : null;
  const summary = { systemId, hostname, domain, parent, type: isDevice ? 1 : 0 };
  return node.interfaces.flatMap((nic) => {
    const held = { via: nic.name, node: summary };
    return [
      ...nic.links.flatMap(({ address, mode }) =>
        address === null ? [] : [{ ...held, ip: address, how: mode, user: owner }],
      ),
      ...(nic.discovered === null
        ? []
        : [{ ...held, ip: nic.discovered, how: "discovered" as const, user: null }]),
    ];
  });
};

/** Every address that somebody or something holds. */
export const heldAddresses = (maas: MaasState): Held[] => {
  const reserved = (ip: unknown, user: string | null): Held => ({
    ip: String(ip),
    how: "reserved",
    user,
  });
  return [
    ...maas.rackControllers.map((rack): Held => {
      const node = { ...rack, domain: 0, parent: null, type: 4 };
      return { ip: rack.address, how: "static", user: null, node, via: "eth0" };
    }),
    ...maas.machines.flatMap(onNode),
    ...maas.devices.flatMap(onNode),
    ...maas.reservedAddresses.map(({ ip, user }) => reserved(ip, user)),
    ...(maas.plain["reserved-ip"] ?? []).map(({ ip }) => reserved(ip, null)),
    ...(maas.plain.dnsresource ?? []).flatMap((each) =>
      (each.ip_addresses as string[]).map((ip) => reserved(ip, null)),
    ),
  ];
};

/** Every address of a subnet that is taken. */
export const usedAddresses = (maas: MaasState, subnet: Subnet): Set<string> => {
  const used = new Set([...heldAddresses(maas).map(({ ip }) => ip), ...subnet.dnsServers]);
  if (subnet.gateway !== null) used.add(subnet.gateway);
  return used;
};

const inRange = (range: IpRange, value: number): boolean =>
  value >= (parseIp(range.start) ?? Infinity) && value <= (parseIp(range.end) ?? -Infinity);

/** The first free address outside the given kinds of ranges. */
const firstFree = (
  maas: MaasState,
  subnet: Subnet,
  from: number,
  to: number,
  avoid: IpRange[],
): string | undefined => {
  const used = usedAddresses(maas, subnet);
  for (let value = from; value <= to;) {
    const range = avoid.find((each) => inRange(each, value));
    if (range !== undefined) value = (parseIp(range.end) ?? value) + 1;
    else if (used.has(formatIp(value))) value++;
    else return formatIp(value);
  }
  return undefined;
};

/** An address for an AUTO link: outside every range, as MAAS chooses. */
export const allocateAddress = (maas: MaasState, subnet: Subnet): string => {
  const cidr = parseCidr(subnet.cidr);
  const ranges = maas.ranges.filter((range) => range.subnet === subnet.id);
  const ip =
    cidr === undefined ? undefined : firstFree(maas, subnet, cidr.first + 1, cidr.last - 1, ranges);
  if (ip === undefined)
    throw new MaasError(503, `No more IPs available in subnet: ${subnet.cidr}.`);
  return ip;
};

/** An address that DHCP gives: from the dynamic ranges of a subnet on the interface's VLAN. */
export const leaseAddress = (maas: MaasState, nic: Interface): string | null => {
  for (const subnet of maas.subnets.filter((each) => each.vlan === nic.vlan)) {
    for (const range of maas.ranges.filter(
      (each) => each.subnet === subnet.id && each.type === "dynamic",
    )) {
      const ip = firstFree(maas, subnet, parseIp(range.start) ?? 0, parseIp(range.end) ?? -1, []);
      if (ip !== undefined) return ip;
    }
  }
  return null;
};

/** Is DHCP served on the VLAN, so that a machine can boot from the network? */
export const canBoot = (maas: MaasState, nic: Interface): boolean => {
  const vlan = maas.vlans.find((each) => each.id === nic.vlan);
  if (vlan === undefined || maas.rackControllers.length === 0) return false;
  const served =
    vlan.relayVlan === null ? vlan : maas.vlans.find((each) => each.id === vlan.relayVlan);
  return served?.dhcpOn === true;
};

export const subnetOf = (maas: MaasState, ip: string): Subnet | undefined =>
  maas.subnets.find((subnet) => inCidr(subnet.cidr, ip));
