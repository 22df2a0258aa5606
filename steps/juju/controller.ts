/**
 * `juju/controller`: a Juju controller on a machine that MAAS chooses by tags. The bootstrap runs apart from the connection
 * and is attached to by a later run; what a killed one left is cleaned away before the next.
 */
import { z } from "zod";

import { attach, type LongOptions, type LongResult, runLong } from "../bastion/long";
import { duration } from "../clock";
import { StepError, TryLaterError } from "../errors";
import { Maas } from "../maas/cli";
import { machinesShape } from "../maas/shapes";
import { bastionSpec, maasAccess, maasSecrets, toolName } from "../schema";
import type { JujuControllerResult, JujuControllerSecrets, JujuControllerSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { convergeCloud, convergeCredential } from "./access";
import { Juju, JujuError, reasonOf } from "./cli";
import { destroyController } from "./destroy";
import { cleanHalfMade, controllerMachines, controllerModelUuid, verifyReleased } from "./halfMade";
import { Made } from "./made";
import { controllersShape, controllerShape, modelsShape } from "./shapes";
import { requireSafe, requireSafeClient, requireSafePair } from "./versions";

const BOOTSTRAPS = 2;
/** How long a controller that exists may not answer before the run gives up; its machine may just be starting. */
const AWAY_MS = 5 * 60_000;

const spec: z.ZodType<JujuControllerSpec> = z.strictObject({
  bastion: bastionSpec,
  controller: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, "may hold lower-case letters, digits and hyphens only"),
  cloud: z.strictObject({ name: toolName, endpoint: z.url() }),
  credential: toolName,
  base: toolName,
  constraints: z.string(),
  bootstrapTimeoutSeconds: z.number().int().positive(),
  allowUnsafeJuju: z.boolean(),
  maas: maasAccess,
  allowDestroy: z.boolean(),
});

type Entry = "absent" | "half-made" | "whole";

async function converge(
  context: StepContext,
  spec: JujuControllerSpec,
  secrets: JujuControllerSecrets,
): Promise<JujuControllerResult> {
  const juju = new Juju(context.bastion);
  await requireSafeClient(juju, spec.allowUnsafeJuju);
  const maas = await Maas.login(context.bastion, spec.maas, secrets.maasApiKey);
  await convergeCloud(context, juju, spec);
  const before = await entryOf(juju, spec.controller);
  if (before === "absent") await requireNotForgotten(context, maas, spec);
  await convergeCredential(context, juju, spec, secrets.maasApiKey, before === "whole");
  const made = Made.controller(context.bastion, spec.controller);
  if (before !== "whole") await bootstrapUntilWhole(context, juju, maas, spec, made);
  const result = await report(context, juju, maas, spec);
  if (!(await made.claim(result.uuid))) {
    context.progress(
      `controller ${spec.controller} was there before this stack: it is used, and no destroy takes it`,
    );
  }
  return result;
}

/** What the client knows of the controller; it writes an entry without endpoints before a machine is requested. */
async function entryOf(juju: Juju, controller: string): Promise<Entry> {
  const { controllers } = await juju.read(controllersShape, "controllers");
  const entry = controllers?.[controller];
  if (!entry) return "absent";
  return (entry["api-endpoints"] ?? []).length > 0 ? "whole" : "half-made";
}

const earlierShape = z.object({ machine: z.object({ systemId: z.string() }) });

/** A bastion that was set up anew has lost its client's data, not the controller: another one would be made beside it. */
async function requireNotForgotten(
  context: StepContext,
  maas: Maas,
  spec: JujuControllerSpec,
): Promise<void> {
  const systemId = earlierShape.safeParse(context.earlier).data?.machine.systemId;
  if (systemId === undefined || systemId === "") return;
  const all = await maas.read(machinesShape, "machines", "read");
  const machine = all.find(({ system_id }) => system_id === systemId);
  if (machine?.status_name !== "Deployed") return;
  throw new StepError(
    `The juju client on the bastion does not know the controller ${spec.controller}, which an earlier run made on ${machine.hostname}; ` +
      "MAAS still has that machine as Deployed. Restore ~/.local/share/juju of the bastion's user; " +
      `if the controller is really gone, release ${machine.hostname} in MAAS. Then run again.`,
  );
}

