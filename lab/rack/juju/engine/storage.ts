import type { Rack } from "../../core/rack";
import type { Charm } from "../../charms/types";
import { JujuError } from "../errors";
import type { Model, Unit } from "../state";

/** Storage of units: `NAME=POOL,SIZE`. */

const MEBIBYTES: Record<string, number> = { M: 1, G: 1024, T: 1024 ** 2 };

/** Gives a unit storage of its charm; returns its id. */
export const addStorage = (
  rack: Rack,
  model: Model,
  unit: Unit,
  charm: Charm,
  directive: string,
): string => {
  const [name = "", rest = ""] = directive.split("=");
  const kind = charm.storage?.[name];
  if (kind === undefined) throw new JujuError(`charm storage "${name}" not found`);
  const words = rest.split(",");
  const [, number = "1", unitOfSize = "G"] =
    /^(\d+)([MGT])$/.exec(words.find((word) => /^\d+[MGT]$/.test(word)) ?? "1G") ?? [];
  const pool = words.find((word) => /^[a-z]/.test(word)) ?? "rootfs";
  const next = model.nextStorage ?? 0;
  model.nextStorage = next + 1;
  const id = `${name}/${next}`;
  model.storage = [
    ...(model.storage ?? []),
    {
      id,
      number: next,
      unit: unit.name,
      machine: unit.machine,
      kind: kind.kind,
      location: kind.location ?? "",
      pool,
      size: Number(number) * (MEBIBYTES[unitOfSize] ?? 1),
      since: rack.now,
    },
  ];
  return id;
};

/** What was only for units that are gone goes with them. */
export const dropStorage = (model: Model, unit: string): void => {
  if (model.storage !== undefined)
    model.storage = model.storage.filter((each) => each.unit !== unit);
};
