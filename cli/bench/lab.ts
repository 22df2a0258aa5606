/** Memory of the running lab of this checkout: proportional set sizes of all its processes, guests included. */
import { lab, labIsOurs } from "../lab";
import type { Figure } from "./figure";

const LIMIT_GB = 11;

export async function labFigures(): Promise<Figure[]> {
  const what = "memory of the whole lab";
  const atMost = `${LIMIT_GB} GB`;
  const status = labIsOurs() ? await lab(["status"]) : undefined;
  const total = /^total +(\d+) MB/m.exec(status?.stdout ?? "")?.[1];
  if (total === undefined)
    return [{ what, atMost, measured: "the lab of this checkout does not run", holds: undefined }];
  const variant = /^ready \((\w+)\)/m.exec(status?.stdout ?? "")?.[1] ?? "not ready";
  const gigabytes = Number(total) / 1024;
  const measured = `${gigabytes.toFixed(1)} GB (${variant})`;
  return [{ what, atMost, measured, holds: gigabytes <= LIMIT_GB }];
}