async function bootstrapUntilWhole(
  context: StepContext,
  juju: Juju,
  maas: Maas,
  spec: JujuControllerSpec,
  made: Made,
): Promise<void> {
  const job = `bootstrap-${spec.controller}`;
  const options = bootstrapOptions(context, maas, spec);
  // An earlier run's bootstrap is waited for, whatever comes of it; then there is one of our own.
  await attach(context, job, options);
  let last: LongResult | undefined;
  for (let started = 0; ;) {
    const entry = await entryOf(juju, spec.controller);
    if (entry === "whole") break;
    if (entry === "half-made") await clean(context, juju, maas, spec, made);
    if (last !== undefined && (!wasKilled(last) || started === BOOTSTRAPS)) {
      await made.forget();
      throw bootstrapFailed(spec, last);
    }
    started++;
    await made.announce();
    context.progress(
      `bootstrap of ${spec.controller} starts (${spec.constraints || "any machine"})`,
    );
    last = await runLong(context, job, bootstrapCommand(spec), options);
  }
  await context.bastion.detached(job).forget();
}

/** One that was killed, by hand or for want of memory, says nothing against another; one that failed does. */
function wasKilled({ status }: LongResult): boolean {
  return status === undefined || status > 128;
}

/** Removes what a bootstrap of ours left; one of somebody else may still go on. */
async function clean(
  context: StepContext,
  juju: Juju,
  maas: Maas,
  { controller }: JujuControllerSpec,
  made: Made,
): Promise<void> {
  if (!(await made.known())) {
    throw new StepError(
      `The bastion knows a controller ${controller} without an address, whose bootstrap this stack did not start. ` +
        `Wait for that bootstrap, or remove what it left (juju kill-controller ${controller}), or configure another juju.controller; then run again.`,
    );
  }
  await cleanHalfMade(context, juju, maas, controller);
}

function bootstrapCommand(spec: JujuControllerSpec): string[] {
  return [
    ...["juju", "bootstrap", spec.cloud.name, spec.controller, "--no-switch"],
    ...["--credential", spec.credential],
    ...["--bootstrap-base", spec.base],
    ...(spec.constraints === "" ? [] : ["--bootstrap-constraints", spec.constraints]),
    ...["--config", `bootstrap-timeout=${spec.bootstrapTimeoutSeconds}`],
  ];
}

function bootstrapOptions(context: StepContext, maas: Maas, spec: JujuControllerSpec): LongOptions {
  let uuid: string | undefined;
  return {
    what: `bootstrap of ${spec.controller}`,
    ceilingSeconds: spec.bootstrapTimeoutSeconds + 600,
    report: async () => {
      uuid ??= await controllerModelUuid(context.bastion, spec.controller);
      if (uuid === undefined) return "";
      const machines = await controllerMachines(maas, uuid);
      return machines.map(({ hostname, status_name }) => `${hostname} ${status_name}`).join(", ");
    },
  };
}

function bootstrapFailed(spec: JujuControllerSpec, { status, stderr }: LongResult): StepError {
  const said = reasonOf(stderr);
  const noMachine = /no (available )?machine|failed to acquire node/i.test(stderr);
  const next = /no more IPs/i.test(stderr)
    ? "The subnet has no free addresses: look at its ranges and reserved addresses in MAAS."
    : noMachine
      ? `No machine in MAAS is Ready and meets "${spec.constraints}": release or commission one with these tags.`
      : "Look at the machine in MAAS and at its way to the bastion and the internet.";
  const how =
    status === undefined
      ? "its process vanished, e.g. by a restart of the bastion"
      : `status ${status}`;
  return new StepError(
    `juju bootstrap of ${spec.controller} failed (${how}): ${said}. ${next} Nothing is left of it; run again.`,
  );
}

