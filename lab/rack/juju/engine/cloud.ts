import type { CloudAccess, Rack } from "../../core/rack";
import type { Model } from "../state";
import { allUnits } from "./find";

/** The cloud behind the model, once every unit is active, which a sealed Vault prevents. */
const cloudBehind = (rack: Rack, model: Model): CloudAccess | undefined => {
  const units = allUnits(model);
  const keystone = units.some((unit) => unit.name.startsWith("keystone/"));
  const vaults = units.filter((unit) => unit.name.startsWith("vault/"));
  const settled = units.every((unit) => unit.workload.current === "active");
  const sealed = vaults.some((unit) => !unit.flags.includes("unsealed"));
  return keystone && settled && !sealed ? (rack.cloud ?? undefined) : undefined;
};

/** What Juju hands out of the real cloud: nothing before that answers. */
export const cloudOf = (rack: Rack, model: Model): CloudAccess | undefined => {
  const cloud = cloudBehind(rack, model);
  return cloud?.ready === false ? undefined : cloud;
};

/** The model has settled before the real cloud has started. */
export const cloudStarts = (rack: Rack, model: Model): boolean =>
  cloudBehind(rack, model)?.ready === false;
