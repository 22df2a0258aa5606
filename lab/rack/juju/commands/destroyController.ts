import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { qualifiedName } from "../engine/find";
import { advanceJuju } from "../engine/advance";
import { persistent } from "../engine/pools";
import { JujuError, usage } from "../errors";
import type { Controller, Model } from "../state";
import { named } from "./controllers";
import { backingsOf, beginDestruction, destroyThroughProvider, enteredName } from "./destruction";
import { seconds } from "./tasks";

/** A controller goes, politely or not. */

const counted = (count: number, what: string): string => `${count} ${what}${count > 1 ? "s" : ""}`;

const sum = (models: Model[], of: (model: Model) => number): number =>
  models.reduce((total, model) => total + of(model), 0);

/** What has to go before the controller can: its own machines do not count. */
const left = (models: Model[], machines: number): string =>
  [
    [machines, "machine"] as const,
    [sum(models, (each) => each.applications.length), "application"] as const,
    [sum(models, (each) => backingsOf(each).volumes), "volume"] as const,
    [sum(models, (each) => backingsOf(each).filesystems), "filesystem"] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, what]) => `, ${counted(count, what)}`)
    .join("");

const hostedOf = (controller: Controller): Model[] => controller.models.slice(1);

const waitingFor = (controller: Controller): string => {
  const hosted = hostedOf(controller);
  const machines = sum(hosted, (each) => each.machines.length);
  return `Waiting for ${counted(hosted.length, "model")}${left(controller.models, machines)}`;
};

const modelLine = (model: Model): string => {
  const life = model.life === "dying" ? "dying" : "alive";
  return `\t${qualifiedName(model)} (${life})${left([model], model.machines.length)}`;
};

const warn = (call: Call, name: string): void =>
  call.err(`WARNING This command will destroy the "${name}" controller and all its resources\n\n`);

const listed = (what: string, names: string[]): string =>
  names.length === 0 ? "" : `  - ${what} list: ${names.map((each) => `"${each}"`).join(" ")}\n`;

/** What a person reads before they enter the controller's name. */
const details = (controller: Controller, released: boolean): string => {
  const hosted = hostedOf(controller);
  if (hosted.length === 0) return "\n";
  const applications = hosted.flatMap((each) => each.applications.map(({ name }) => name));
  const names = hosted.map((each) => `${qualifiedName(each)} (${each.life})`);
  const filesystems = counted(
    sum(controller.models, (each) => backingsOf(each).filesystems),
    "filesystem",
  );
  const volumes = counted(
    sum(controller.models, (each) => backingsOf(each).volumes),
    "volume",
  );
  return [
    `\n - ${counted(hosted.length, "model")} will be destroyed\n${listed("model", names)}`,
    ` - ${counted(
      sum(hosted, (each) => each.machines.length),
      "machine",
    )} will be destroyed\n`,
    ` - ${counted(applications.length, "application")} will be removed\n${listed("application", applications)}`,
    ` - ${filesystems} and ${volumes} will be ${released ? "released" : "destroyed"}\n`,
  ].join("");
};

const confirm = (call: Call, name: string, text: string): void => {
  call.err(text);
  if (enteredName(call, "controller") !== name)
    throw new JujuError("controller destruction: aborted");
};

const FAILED = (name: string): string =>
  `failed to destroy controller "${name}"

If the controller is unusable, then you may run

    juju kill-controller

to forcibly destroy the controller. Upon doing so, review
your cloud provider console for any resources that need
to be cleaned up.
`;

const refuseModels = (call: Call, name: string, controller: Controller): void => {
  if (call.on("destroy-all-models")) return;
  const alive = hostedOf(controller).filter((each) => each.life !== "dying");
  if (alive.length === 0) return;
  throw new JujuError(
    `cannot destroy controller "${name}"\n\nThe controller has live models. If you want\nto destroy all models in the controller,\nrun this command again with the --destroy-all-models\noption.\n\nModels:\n${alive.map(modelLine).join("\n")}\n`,
  );
};

const refuseStorage = (call: Call, name: string, controller: Controller): void => {
  if (call.on("destroy-storage") || call.on("release-storage")) return;
  const having = controller.models.filter((each) => persistent(each).length > 0);
  if (having.length === 0) return;
  const all = having.flatMap(persistent);
  const volumes = all.filter((each) => each.kind === "block").length;
  const kinds = [
    ...(volumes > 0 ? [counted(volumes, "volume")] : []),
    ...(volumes < all.length ? [counted(all.length - volumes, "filesystem")] : []),
  ].join(" and ");
  const where = having.length === 1 ? "in 1 model" : `across ${having.length} models`;
  throw new JujuError(
    `cannot destroy controller "${name}"\n\nThe controller has persistent storage remaining:\n\t${kinds} ${where}\n\nTo destroy the storage, run the destroy-controller\ncommand again with the "--destroy-storage" option.\n\nTo release the storage from Juju's management\nwithout destroying it, use the "--release-storage"\noption instead. The storage can then be imported\ninto another Juju model.\n\n`,
  );
};

/** Virtual seconds in which the cloud takes back the controller's own machines. */
const CLEANUP = 20;

