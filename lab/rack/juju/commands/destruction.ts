import type { Rack } from "../../core/rack";
import { MaasError, release } from "../../maas";
import type { Call } from "../call";
import { removeMachine } from "../engine/machines";
import { NEVER } from "../engine/never";
import { profileOf } from "../profile";
import type { Controller, Model } from "../state";
import { seconds } from "./tasks";

/** What the destruction of a model and that of a controller have in common. */

const FORCED_AFTER = 60;

/** What is behind the storage of a model. */
export const backingsOf = (model: Model): { volumes: number; filesystems: number } => {
  const all = model.storage ?? [];
  const volumes = all.filter((each) => each.kind === "block").length;
  return { volumes, filesystems: all.length - volumes };
};

/** Asks for the name of what is to be destroyed and gives what was entered. */
export const enteredName = (call: Call, what: "model" | "controller"): string => {
  call.err(`\nTo continue, enter the name of the ${what} to be unregistered: `);
  return (call.io.stdin().split("\n")[0] ?? "").toLowerCase();
};

/** The model goes from now on. By force: what does not answer is waited for up to a minute, or up to the timeout. */
export const beginDestruction = (
  call: Call,
  rack: Rack,
  model: Model,
  timeout: "timeout" | "model-timeout",
): void => {
  model.life = "dying";
  const given = call.flag(timeout);
  const patience = Math.min(FORCED_AFTER, given === undefined ? FORCED_AFTER : seconds(given));
  const after = call.on("no-wait") ? 0 : patience * 1000;
  model.destroy = {
    ...(call.on("destroy-storage") ? { storage: "destroy" } : {}),
    ...(call.on("release-storage") ? { storage: "release" } : {}),
    forceAt: call.on("force") ? rack.now + after : NEVER,
    forced: false,
  };
};

/** Gives back what the controller's models hold in MAAS, straight through the provider. */
export const destroyThroughProvider = (rack: Rack, controller: Controller): void => {
  const wipes = profileOf(controller.agentVersion).deletesMachines;
  for (const model of controller.models) {
    for (const machine of [...model.machines].filter((each) => !each.id.includes("/")))
      removeMachine(rack, model, machine, wipes);
    for (const left of rack.maas.machines.filter((each) => each.agentName === model.uuid)) {
      try {
        release(rack, left.systemId);
      } catch (error) {
        if (!(error instanceof MaasError)) throw error;
      }
    }
  }
  rack.juju.controllers = rack.juju.controllers.filter((each) => each !== controller);
};
