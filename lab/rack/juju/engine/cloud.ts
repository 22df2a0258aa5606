import type { CloudAccess, Rack } from "../../core/rack";
import type { Model } from "../state";
import { allUnits } from "./find";

/** The real cloud behind the model: once every unit is active, which a sealed Vault prevents. */
export const cloudOf = (rack: Rack, model: Model): CloudAccess | undefined => {
  const units = allUnits(model);
  const keystone = units.some((unit) => unit.name.startsWith("keystone/"));
  const vaults = units.filter((unit) => unit.name.startsWith("vault/"));
  const settled = units.every((unit) => unit.workload.current === "active");
  const sealed = vaults.some((unit) => !unit.flags.includes("unsealed"));
  return keystone && settled && !sealed ? (rack.cloud ?? undefined) : undefined;
};
