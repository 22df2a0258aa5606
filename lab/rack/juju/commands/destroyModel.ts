import type { Call } from "../call";
import { qualify } from "../client/modelName";
import { refuseDisabled } from "./blocks";
import { JujuError, usage } from "../errors";
import { forceForNoWaitRun } from "../grammar/checks/names";
import { advanceJuju } from "../engine/advance";
import { persistent } from "../engine/pools";
import type { Model } from "../state";
import { backingsOf, beginDestruction, enteredName } from "./destruction";
import { modelOf } from "./models";

/** What is still there; Juju 4 does not speak of machines. */
const remaining = (call: Call, model: Model): string => {
  const { volumes, filesystems } = backingsOf(model);
  const parts: [number, string][] = [
    [call.profile.major === 3 ? model.machines.length : 0, "machine(s)"],
    [model.applications.length, "application(s)"],
    [volumes, "volume(s)"],
    [filesystems, "filesystems(s)"],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return shown.length > 0 ? `, ${shown.join(", ")}` : "";
};

const NO_MODEL = `WARNING cannot read current model: No selected model.

Only the controller model exists. Use "juju add-model" to create an initial model.

`;

/** Storage that would outlive the model: somebody has to say what becomes of it. */
const refuseStorage = (call: Call, name: string, model: Model): void => {
  if (call.on("destroy-storage") || call.on("release-storage")) return;
  const left = persistent(model);
  if (left.length === 0) return;
  const count = (kind: "block" | "filesystem", what: string): string => {
    const found = left.filter((each) => each.kind === kind).length;
    return found === 0 ? "" : `\n    ${found} ${what}(s)`;
  };
  throw new JujuError(
    `cannot destroy model "${name}"\n\nThe model has persistent storage remaining:${count("block", "volume")}${count("filesystem", "filesystem")}\n\nTo destroy the storage, run the destroy-model\ncommand again with the "--destroy-storage" option.\n\nTo release the storage from Juju's management\nwithout destroying it, use the "--release-storage"\noption instead. The storage can then be imported\ninto another Juju model.\n\n`,
  );
};

const plural = (count: number, what: string): string => `${count} ${what}${count > 1 ? "s" : ""}`;

const listed = (what: string, names: string[]): string =>
  names.length === 0 ? "" : `\n  - ${what} list: ${names.map((each) => `"${each}"`).join(" ")}`;

/** What a person reads before they enter the model's name. */
const warning = (call: Call, name: string, model: Model): string => {
  const { volumes, filesystems } = backingsOf(model);
  const machines = model.machines.map((each) => `${each.id} (${each.instance})`);
  const applications = model.applications.map((each) => each.name);
  const fate = call.on("release-storage") ? "released" : "destroyed";
  return [
    `WARNING This command will destroy the "${name}" model and affect the following resources. It cannot be stopped.\n`,
    machines.length === 0
      ? ""
      : `\n - ${plural(machines.length, "machine")} will be destroyed${listed("machine", machines)}`,
    `\n - ${plural(applications.length, "application")} will be removed${listed("application", applications)}`,
    `\n - ${plural(filesystems, "filesystem")} and ${plural(volumes, "volume")} will be ${fate}\n`,
  ].join("");
};

const check = (call: Call): string => {
  const [given] = call.words;
  if (given === undefined) throw usage("no model specified");
  call.noMoreWords(1);
  if (call.on("destroy-storage") && call.on("release-storage"))
    throw usage("--destroy-storage and --release-storage cannot both be specified");
  if (call.flag("timeout") !== undefined && !call.on("force"))
    throw usage("--timeout can only be used with --force (dangerous)");
  forceForNoWaitRun(call);
  return given;
};

const LINE = 80;

/** Tells what is left until nothing is: on a new line when it changes, with a dot when it does not. */
const waitUntilGone = async (
  call: Call,
  left: () => string | undefined,
  firstLine: string,
): Promise<void> => {
  let last: string | undefined;
  let length = 0;
  for (let now = left(); now !== undefined; now = left()) {
    const text = `Waiting for model to be removed${now}`;
    if (now !== last) {
      call.err(`${last === undefined ? firstLine : "\n"}${text}...`);
      length = text.length + 3;
    } else {
      if (length === LINE) call.err("\n");
      call.err(".");
      length = length === LINE ? 1 : length + 1;
    }
    last = now;
    await call.wait(2);
  }
};

const forgetModel = (call: Call, controllerName: string, name: string): void => {
  const file = call.client.models();
  const entry = file.controllers[controllerName];
  if (entry === undefined) return;
  const key = qualify(call.client, controllerName, name);
  delete entry.models[key];
  if (entry["current-model"] === key) delete entry["current-model"];
  call.client.write("models.yaml", file);
  if (call.profile.major === 4 && entry["current-model"] === undefined) call.err(NO_MODEL);
};

export const destroyModel = async (call: Call): Promise<number> => {
  const given = check(call);
  modelOf(call, given);
  const name = given.split(":").at(-1) ?? "";
  const uuid = call.inModel((model, _rack, controller) => {
    if (controller.models[0] === model)
      throw new JujuError(`"${name}" is a controller; use 'juju destroy-controller' to destroy it`);
    refuseStorage(call, name, model);
    if (!call.on("no-prompt")) call.err(warning(call, name, model));
    return model.uuid;
  });
  if (!call.on("no-prompt") && enteredName(call, "model") !== name)
    throw new JujuError("model destruction: aborted");
  call.err("Destroying model\n");
  call.inModel((model, rack) => {
    refuseDisabled(model, "destroy-model", "cannot destroy model");
    beginDestruction(call, rack, model, "timeout");
    advanceJuju(rack);
  });
  const controllerName = call.controllerName(1);
  const left = (): string | undefined =>
    call.open((rack) => {
      const model = call.controller(rack, controllerName).models.find((each) => each.uuid === uuid);
      return model === undefined ? undefined : remaining(call, model);
    });
  await waitUntilGone(call, left, call.profile.major === 3 ? "" : "\n");
  call.err("\nModel destroyed.\n");
  forgetModel(call, controllerName, name);
  return 0;
};