const finish = (call: Call, name: string, uuid: string | undefined): void =>
  call.open((rack) => {
    const controller = rack.juju.controllers.find((each) => each.uuid === uuid);
    if (controller !== undefined) destroyThroughProvider(rack, controller);
    call.client.forgetController(name);
  });

const uuidOf = (call: Call, name: string): string | undefined =>
  call.client.controllers().controllers[name]?.uuid;

const dissolveAll = (call: Call, rack: Rack, controller: Controller): void => {
  for (const model of hostedOf(controller)) beginDestruction(call, rack, model, "model-timeout");
};

/** Looks until every model is gone; tells each time what is left. Gives up when `patient` says no. */
const waitForModels = async (
  call: Call,
  name: string,
  every: number,
  told: (text: string) => string | undefined,
): Promise<boolean> => {
  for (;;) {
    const text = call.open((rack) => {
      const controller = call.controller(rack, name);
      return hostedOf(controller).length === 0 ? undefined : waitingFor(controller);
    });
    if (text === undefined) return true;
    const line = told(text);
    if (line === undefined) return false;
    call.err(`${line}\n`);
    await call.wait(every);
  }
};

export const destroyController = async (call: Call): Promise<number> => {
  const name = named(call);
  if (call.on("destroy-storage") && call.on("release-storage"))
    throw usage("--destroy-storage and --release-storage cannot both be specified");
  const text = call.open((rack) => {
    try {
      return details(call.controller(rack, name), call.on("release-storage"));
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      call.err(`ERROR ${FAILED(name)}\n`);
      throw new JujuError(`cannot connect to API: ${error.message}`);
    }
  });
  warn(call, name);
  call.open((rack) => {
    const controller = call.controller(rack, name);
    refuseModels(call, name, controller);
    refuseStorage(call, name, controller);
  });
  if (!call.on("no-prompt")) confirm(call, name, text);
  call.err("Destroying controller\n");
  call.open((rack) => {
    dissolveAll(call, rack, call.controller(rack, name));
    advanceJuju(rack);
  });
  call.err("Waiting for model resources to be reclaimed\n");
  await waitForModels(call, name, 2, (line) => line);
  call.err("All models reclaimed, cleaning up controller machines\n");
  await call.wait(CLEANUP);
  finish(call, name, uuidOf(call, name));
  return 0;
};

/** Go's way to write a time span in whole seconds. */
const span = (total: number): string => {
  const [hours, minutes, rest] = [
    Math.floor(total / 3600),
    Math.floor(total / 60) % 60,
    total % 60,
  ];
  const parts = [hours > 0 ? `${hours}h` : "", hours + minutes > 0 ? `${minutes}m` : ""];
  return `${parts.join("")}${rest}s`;
};

/** Models that do not go are killed when nothing has changed for as long as the timeout says. */
const patienceFor = (call: Call): ((text: string) => string | undefined) => {
  const patience = seconds(call.flag("timeout") ?? "5m");
  let [last, changed] = ["", 0];
  const now = (): number => call.open((rack) => rack.now);
  return (text) => {
    if (last === "" || text !== last) [last, changed] = [text, now()];
    const waited = Math.floor((now() - changed) / 1000);
    const rest = patience - waited;
    if (rest <= 0) return undefined;
    const warns = waited > 30 || rest < 30;
    return `${text}${warns ? `, will kill machines directly in ${span(rest)}` : ""}`;
  };
};

const reaches = (call: Call, name: string): boolean => {
  try {
    call.open((rack) => call.controller(rack, name));
    return true;
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`Unable to open API: ${error.message}\n`);
    const uuid = uuidOf(call, name);
    const known = call.open((rack) => rack.juju.controllers.some((each) => each.uuid === uuid));
    if (!known) throw new JujuError(`cannot connect to model config API: ${error.message}`);
    call.err("Unable to connect to the API server, destroying through provider\n");
    return false;
  }
};

export const killController = async (call: Call): Promise<number> => {
  const name = named(call);
  const uuid = uuidOf(call, name);
  if (!reaches(call, name)) {
    finish(call, name, uuid);
    return 0;
  }
  if (!call.on("no-prompt")) {
    warn(call, name);
    confirm(
      call,
      name,
      call.open((rack) => details(call.controller(rack, name), false)),
    );
  }
  call.open((rack) => dissolveAll(call, rack, call.controller(rack, name)));
  call.err(`Destroying controller "${name}"\nWaiting for resources to be reclaimed\n`);
  if (await waitForModels(call, name, 5, patienceFor(call))) {
    // Juju 4 never sees that everything is gone, and says the other thing.
    const what = call.profile.major === 4 ? "destroyed" : "reclaimed";
    call.err(`All models ${what}, cleaning up controller machines\n`);
  } else {
    const models = call.open((rack) => hostedOf(call.controller(rack, name)));
    for (const model of models) call.err(`Killing ${qualifiedName(model)} directly\n  done\n`);
    call.err("All models destroyed, cleaning up controller machines\n");
  }
  await call.wait(CLEANUP);
  finish(call, name, uuid);
  return 0;
};
