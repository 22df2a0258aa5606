import type { Call } from "../call";
import { qualifiedName } from "../engine/find";
import {
  changeAccess,
  changeControllerAccess,
  findUser,
  isUserName,
  modelAccess,
} from "../engine/users";
import { offersOf } from "../engine/offers";
import { JujuError, refusals } from "../errors";
import type { Controller, Model } from "../state";
import { refuseChange } from "./blocks";

/** `grant` and `revoke`: what a user may do with a controller, with models, with offers. */

/** `[controller:][owner/]model`, and what stands behind a dot: an offer. A bare model is the user's own. */
const parse = (text: string, user: string): { model: string; offer: string | undefined } => {
  const place = text.replace(/^[^:]*:/, "");
  const at = place.indexOf("/");
  const owner = at < 0 ? user : place.slice(0, at);
  const [model = "", offer] = place.slice(at + 1).split(".");
  return { model: `${owner}/${model}`, offer };
};

const modelNamed = (call: Call, controller: Controller, name: string): Model => {
  const model = controller.models.find((each) => qualifiedName(each) === name);
  if (model === undefined || modelAccess(controller, model, call.user) === "")
    throw new JujuError(`model ${call.controllerName(1)}:${name} not found`);
  return model;
};

const change = (
  call: Call,
  controller: Controller,
  thing: string,
  wanted: { name: string; level: string; grants: boolean },
): void => {
  const { model: named, offer: offered } = parse(thing, call.user);
  const model = modelNamed(call, controller, named);
  if (modelAccess(controller, model, call.user) !== "admin")
    throw new JujuError("permission denied");
  refuseChange(model);
  if (offered === undefined) {
    model.access = changeAccess(controller, "model", model.access ?? {}, wanted);
    return;
  }
  const offer = offersOf(model).find((each) => each.name === offered);
  if (offer === undefined) throw new JujuError(`application offer "${offered}" not found`);
  offer.access = changeAccess(controller, "offer", offer.access ?? {}, wanted);
};

const changeAll = (call: Call, grants: boolean): number => {
  const [name = "", level = "", ...things] = call.words;
  const failures = call.inController((controller) => {
    for (const thing of things) modelNamed(call, controller, parse(thing, call.user).model);
    if (!isUserName(name)) throw new JujuError(`invalid username: "${name}"`);
    if (things.length === 0) {
      if (findUser(controller, call.user)?.access !== "superuser")
        throw new JujuError("permission denied");
      changeControllerAccess(controller, name, level, grants);
    }
    return refusals(things, (thing) => change(call, controller, thing, { name, level, grants }));
  });
  if (failures.length > 0) throw new JujuError(failures.join("\n"));
  return 0;
};

export const grant = (call: Call): number => changeAll(call, true);
export const revoke = (call: Call): number => changeAll(call, false);
