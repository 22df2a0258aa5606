/**
 * `juju/bundle`: deploys a bundle and waits until its model has settled. On a model that has some of it, only what is
 * missing is added and changed options are set; nothing is ever removed.
 */
import { dump } from "js-yaml";
import { z } from "zod";

import { lastLines } from "../bastion/bastion";
import { attach, runLong } from "../bastion/long";
import { StepError, TryLaterError } from "../errors";
import { allowedStatus, bastionSpec, patience, toolName } from "../schema";
import type { BundleSpec, JujuBundleResult, JujuBundleSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { Juju, JujuError } from "./cli";
import {
  danglingRelations,
  type DryRun,
  mapMachines,
  optionChanges,
  planMachines,
  readDryRun,
  surplus,
  unitCounts,
} from "./plan";
import { reportModel } from "./report";
import { appConfigShape } from "./shapes";
import { readStatus, waitSettled } from "./wait";

type NoSecrets = Record<string, never>;

/** `juju deploy` ends when all requests are made: some minutes for thirty applications. */
const DEPLOY_SECONDS = 3600;
/** A deploy may end without having done all of it; what is missing is deployed once more. */
const ROUNDS = 2;
const CHARMHUB_PAUSES_MS = [5000, 10_000, 20_000, 30_000];
/** Changes that are named one by one; above, only their number. */
const NAMED_CHANGES = 12;

const bundle: z.ZodType<BundleSpec> = z.strictObject({
  name: z.string().exactOptional(),
  machines: z.record(
    z.string().regex(/^\d+$/),
    z.strictObject({ constraints: z.string().exactOptional() }),
  ),
  applications: z.record(
    toolName,
    z.strictObject({
      charm: toolName,
      channel: z.string().min(1),
      revision: z.number().int().exactOptional(),
      num_units: z.number().int().min(0).exactOptional(),
      to: z.array(z.string().min(1)).exactOptional(),
      options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
      constraints: z.string().exactOptional(),
      bindings: z.record(z.string(), z.string()).exactOptional(),
    }),
  ),
  relations: z.array(z.tuple([z.string(), z.string()])),
  "default-base": z.string().min(1),
});

const spec: z.ZodType<JujuBundleSpec> = z.strictObject({
  bastion: bastionSpec,
  controller: toolName,
  model: toolName,
  bundle: bundle.refine((value) => danglingRelations(value).length === 0, {
    error: "names a relation of an application that is not in it",
    path: ["relations"],
  }),
  allowed: z.array(allowedStatus),
  patience,
});

async function converge(context: StepContext, spec: JujuBundleSpec): Promise<JujuBundleResult> {
  const juju = new Juju(context.bastion);
  const model = `${spec.controller}:${spec.model}`;
  const job = `deploy-${spec.controller}-${spec.model}`;
  await attach(context, job, { what: "deploy", ceilingSeconds: DEPLOY_SECONDS });
  const mapped = await convergeMachines(context, juju, model, spec.bundle);
  const path = `${context.bastion.folder}/steps/${spec.controller}-${spec.model}-bundle/bundle.yaml`;
  await context.bastion.writeFile(path, dump(spec.bundle, { lineWidth: -1 }));
  const arguments_ = [path, "-m", model, `--map-machines=${mapMachines(mapped)}`];
  for (let round = 1; round <= ROUNDS; round++) {
    const { options, changes } = await look(context, juju, arguments_);
    await setOptions(context, juju, model, spec.bundle, options);
    if (changes.length === 0) break;
    tellChanges(context, changes);
    await deploy(context, job, arguments_);
  }
  const expected = {
    applications: unitCounts(spec.bundle),
    relations: spec.bundle.relations,
    allowed: spec.allowed,
  };
  const status = await waitSettled(context, () => readStatus(juju, model), expected, spec.patience);
  for (const text of surplus(spec.bundle, status)) {
    context.progress(`${text}: units are not removed by this step`);
  }
  return reportModel(status, Object.keys(spec.bundle.applications));
}

/** Adds the machines first, one by one: a machine without units is found again, one in the middle of a deploy is not. */
async function convergeMachines(
  context: StepContext,
  juju: Juju,
  model: string,
  bundle: BundleSpec,
): Promise<Record<string, string>> {
  const { mapped, missing } = planMachines(bundle, await readStatus(juju, model));
  for (const id of missing) {
    const constraints = bundle.machines[id]?.constraints;
    const { stderr } = await juju.change([
      ...["add-machine", "-m", model, "--base", bundle["default-base"]],
      ...(constraints ? ["--constraints", constraints] : []),
    ]);
    const created = /created machine (\d+)/.exec(stderr)?.[1];
    if (created === undefined) {
      throw new StepError(
        `juju add-machine did not say which machine it made (${lastLines(stderr, 1)}). Run again.`,
      );
    }
    context.progress(`machine ${created} is added (${constraints ?? "no constraints"})`);
    mapped[id] = created;
  }
  return mapped;
}

async function look(context: StepContext, juju: Juju, words: string[]): Promise<DryRun> {
  for (let attempt = 0; ; attempt++) {
    try {
      return readDryRun(await juju.ask("deploy", ...words, "--dry-run"));
    } catch (error) {
      const pause = CHARMHUB_PAUSES_MS[attempt];
      if (!(error instanceof JujuError && error.charmhub)) throw error;
      if (pause === undefined) throw charmhubAway(error);
      context.progress("Charmhub does not answer the bastion or the controller; it is asked again");
      await context.clock.sleep(pause);
    }
  }
}

function charmhubAway(error: JujuError): StepError {
  return new TryLaterError(
    `Charmhub cannot be reached: ${error.message}. Check the way of the bastion and of the controller to api.charmhub.io, then run again.`,
  );
}

/** Options of existing applications go through `juju config`: a deploy that changes them fails in all of Juju 4. */
async function setOptions(
  context: StepContext,
  juju: Juju,
  model: string,
  bundle: BundleSpec,
  applications: string[],
): Promise<void> {
  for (const name of applications) {
    const { settings } = await juju.read(appConfigShape, "config", "-m", model, name);
    const words = optionChanges(bundle.applications[name]?.options ?? {}, settings);
    if (words.length === 0) continue;
    context.progress(`${name}: ${words.map((word) => word.split("=")[0]).join(", ")} set`);
    await juju.change(["config", "-m", model, name, ...words]);
  }
}

function tellChanges(context: StepContext, changes: string[]): void {
  if (changes.length > NAMED_CHANGES)
    context.progress(`deploy: ${changes.length} changes to the model`);
  else for (const change of changes) context.progress(`deploy: ${change}`);
}

async function deploy(context: StepContext, job: string, words: string[]): Promise<void> {
  const options = { what: "deploy", ceilingSeconds: DEPLOY_SECONDS };
  const { status, stderr } = await runLong(context, job, ["juju", "deploy", ...words], options);
  if (status === 0) {
    await context.bastion.detached(job).forget();
    return;
  }
  const said = lastLines(stderr).replace(/^ERROR /, "");
  const next = /upgrades not supported across channels/.test(stderr)
    ? "Change the channel with juju refresh APPLICATION --channel CHANNEL on the bastion, then run again."
    : "What was deployed stays and is completed by the next run: repair the cause and run again.";
  throw new StepError(
    `juju deploy failed (${status === undefined ? "its process vanished" : `status ${status}`}): ${said}. ${next}`,
  );
}

export const jujuBundle: Step<JujuBundleSpec, NoSecrets, JujuBundleResult> = {
  name: "juju/bundle",
  spec,
  secrets: z.object({}),
  lock: ({ controller, model }) => `juju-${controller}-${model}`,
  converge,
};
