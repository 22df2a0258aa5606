import type { Call } from "../call";
import { refuseDisabled } from "./blocks";
import { JujuError, usage } from "../errors";
import { advanceJuju } from "../engine/advance";
import type { Model } from "../state";
import { modelOf } from "./models";

/** What is still there; Juju 4 does not speak of machines. */
const remaining = (call: Call, model: Model): string => {
  const parts: [number, string][] = [
    [call.profile.major === 3 ? model.machines.length : 0, "machine(s)"],
    [model.applications.length, "application(s)"],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return shown.length > 0 ? `, ${shown.join(", ")}` : "";
};

const NO_MODEL = `WARNING cannot read current model: No selected model.

Only the controller model exists. Use "juju add-model" to create an initial model.

`;

export const destroyModel = async (call: Call): Promise<number> => {
  const [given] = call.words;
  if (given === undefined) throw usage("no model specified");
  call.noMoreWords(1);
  if (call.on("destroy-storage") && call.on("release-storage"))
    throw usage("--destroy-storage and --release-storage cannot both be specified");
  if (call.flag("timeout") !== undefined && !call.on("force"))
    throw usage("--timeout can only be used with --force (dangerous)");
  if (call.on("no-wait") && !call.on("force")) throw usage("--no-wait without --force not valid");
  modelOf(call, given);
  const uuid = call.inModel((model) => model.uuid);
  if (!call.on("no-prompt")) {
    const name = given.split(":").at(-1) ?? "";
    call.err(
      `WARNING This command will destroy the "${name}" model and all its resources. It cannot be stopped.\n\nTo continue, enter the name of the model to be unregistered: `,
    );
    if (call.io.stdin().trim() !== name) throw new JujuError("model destruction: aborted");
  }
  call.err("Destroying model\n");
  call.inModel((model, rack) => {
    refuseDisabled(model, "destroy-model", "cannot destroy model");
    model.life = "dying";
    model.destroy = { force: call.on("force") };
    advanceJuju(rack);
  });
  const controllerName = call.controllerName(1);
  for (let last = ""; ;) {
    const left = call.open((rack) => {
      const model = call.controller(rack, controllerName).models.find((each) => each.uuid === uuid);
      return model === undefined ? undefined : remaining(call, model);
    });
    if (left === undefined) break;
    if (left !== last || last === "")
      call.err(
        `${last === "" && call.profile.major === 3 ? "" : "\n"}Waiting for model to be removed${left}`,
      );
    call.err(".");
    last = left === "" ? " " : left;
    await call.wait(2);
  }
  call.err("\nModel destroyed.\n");
  const file = call.client.models();
  const entry = file.controllers[controllerName];
  const key = `admin/${(given.split(":").at(-1) ?? "").replace(/^admin\//, "")}`;
  if (entry !== undefined) {
    delete entry.models[key];
    if (entry["current-model"] === key) delete entry["current-model"];
    call.client.write("models.yaml", file);
    if (call.profile.major === 4 && entry["current-model"] === undefined) call.err(NO_MODEL);
  }
  return 0;
};
