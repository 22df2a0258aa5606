import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { charmOf, findUnit, needApplication } from "../engine/find";
import { addStorage as add } from "../engine/storage";
import { storageDocument } from "../render/storage";

export const storage = (call: Call): number | Promise<number> => {
  const shown = call.inModel((model) => storageDocument(model, false));
  if (shown.storage === undefined) {
    if (call.format === "") call.err("No storage to display.\n");
    return 0;
  }
  return call.show(call.on("filesystem") ? { filesystems: shown.filesystems } : shown);
};

export const storagePools = (call: Call): Promise<number> =>
  call.show(
    call.inModel((model) => {
      const own = model.provider === "lxd" ? "lxd" : "maas";
      return Object.fromEntries(
        ["loop", own, "rootfs", "tmpfs"].sort().map((name) => [name, { provider: name }]),
      );
    }),
  );

export const addStorage = (call: Call): number => {
  const [name = "", ...directives] = call.words;
  if (directives.length === 0) throw usage("add-storage requires at least two arguments");
  const added = call.inModel((model, rack) => {
    const unit = findUnit(model, name);
    if (unit === undefined) throw new JujuError(`unit "${name}" not found`);
    const charm = charmOf(needApplication(model, name.split("/")[0] ?? ""));
    return directives.map((directive) => add(rack, model, unit, charm, directive));
  });
  for (const id of added) call.err(`added storage ${id} to ${name}\n`);
  return 0;
};
