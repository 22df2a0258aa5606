import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import type { Rack } from "../../core/rack";
import { MaasError, release } from "../../maas";
import { seconds } from "./tasks";
import { removeMachine } from "../engine/machines";
import { allUnits } from "../engine/find";
import { profileOf } from "../profile";
import type { Controller } from "../state";

/** Gives back what the controller's models hold in MAAS, straight through the provider. */
const destroyAll = (rack: Rack, controller: Controller): void => {
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

const named = (call: Call): string => {
  const [name] = call.words;
  if (name === undefined) throw usage("no controller specified");
  call.noMoreWords(1);
  if (!(name in call.client.controllers().controllers))
    throw new JujuError(`controller ${name} not found`);
  return name;
};

const confirm = (call: Call, name: string, what: string): void => {
  if (call.on("no-prompt") || call.on("yes") || call.on("y")) return;
  const answer = call.io.stdin().trim();
  if (answer === name) return;
  call.err(
    `WARNING This command will destroy the "${name}" controller and all its resources\n\nTo continue, enter the name of the controller to be unregistered: `,
  );
  throw new JujuError(`${what}: aborted`);
};

/** What has to go before the controller can; machines of several models with one number count once. */
const reclaimed = (controller: Controller): string => {
  const counted = (count: number, what: string): string =>
    `${count} ${what}${count === 1 ? "" : "s"}`;
  const machines = new Set(controller.models.flatMap((each) => each.machines.map(({ id }) => id)));
  const applications = controller.models.flatMap((each) => each.applications);
  return `Waiting for ${counted(controller.models.length - 1, "model")}, ${counted(machines.size, "machine")}, ${counted(applications.length, "application")}`;
};

export const killController = async (call: Call): Promise<number> => {
  const name = named(call);
  confirm(call, name, "controller destruction");
  const uuid = call.client.controllers().controllers[name]?.uuid;
  let reachable = true;
  try {
    call.open((rack) => call.controller(rack, name));
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    reachable = false;
    call.err(`Unable to open API: ${error.message}\n`);
    const known = call.open((rack) => rack.juju.controllers.some((each) => each.uuid === uuid));
    if (!known) throw new JujuError(`cannot connect to model config API: ${error.message}`);
    call.err("Unable to connect to the API server, destroying through provider\n");
  }
  if (reachable) {
    call.err(`Destroying controller "${name}"\nWaiting for resources to be reclaimed\n`);
    const hosted = call.open((rack) => {
      const controller = call.controller(rack, name);
      return controller.models.slice(1).map((model) => `admin/${model.name}`);
    });
    const patience = seconds(call.flag("timeout") ?? call.flag("t") ?? "5m");
    if (hosted.length > 0 && patience > 0 && call.profile.major === 4) {
      call.err(
        `${call.open((rack) => reclaimed(call.controller(rack, name)))}, will kill machines directly in ${call.flag("timeout") ?? call.flag("t") ?? "5m0s"}\n`,
      );
      await call.wait(patience);
    }
    for (const model of hosted) call.err(`Killing ${model} directly\n  done\n`);
    await call.wait(20);
    call.err("All models destroyed, cleaning up controller machines\n");
  }
  call.open((rack) => {
    const controller = rack.juju.controllers.find((each) => each.uuid === uuid);
    if (controller !== undefined) destroyAll(rack, controller);
    call.client.forgetController(name);
  });
  return 0;
};

const FAILED = (name: string): string =>
  `failed to destroy controller "${name}"

If the controller is unusable, then you may run

    juju kill-controller

to forcibly destroy the controller. Upon doing so, review
your cloud provider console for any resources that need
to be cleaned up.
`;

export const destroyController = async (call: Call): Promise<number> => {
  const name = named(call);
  if (call.on("destroy-storage") && call.on("release-storage"))
    throw usage("--destroy-storage and --release-storage cannot both be specified");
  confirm(call, name, "controller destruction");
  const uuid = call.client.controllers().controllers[name]?.uuid;
  const hosted = call.open((rack) => {
    try {
      return call.controller(rack, name).models.slice(1);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      call.err(`ERROR ${FAILED(name)}\n`);
      throw new JujuError(`cannot connect to API: ${error.message}`);
    }
  });
  call.err(`Destroying controller\n`);
  if (hosted.length > 0 && !call.on("destroy-all-models")) {
    const list = hosted.map((model) => `\tadmin/${model.name} (${model.life})`).join("\n");
    throw new JujuError(
      `cannot destroy controller "${name}"\n\nThe controller has live models. If you want\nto destroy all models in the controller,\nrun this command again with the --destroy-all-models\noption.\n\nModels:\n${list}\n`,
    );
  }
  const counts = hosted.reduce((sum, model) => sum + allUnits(model).length, 0);
  call.err(`Waiting for hosted model resources to be reclaimed\n`);
  if (hosted.length > 0)
    call.err(
      `Waiting for ${hosted.length} model${hosted.length > 1 ? "s" : ""}, ${counts} units\n`,
    );
  await call.wait(90);
  call.err("All hosted models reclaimed, cleaning up controller machines\n");
  call.open((rack) => {
    const controller = rack.juju.controllers.find((each) => each.uuid === uuid);
    if (controller !== undefined) destroyAll(rack, controller);
    call.client.forgetController(name);
  });
  return 0;
};

export const unregister = (call: Call): number => {
  const name = named(call);
  if (!call.on("no-prompt") && call.io.stdin().trim() !== name)
    throw new JujuError("unregistering controller: aborted");
  call.client.forgetController(name);
  return 0;
};
