/** `juju/settled`: waits until the applications of a model have settled, and changes nothing. */
import { z } from "zod";

import { allowedStatus, bastionSpec, patience, toolName } from "../schema";
import type { JujuSettledResult, JujuSettledSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { Juju } from "./cli";
import { reportModel } from "./report";
import { readStatus, waitSettled } from "./wait";

const spec: z.ZodType<JujuSettledSpec> = z.strictObject({
  bastion: bastionSpec,
  bundleDigest: z.string().optional(),
  controller: toolName,
  model: toolName,
  applications: z.record(toolName, z.number().int().min(0)),
  allowed: z.array(allowedStatus),
  patience,
});

async function converge(context: StepContext, spec: JujuSettledSpec): Promise<JujuSettledResult> {
  const juju = new Juju(context.bastion);
  const model = `${spec.controller}:${spec.model}`;
  const expected = { applications: spec.applications, allowed: spec.allowed };
  const status = await waitSettled(context, () => readStatus(juju, model), expected, spec.patience);
  return reportModel(status, Object.keys(spec.applications));
}

export const jujuSettled: Step<JujuSettledSpec, Record<string, never>, JujuSettledResult> = {
  name: "juju/settled",
  spec,
  secrets: z.object({}),
  // Of its own: it changes nothing, and Vault may have to be unsealed while it waits.
  lock: ({ controller, model }) => `settled-${controller}-${model}`,
  converge,
};
