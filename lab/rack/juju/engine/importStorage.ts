import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import type { Controller, Model } from "../state";
import { NEVER } from "./never";
import { findPool } from "./pools";

/** Why a pool gives nothing that is there already; undefined for one that does. */
const reasonAgainst = (model: Model, pool: string): string | undefined => {
  const found = findPool(model, pool);
  if (found === undefined) return `storage provider "${pool}" not found`;
  if (pool === "maas") return "volumes not supported";
  return found.bound ? "storage directory not specified" : undefined;
};

/** Takes a filesystem that a model gave up; returns the id that its storage gets. */
export const importFilesystem = (
  rack: Rack,
  controller: Controller,
  model: Model,
  wanted: { pool: string; provider: string; name: string },
): string => {
  const { pool, provider, name } = wanted;
  const against = reasonAgainst(model, pool);
  if (against !== undefined) throw new JujuError(against);
  if (!provider.includes(":"))
    throw new JujuError(
      `importing filesystem: invalid filesystem ID "${provider}"; expected ID in format <lxd-pool>:<volume-name>`,
    );
  const released = controller.released ?? [];
  const found = released.find((each) => each.provider === provider);
  if (found === undefined)
    throw new JujuError("importing filesystem: Storage pool volume not found");
  controller.released = released.filter((each) => each !== found);
  const next = model.nextStorage ?? 0;
  model.nextStorage = next + 1;
  const backing = (model.nextBacking ??= { filesystem: 0, block: 0 });
  const id = `${name}/${next}`;
  (model.storage ??= []).push({
    id,
    backing: String(backing.filesystem++),
    provider,
    unit: "",
    machine: "",
    kind: "filesystem",
    location: "",
    pool,
    size: found.size,
    life: "alive",
    attachment: "alive",
    gone: false,
    releasing: false,
    status: { current: "detached", message: "", since: rack.now },
    due: NEVER,
  });
  return id;
};