async function report(
  context: StepContext,
  juju: Juju,
  maas: Maas,
  spec: JujuControllerSpec,
): Promise<JujuControllerResult> {
  const shown = await showController(context, juju, spec.controller);
  requireSafe(
    shown.details["agent-version"],
    `The controller ${spec.controller}`,
    spec.allowUnsafeJuju,
  );
  const systemId = shown["controller-machines"]?.["0"]?.["instance-id"] ?? "";
  const uuid = await controllerModelUuid(context.bastion, spec.controller);
  const machines = uuid === undefined ? [] : await controllerMachines(maas, uuid);
  const machine = machines.find(({ system_id }) => system_id === systemId) ?? machines[0];
  return {
    controller: spec.controller,
    uuid: shown.details.uuid,
    apiEndpoints: shown.details["api-endpoints"],
    jujuVersion: shown.details["agent-version"],
    machine: {
      hostname: machine?.hostname ?? "",
      systemId: machine?.system_id ?? systemId,
      status: machine?.status_name ?? "",
    },
  };
}

type Shown = z.infer<typeof controllerShape>[string];

/** A controller that does not answer is down, not missing: it is waited for and never bootstrapped again. */
async function showController(
  context: StepContext,
  juju: Juju,
  controller: string,
): Promise<Shown> {
  const since = context.clock.now();
  for (;;) {
    try {
      const shown = (await juju.read(controllerShape, "show-controller", controller))[controller];
      if (shown) return shown;
      throw new StepError(`juju show-controller did not show ${controller}. Run again.`);
    } catch (error) {
      if (!(error instanceof JujuError || error instanceof TryLaterError)) throw error;
      if (context.clock.now() - since > AWAY_MS) {
        throw new TryLaterError(
          `The Juju controller ${controller} exists but has not answered for ${duration(AWAY_MS)}: ${error.message}. ` +
            "Start its machine (MAAS shows it), then run again. It is never bootstrapped anew by itself.",
        );
      }
      context.progress(`the controller ${controller} does not answer yet`);
      await context.clock.sleep(5000);
    }
  }
}

async function remove(
  context: StepContext,
  spec: JujuControllerSpec,
  secrets: JujuControllerSecrets,
): Promise<void> {
  const juju = new Juju(context.bastion);
  const made = Made.controller(context.bastion, spec.controller);
  const maas = await Maas.login(context.bastion, spec.maas, secrets.maasApiKey);
  const job = `bootstrap-${spec.controller}`;
  await attach(context, job, bootstrapOptions(context, maas, spec));
  const entry = await entryOf(juju, spec.controller);
  if (entry === "half-made") await clean(context, juju, maas, spec, made);
  if (entry === "whole") await destroyWhole(context, juju, maas, spec, made);
  await made.forget();
}

async function destroyWhole(
  context: StepContext,
  juju: Juju,
  maas: Maas,
  spec: JujuControllerSpec,
  made: Made,
): Promise<void> {
  const { controller } = spec;
  const { details } = await showController(context, juju, controller);
  await made.requireRemovable(
    details.uuid,
    spec.allowDestroy,
    `juju destroy-controller ${controller}`,
  );
  await requireSafePair(juju, controller, spec.allowUnsafeJuju);
  await requireOnlyOurModels(context, juju, controller);
  const uuid = await controllerModelUuid(context.bastion, controller);
  const before = uuid === undefined ? [] : await controllerMachines(maas, uuid);
  await destroyController(context, juju, controller);
  if (uuid !== undefined) await verifyReleased(context, maas, uuid, before);
}

/** Destroying a controller takes all its models with it. */
async function requireOnlyOurModels(
  context: StepContext,
  juju: Juju,
  controller: string,
): Promise<void> {
  const { models } = await juju.read(modelsShape, "models", "-c", controller, "--all");
  const others: string[] = [];
  for (const model of models) {
    const name = model["short-name"];
    if (name === "controller") continue;
    const uuid = await Made.model(context.bastion, controller, name).uuid();
    if (uuid !== model["model-uuid"]) others.push(name);
  }
  if (others.length === 0) return;
  throw new StepError(
    `The controller ${controller} is not destroyed: it has models that this stack did not make: ${others.join(", ")}. ` +
      "Destroy or migrate them first (juju destroy-model, juju migrate), then destroy again.",
  );
}

export const jujuController: Step<JujuControllerSpec, JujuControllerSecrets, JujuControllerResult> =
  {
    name: "juju/controller",
    spec,
    secrets: maasSecrets,
    lock: ({ controller }) => `juju-${controller}`,
    converge,
    remove,
  };
