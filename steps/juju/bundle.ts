/**
 * `juju/bundle`: deploys a bundle and waits until its model has settled. On a model that has some of it, only what is
 * missing is added, changed options are set and charms go to the configured channel; nothing is ever removed.
 */
import { dump } from "js-yaml";
import { z } from "zod";

import { expectedUnits } from "../../bundle/topology";
import { lastLines } from "../bastion/command";
import { attach, runLong } from "../bastion/long";
import { StepError, TryLaterError } from "../errors";
import { allowedStatus, bastionSpec, patience, toolName } from "../schema";
import type { BundleSpec, JujuBundleResult, JujuBundleSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { changeCharms, planCharms } from "./charms";
import { Juju, JujuError, reasonOf } from "./cli";
import {
  danglingRelations,
  type DryRun,
  type MachinePlan,
  mapMachines,
  optionChanges,
  planMachines,
  readDryRun,
  surplus,
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
  const before = await readStatus(juju, model);
  const charms = planCharms(spec.bundle, before);
  const machines = planMachines(spec.bundle, before);
  const mapped = await addMachines(context, juju, model, spec.bundle, machines);
  await changeCharms(context, juju, model, charms);
  const text = dump(spec.bundle, { lineWidth: -1 });
  await context.bastion.withFile(
    text,
    (path) => deployMissing(context, juju, model, { path, mapped, job, bundle: spec.bundle }),
    ".yaml",
  );
  const expected = {
    applications: expectedUnits(spec.bundle),
    relations: spec.bundle.relations,
    allowed: spec.allowed,
  };
  const status = await waitSettled(context, () => readStatus(juju, model), expected, spec.patience);
  for (const text of surplus(spec.bundle, status)) {
    context.progress(`${text}: units are not removed by this step`);
  }
  return reportModel(status, Object.keys(spec.bundle.applications));
}

interface Deployment {
  /** Of the bundle, on the bastion. */
  path: string;
  mapped: Record<string, string>;
  job: string;
  bundle: BundleSpec;
}

async function deployMissing(
  context: StepContext,
  juju: Juju,
  model: string,
  { path, mapped, job, bundle }: Deployment,
): Promise<void> {
  const words = [path, "-m", model, `--map-machines=${mapMachines(mapped)}`];
  for (let round = 1; round <= ROUNDS; round++) {
    const { options, changes } = await look(context, juju, words);
    await setOptions(context, juju, model, bundle, options);
    if (changes.length === 0) return;
    tellChanges(context, changes);
    await deploy(context, job, words);
  }
}

/** Adds the machines first, one by one: a machine without units is found again, one in the middle of a deploy is not. */
async function addMachines(
  context: StepContext,
  juju: Juju,
  model: string,
  bundle: BundleSpec,
  { mapped, missing }: MachinePlan,
): Promise<Record<string, string>> {
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
    const changes = optionChanges(bundle.applications[name]?.options ?? {}, settings);
    const keys = Object.keys(changes);
    if (keys.length === 0) continue;
    context.progress(`${name}: ${keys.join(", ")} set`);
    // A value may be secret, so none is among the arguments. A file of YAML for all of them is refused by Juju 4.
    await context.bastion.withFiles(Object.values(changes), (paths) =>
      juju.change([
        ...["config", "-m", model, name],
        ...keys.map((key, index) => `${key}=@${paths[index]}`),
      ]),
    );
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
  const said = reasonOf(stderr);
  throw new StepError(
    `juju deploy failed (${status === undefined ? "its process vanished" : `status ${status}`}): ${said}. ` +
      "What was deployed stays and is completed by the next run: repair the cause and run again.",
  );
}

export const jujuBundle: Step<JujuBundleSpec, NoSecrets, JujuBundleResult> = {
  name: "juju/bundle",
  spec,
  secrets: z.object({}),
  lock: ({ controller, model }) => `juju-${controller}-${model}`,
  converge,
};
