import type { Rack } from "../../core/rack";
import { vaultAnswers } from "../../vault/answers";
import type { Application, Model, Unit } from "../state";
import { cloudOf } from "./cloud";

/** What an action tells that depends on the software behind the charm. `fail` is the text of `action-fail`. */
export type Answer = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  parameters: Record<string, unknown>,
) => { results?: Record<string, unknown>; fail?: string };

export const answers: Record<string, Answer> = {
  "keystone-admin-password": (rack, model) => {
    const cloud = cloudOf(rack, model);
    return cloud === undefined ? {} : { results: { "admin-password": cloud.adminPassword } };
  },
  ...vaultAnswers,
};
