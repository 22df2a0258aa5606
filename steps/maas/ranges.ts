/** Address ranges compared as numbers. */
import * as ipaddr from "ipaddr.js";

import { StepError } from "../errors";
import type { AddressRange } from "../specs";
import type { Range } from "./shapes";

export type RangePlan = "present" | "create";

function number(address: string): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function bounds(range: { start: string; end: string }): [bigint, bigint] {
  return [number(range.start), number(range.end)];
}

/**
 * Whether `wanted` must be made among the ranges that its subnet has: it is present when one of the same type covers it
 * (a dynamic one must be the same). A range that only overlaps is an error: MAAS would refuse, and somebody's addresses
 * are concerned.
 */
export function planRange(
  type: "dynamic" | "reserved",
  wanted: AddressRange,
  existing: Range[],
  where: string,
): RangePlan {
  const [start, end] = bounds(wanted);
  for (const range of existing) {
    const [first, last] = bounds({ start: range.start_ip, end: range.end_ip });
    if (last < start || end < first) continue;
    const same = first === start && last === end;
    const covers = first <= start && end <= last;
    if (range.type === type && (same || (type === "reserved" && covers))) return "present";
    throw new StepError(
      `${where}: ${type} range ${wanted.start} to ${wanted.end} overlaps MAAS's ${range.type} range ` +
        `${range.start_ip} to ${range.end_ip}${range.comment ? ` (${range.comment})` : ""}. ` +
        "Delete that range in MAAS or configure this one elsewhere.",
    );
  }
  return "create";
}
