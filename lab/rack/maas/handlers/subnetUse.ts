import { type Held, heldAddresses } from "../addresses";
import { formatIp, inCidr, parseCidr, parseIp } from "../ipv4";
import type { MaasState, Subnet } from "../state";

/** What of a subnet is in use, and by whom. */

interface Span {
  start: number;
  end: number;
  purpose: string[];
}

const shown = ({ start, end }: Span) => ({
  start: formatIp(start),
  end: formatIp(end),
  num_addresses: end - start + 1,
});

const single = (ip: string, purpose: string): Span => {
  const value = parseIp(ip) ?? 0;
  return { start: value, end: value, purpose: [purpose] };
};

/** Neighbours of one purpose are one span; what lies inside another is not listed again. */
const joined = (spans: Span[]): Span[] =>
  spans
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .reduce<Span[]>((all, next) => {
      const last = all.at(-1);
      if (last === undefined || next.start > last.end + 1) return [...all, next];
      if (next.end <= last.end) return all;
      if (next.purpose[0] === last.purpose[0]) last.end = next.end;
      else all.push({ ...next, start: Math.max(next.start, last.end + 1) });
      return all;
    }, []);

const inUse = (maas: MaasState, subnet: Subnet): Span[] => {
  const inside = (ip: string): boolean => inCidr(subnet.cidr, ip);
  return joined([
    ...maas.ranges
      .filter((range) => range.subnet === subnet.id)
      .map(({ start, end, type }) => ({
        start: parseIp(start) ?? 0,
        end: parseIp(end) ?? 0,
        purpose: [type as string],
      })),
    ...(subnet.gateway === null ? [] : [single(subnet.gateway, "gateway-ip")]),
    ...subnet.dnsServers.filter(inside).map((ip) => single(ip, "dns-server")),
    ...heldAddresses(maas)
      .filter(({ ip }) => inside(ip))
      .map(({ ip }) => single(ip, "assigned-ip")),
  ]);
};

const free = (maas: MaasState, subnet: Subnet): Span[] => {
  const cidr = parseCidr(subnet.cidr);
  if (cidr === undefined) return [];
  const gaps: Span[] = [];
  let from = cidr.first + 1;
  for (const { start, end } of [
    ...inUse(maas, subnet),
    { start: cidr.last, end: cidr.last, purpose: [] },
  ]) {
    if (start > from) gaps.push({ start: from, end: start - 1, purpose: [] });
    from = end + 1;
  }
  return gaps;
};

export const reservedRanges = (maas: MaasState, subnet: Subnet) =>
  inUse(maas, subnet).map((span) => ({ ...shown(span), purpose: span.purpose }));

export const unreservedRanges = (maas: MaasState, subnet: Subnet) => free(maas, subnet).map(shown);

export const statistics = (maas: MaasState, subnet: Subnet) => {
  const cidr = parseCidr(subnet.cidr);
  const [first, last] = cidr === undefined ? [0, -1] : [cidr.first + 1, cidr.last - 1];
  const total = last - first + 1;
  const gaps = free(maas, subnet).map(({ start, end }) => end - start + 1);
  const available = gaps.reduce((sum, size) => sum + size, 0);
  const usage = total === 0 ? 0 : (total - available) / total;
  return {
    num_available: available,
    largest_available: Math.max(0, ...gaps),
    num_unavailable: total - available,
    total_addresses: total,
    usage,
    usage_string: `${Math.round(100 * usage)}%`,
    available_string: `${Math.round(100 * (1 - usage))}%`,
    first_address: formatIp(first),
    last_address: formatIp(last),
    ip_version: 4,
  };
};

const ALLOC_TYPES = { auto: 0, static: 1, dhcp: 5, link_up: 1, discovered: 6, reserved: 4 };

const related = (maas: MaasState, held: Held, now: string) => {
  const { node, via, user } = held;
  const domain = maas.domains.find((each) => each.id === node?.domain)?.name ?? "maas";
  return {
    ip: held.ip,
    alloc_type: ALLOC_TYPES[held.how],
    created: now,
    updated: now,
    ...(user === null ? {} : { user }),
    ...(node === undefined
      ? {}
      : {
          node_summary: {
            system_id: node.systemId,
            node_type: node.type,
            fqdn: `${node.hostname}.${domain}`,
            hostname: node.hostname,
            is_container: node.parent !== null,
            via,
          },
        }),
  };
};

/** Every address on the subnet with what holds it, in their order. */
export const relatedAddresses = (maas: MaasState, subnet: Subnet, at: number) => {
  const text = new Date(at).toUTCString();
  const now = `${text.slice(0, 11)}.${text.slice(11, 25)}`;
  return heldAddresses(maas)
    .filter(({ ip }) => inCidr(subnet.cidr, ip))
    .sort((a, b) => (parseIp(a.ip) ?? 0) - (parseIp(b.ip) ?? 0))
    .map((held) => related(maas, held, now));
};
