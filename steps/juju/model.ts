/** `juju/model`: a model with its configuration on a controller. */
import { z } from "zod";

import { StepError } from "../errors";
import { Maas } from "../maas/cli";
import { bastionSpec, maasAccess, maasSecrets, toolName } from "../schema";
import type { JujuModelResult, JujuModelSecrets, JujuModelSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { Juju, JujuError } from "./cli";
import { destroyModel, presentModel } from "./destroy";
import { controllerMachines, verifyReleased } from "./halfMade";
import { Made } from "./made";
import { modelConfigShape, modelsShape } from "./shapes";
import { requireSafePair } from "./versions";

const spec: z.ZodType<JujuModelSpec> = z.strictObject({
  bastion: bastionSpec,
  controller: toolName,
  model: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, "may hold lower-case letters, digits and hyphens only"),
  cloud: toolName,
  credential: toolName,
  config: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.string()),
  maas: maasAccess,
  allowUnsafeJuju: z.boolean(),
  allowDestroy: z.boolean(),
});

async function converge(context: StepContext, spec: JujuModelSpec): Promise<JujuModelResult> {
  const juju = new Juju(context.bastion);
  const made = Made.model(context.bastion, spec.controller, spec.model);
  const uuid = (await findModel(juju, spec)) ?? (await addModel(context, juju, spec, made));
  if (!(await made.claim(uuid))) {
    context.progress(
      `model ${spec.model} was there before this stack: it is used, and no destroy takes it`,
    );
  }
  const model = `${spec.controller}:${spec.model}`;
  const now = await juju.read(modelConfigShape, "model-config", "-m", model);
  const changes = Object.entries(spec.config).filter(
    ([key, value]) => configText(now[key]?.Value) !== value,
  );
  if (changes.length > 0) {
    context.progress(
      `model ${spec.model}: ${changes.map(([key, value]) => `${key}=${value}`).join(" ")}`,
    );
    await juju.change([
      "model-config",
      "-m",
      model,
      ...changes.map(([key, value]) => `${key}=${value}`),
    ]);
  }
  return { controller: spec.controller, model: spec.model, uuid };
}

/** The model's uuid, or undefined if there is none of that name. */
async function findModel(
  juju: Juju,
  { controller, model }: JujuModelSpec,
): Promise<string | undefined> {
  const { models } = await juju.read(modelsShape, "models", "-c", controller);
  const found = models.find((entry) => entry["short-name"] === model);
  if (found?.life !== undefined && found.life !== "alive") {
    throw new StepError(
      `The model ${controller}:${model} is ${found.life}: it is being removed. ` +
        `Wait until juju models -c ${controller} does not list it, then run again.`,
    );
  }
  return found?.["model-uuid"];
}

async function addModel(
  context: StepContext,
  juju: Juju,
  spec: JujuModelSpec,
  made: Made,
): Promise<string> {
  await made.announce();
  context.progress(`model ${spec.model} is added to ${spec.controller}`);
  const config = Object.entries(spec.config).flatMap(([key, value]) => [
    "--config",
    `${key}=${value}`,
  ]);
  const options = [
    "-c",
    spec.controller,
    "--credential",
    spec.credential,
    "--no-switch",
    ...config,
  ];
  try {
    await juju.change(["add-model", spec.model, spec.cloud, ...options]);
  } catch (error) {
    // A command of a killed run may have made it meanwhile.
    if (!(error instanceof JujuError && error.exists)) throw error;
  }
  const uuid = await findModel(juju, spec);
  if (uuid === undefined)
    throw new StepError(`juju add-model made no model ${spec.model}. Run again.`);
  return uuid;
}

function configText(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

async function remove(
  context: StepContext,
  spec: JujuModelSpec,
  secrets: JujuModelSecrets,
): Promise<void> {
  const { controller, model } = spec;
  const juju = new Juju(context.bastion);
  const made = Made.model(context.bastion, controller, model);
  const there = await presentModel(juju, controller, model);
  if (there) {
    await made.requireRemovable(
      there,
      spec.allowDestroy,
      `juju destroy-model ${controller}:${model}`,
    );
    await requireSafePair(juju, controller, spec.allowUnsafeJuju);
  }
  // Of a model that is gone a killed run may have left machines.
  const uuid = there ?? (await made.uuid());
  if (uuid !== undefined) {
    const maas = await Maas.login(context.bastion, spec.maas, secrets.maasApiKey);
    const before = await controllerMachines(maas, uuid);
    if (there) await destroyModel(context, juju, controller, model);
    await verifyReleased(context, maas, uuid, before);
  }
  await made.forget();
}

export const jujuModel: Step<JujuModelSpec, JujuModelSecrets, JujuModelResult> = {
  name: "juju/model",
  spec,
  secrets: maasSecrets,
  lock: ({ controller, model }) => `juju-${controller}-${model}`,
  converge,
  remove,
};
