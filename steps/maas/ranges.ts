/** Address ranges compared as numbers. */
import * as ipaddr from "ipaddr.js";

import { StepError } from "../errors";
import type { AddressRange } from "../specs";
import type { Range } from "./shapes";

export type RangeType = "dynamic" | "reserved";

/** A range that its subnet shall have. */
export interface WantedRange extends AddressRange {
  type: RangeType;
}

/** What is to be done for one wanted range; `id` is that of a range of ours which it replaces. */
export interface RangeChange {
  wanted: WantedRange;
  id?: number;
}

function number(address: string): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

type AddressBounds = Pick<AddressRange, "start" | "end">;

function bounds(range: Range | AddressBounds): [bigint, bigint] {
  return "start" in range
    ? [number(range.start), number(range.end)]
    : [number(range.start_ip), number(range.end_ip)];
}

/**
 * What is missing, in an order that MAAS takes: it refuses ranges that overlap. A wanted range is there when one of its type
 * has the same bounds, or, if it is reserved, covers it. A range of its type with its comment was made for it and is moved.
 * Any other range that it overlaps is somebody else's: an error.
 */
export function planRanges(
  wanted: WantedRange[],
  existing: Range[],
  subnet: string,
): RangeChange[] {
  const open: RangeChange[] = [];
  const claimed = new Set<number>();
  for (const range of wanted) {
    const same = existing.find((each) => each.type === range.type && equal(each, range));
    if (same) claimed.add(same.id);
    else open.push({ wanted: range });
  }
  const changes = open.flatMap((change): RangeChange[] => {
    const { type, comment } = change.wanted;
    const own = existing.find(
      (each) => each.type === type && each.comment === comment && !claimed.has(each.id),
    );
    if (own) {
      claimed.add(own.id);
      return [{ ...change, id: own.id }];
    }
    const covered = existing.some((each) => each.type === type && covers(each, change.wanted));
    return covered && type === "reserved" ? [] : [change];
  });
  return inOrder(changes, existing, subnet);
}

/** Those first that overlap nothing as it then is. */
function inOrder(changes: RangeChange[], existing: Range[], subnet: string): RangeChange[] {
  let now = existing;
  const left = [...changes];
  const ordered: RangeChange[] = [];
  while (left.length > 0) {
    const inTheWay = ({ wanted, id }: RangeChange): Range | undefined =>
      now.find((each) => each.id !== id && overlaps(each, wanted));
    const index = left.findIndex((change) => inTheWay(change) === undefined);
    const [change] = left.splice(Math.max(index, 0), 1);
    if (!change) break;
    const other = inTheWay(change);
    if (other) throw refused(change.wanted, other, subnet);
    ordered.push(change);
    now = now.map((each) =>
      each.id === change.id
        ? { ...each, start_ip: change.wanted.start, end_ip: change.wanted.end }
        : each,
    );
  }
  return ordered;
}

function refused(
  { type, start, end, comment }: WantedRange,
  other: Range,
  subnet: string,
): StepError {
  return new StepError(
    `MAAS subnet ${subnet}: ${type} range ${start} to ${end} (${comment}) overlaps MAAS's ${other.type} range ` +
      `${other.start_ip} to ${other.end_ip}${other.comment ? ` (${other.comment})` : ""}. ` +
      "Delete that range in MAAS or configure this one elsewhere.",
  );
}

function equal(range: Range, wanted: AddressRange): boolean {
  return covers(range, wanted) && covers(wanted, { start: range.start_ip, end: range.end_ip });
}

function covers(outer: Range | AddressBounds, inner: AddressBounds): boolean {
  const [first, last] = bounds(outer);
  const [start, end] = bounds(inner);
  return first <= start && end <= last;
}

function overlaps(range: Range, wanted: AddressBounds): boolean {
  const [first, last] = bounds(range);
  const [start, end] = bounds(wanted);
  return first <= end && start <= last;
}
