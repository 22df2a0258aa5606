/** IPv4 addresses as numbers, so that ranges can be compared. */
import ipaddr from "ipaddr.js";

import type { AddressRange } from "./types";

export interface NumberRange {
  first: number;
  last: number;
}

/** Four decimal numbers; the shorter and octal forms that some parsers take are not addresses here. */
export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

export function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((value, byte) => value * 256 + byte, 0);
}

export function fromNumber(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** Why a text is not a network in CIDR notation, or undefined. */
export function cidrFault(text: string): string | undefined {
  const [address = "", length = "", ...more] = text.split("/");
  const bits = Number(length);
  if (!isAddress(address) || !/^\d{1,2}$/.test(length) || bits > 32 || more.length > 0) {
    return "must be a network such as 172.16.0.0/20";
  }
  if (bits < 8)
    return "must not be larger than any private network: write the prefix length of yours, e.g. /20";
  const base = ipaddr.IPv4.networkAddressFromCIDR(text).toString();
  return base === address
    ? undefined
    : `must have no host bits set: the network that ${address} is in is ${base}/${length}. Write that, or correct the prefix length`;
}

export function cidrRange(cidr: string): NumberRange {
  return {
    first: toNumber(ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()),
    last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()),
  };
}

/** Addresses that a host may have: all but the network's own and the broadcast address. */
export function usable(cidr: string): NumberRange {
  const { first, last } = cidrRange(cidr);
  return last - first < 2 ? { first, last } : { first: first + 1, last: last - 1 };
}

export function range({ start, end }: AddressRange): NumberRange {
  return { first: toNumber(start), last: toNumber(end) };
}

export function overlaps(a: NumberRange, b: NumberRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function inside(inner: NumberRange, outer: NumberRange): boolean {
  return inner.first >= outer.first && inner.last <= outer.last;
}

export function holds(outer: NumberRange, address: string): boolean {
  const value = toNumber(address);
  return value >= outer.first && value <= outer.last;
}

/** RFC 1918. */
export function isPrivate(cidr: string): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((net) =>
    inside(cidrRange(cidr), cidrRange(net)),
  );
}
