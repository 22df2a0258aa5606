import type { Call } from "../call";
import { nameModel, qualify } from "../client/modelName";
import { qualifiedName } from "../engine/find";
import { JujuError } from "../errors";
import { modelsFor } from "./login";

/** Which controller and model a command means that names none. */

/** What a line asks for. Without a controller the current one is meant; without a model, whichever was current there. */
interface Target {
  controller?: string;
  model?: string;
  /** Said before the reason why it is none. */
  prefix: string;
  /** How it is told that there is no such thing. */
  unknown: string;
}

const notThere = (name: string): string => `"${name}" is not the name of a model or controller`;

/** A controller and, after a colon, a model. */
const split = (text: string): { controller?: string; model?: string } => {
  const at = text.indexOf(":");
  if (at < 0) return { model: text };
  const [controller, model] = [text.slice(0, at), text.slice(at + 1)];
  return { ...(controller === "" ? {} : { controller }), ...(model === "" ? {} : { model }) };
};

/** A bare word is a controller, or else a model. */
const bare = (call: Call, to: string, current: string | undefined): Target => {
  if (to in call.client.controllers().controllers)
    return { controller: to, prefix: "", unknown: notThere(to) };
  if (current === undefined) throw new JujuError(notThere(to));
  const { tellsTarget } = call.profile.words;
  return {
    model: to,
    prefix: tellsTarget ? `cannot determine if "${to}" is a valid model: ` : "",
    unknown: notThere(tellsTarget ? `${current}:${to}` : to),
  };
};

const qualified = (call: Call, to: string): Target => {
  const parts = split(to);
  const what = parts.model === undefined ? "controller" : "model";
  const prefix = call.profile.words.tellsTarget ? `invalid target ${what}: ` : "";
  return { ...parts, prefix, unknown: notThere(to) };
};

const targetOf = (call: Call, current: string | undefined): Target | undefined => {
  const controller = call.flag("controller") ?? "";
  const model = call.flag("model") ?? "";
  const [to = ""] = call.words;
  if (controller !== "") return qualified(call, `${controller}:`);
  if (model !== "") return qualified(call, model);
  if (to === "") return undefined;
  return to.includes(":") ? qualified(call, to) : bare(call, to, current);
};

/** The client learns of the models that the user may see; the ones that it knew stay, also when they are gone. */
const refresh = (call: Call, controller: string): void => {
  const models = call.client.models();
  const entry = (models.controllers[controller] ??= { models: {} });
  try {
    call.open((rack) => {
      for (const model of modelsFor(call.controller(rack, controller), call.user))
        entry.models[qualifiedName(model)] ??= { uuid: model.uuid, type: "iaas" };
    });
  } catch (error) {
    if (error instanceof JujuError)
      throw new JujuError(`refreshing models cache: ${error.message}`);
    throw error;
  }
  call.client.write("models.yaml", models);
};

const current = (call: Call, controller: string | undefined): string => {
  if (controller === undefined) return "";
  const model = call.client.models().controllers[controller]?.["current-model"];
  return model === undefined
    ? `${controller} (controller)`
    : `${controller}:${qualify(call.client, controller, model)}`;
};

const change = (call: Call, controller: string, { model, unknown }: Target): void => {
  const file = call.client.controllers();
  if (!(controller in file.controllers)) throw new JujuError(`controller ${controller} not found`);
  if (model !== undefined) {
    const named = nameModel(call.client, controller, model, call.profile.words);
    if (named.wrong !== undefined) throw new JujuError(named.wrong.message);
    const there = (): boolean => {
      const known = call.client.models().controllers[controller]?.models ?? {};
      return named.qualified in known || model in known;
    };
    if (!there()) refresh(call, controller);
    if (!there()) throw new JujuError(unknown);
    const models = call.client.models();
    const entry = (models.controllers[controller] ??= { models: {} });
    entry["current-model"] = named.qualified;
    call.client.write("models.yaml", models);
  }
  if (file["current-controller"] !== controller)
    call.client.write("controllers.yaml", { ...file, "current-controller": controller });
};

export const switchTo = (call: Call): number => {
  const now = call.client.controllers()["current-controller"];
  const before = current(call, now);
  const target = targetOf(call, now);
  if (target === undefined) {
    if (before === "" && call.profile.major === 4)
      throw new JujuError(
        'juju: no model name was passed. See "juju switch --help".\n\nDid you mean:\n\tjuju switch <model name>',
      );
    if (before === "") throw new JujuError("no controller is selected");
    call.out(`${before}\n`);
    return 0;
  }
  const controller = target.controller ?? now;
  if (controller === undefined) throw new JujuError(target.unknown);
  try {
    change(call, controller, target);
  } catch (error) {
    if (error instanceof JujuError) throw new JujuError(`${target.prefix}${error.message}`);
    throw error;
  }
  const after = current(call, controller);
  call.err(before === after ? `${after} (no change)\n` : `${before} -> ${after}\n`);
  return 0;
};
