import type { Call } from "../call";
import { JujuError } from "../errors";

/** Which controller and model a command means that names none. */

export const switchTo = (call: Call): number => {
  call.noMoreWords(1);
  const [to] = call.words;
  const file = call.client.controllers();
  const models = call.client.models();
  const current = file["current-controller"];
  const shown = (name: string | undefined): string => {
    if (name === undefined) return "";
    const model = models.controllers[name]?.["current-model"];
    return model === undefined
      ? `${name} (controller)`
      : `${name}:${model.includes("/") ? model : `admin/${model}`}`;
  };
  const before = shown(current);
  if (to === undefined) {
    if (before === "" && call.profile.major === 4)
      throw new JujuError(
        'juju: no model name was passed. See "juju switch --help".\n\nDid you mean:\n\tjuju switch <model name>',
      );
    if (before === "") throw new JujuError("no controller is selected");
    call.out(`${before}\n`);
    return 0;
  }
  const [first = "", second] = to.split(":");
  const isController = first in file.controllers;
  const controller = second !== undefined || isController ? first : current;
  const model = second ?? (isController ? undefined : first);
  if (second !== undefined && !isController) {
    const prefix = call.profile.flags === "3.6" ? "" : "invalid target model: ";
    throw new JujuError(`${prefix}controller ${first} not found`);
  }
  if (controller === undefined || !(controller in file.controllers))
    throw new JujuError(`"${to}" is not the name of a model or controller`);
  const full = model === undefined ? undefined : `admin/${model.replace(/^admin\//, "")}`;
  const entry = (models.controllers[controller] ??= { models: {} });
  const known = full === undefined || full in entry.models || (model ?? "") in entry.models;
  if (!known) throw new JujuError(`"${to}" is not the name of a model or controller`);
  if (full !== undefined) entry["current-model"] = full;
  file["current-controller"] = controller;
  const after = shown(controller);
  if (before === after) {
    call.err(`${after} (no change)\n`);
    return 0;
  }
  call.client.write("models.yaml", models);
  call.client.write("controllers.yaml", file);
  call.err(`${before} -> ${after}\n`);
  return 0;
};
