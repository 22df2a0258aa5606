/** Taking a model or a controller away: asked politely first, by force after a deadline, and looked at afterwards. */
import { runLong } from "../bastion/long";
import { StepError } from "../errors";
import type { StepContext } from "../step";
import { type Juju, JujuError } from "./cli";
import { controllersShape, modelsShape } from "./shapes";

/** `juju destroy-model` waits without limit when a machine of the model does not answer. */
const POLITE_SECONDS = 15 * 60;
const FORCED_SECONDS = 15 * 60;

/** The uuid of a model; undefined if it, or its controller, is not there. */
export async function presentModel(
  juju: Juju,
  controller: string,
  model: string,
): Promise<string | undefined> {
  const { controllers } = await juju.read(controllersShape, "controllers");
  if (!controllers?.[controller]) return undefined;
  const { models } = await juju.read(modelsShape, "models", "-c", controller);
  return models.find((entry) => entry["short-name"] === model)?.["model-uuid"];
}

/** Destroys a model with its storage. A model that is not there is destroyed already. */
export async function destroyModel(
  context: StepContext,
  juju: Juju,
  controller: string,
  model: string,
): Promise<void> {
  const exists = async (): Promise<boolean> =>
    (await presentModel(juju, controller, model)) !== undefined;
  if (!(await exists())) return;
  const polite = ["destroy-model", `${controller}:${model}`, "--no-prompt", "--destroy-storage"];
  const forced = [...polite, "--force", "--no-wait"];
  await destroyTwice(
    context,
    `destroy-${controller}-${model}`,
    `model ${model}`,
    polite,
    forced,
    exists,
  );
}

/** Destroys a controller with all its models. */
export async function destroyController(
  context: StepContext,
  juju: Juju,
  controller: string,
): Promise<void> {
  const exists = async (): Promise<boolean> => {
    const { controllers } = await juju.read(controllersShape, "controllers");
    return controllers?.[controller] !== undefined;
  };
  if (!(await exists())) return;
  const polite = [
    "destroy-controller",
    controller,
    "--no-prompt",
    "--destroy-all-models",
    "--destroy-storage",
  ];
  const forced = ["kill-controller", controller, "--no-prompt", "-t", "2m"];
  await destroyTwice(
    context,
    `destroy-${controller}`,
    `controller ${controller}`,
    polite,
    forced,
    exists,
  );
}

async function destroyTwice(
  context: StepContext,
  job: string,
  what: string,
  polite: string[],
  forced: string[],
  exists: () => Promise<boolean>,
): Promise<void> {
  context.progress(`${what} is destroyed`);
  const timeout = (seconds: number, words: string[]): string[] => [
    "timeout",
    `${seconds}`,
    "juju",
    ...words,
  ];
  const first = await runLong(context, job, timeout(POLITE_SECONDS, polite), {
    what: `destroying ${what}`,
    ceilingSeconds: POLITE_SECONDS + 60,
  });
  if (first.status !== 0 && (await exists())) {
    context.progress(`${what} did not go by itself; it is destroyed by force`);
    const second = await runLong(context, job, timeout(FORCED_SECONDS, forced), {
      what: `destroying ${what} by force`,
      ceilingSeconds: FORCED_SECONDS + 60,
    });
    if (second.status !== 0 && (await exists())) {
      throw new JujuError(`juju ${forced.join(" ")}`, second.stderr);
    }
  }
  if (await exists()) {
    throw new StepError(
      `${what} is still there after it was destroyed. Look at juju status, then run again.`,
    );
  }
  await context.bastion.detached(job).forget();
}
