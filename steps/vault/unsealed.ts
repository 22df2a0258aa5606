/**
 * `vault/unsealed`: unseals a Vault that exists, with keys that are given: it seals itself whenever its unit starts. Where every
 * unit answers at its last known address and none is sealed, one look at each is all that is done. The keys are those of the
 * stack's state, so that their copy on the bastion has done its work and goes.
 */
import { z } from "zod";

import { StepError } from "../errors";
import { execOnUnit } from "../juju/action";
import { Juju } from "../juju/cli";
import { unitsOf } from "../juju/settle";
import { readStatus } from "../juju/wait";
import { bastionSpec, toolName } from "../schema";
import type { VaultUnsealedResult, VaultUnsealedSecrets, VaultUnsealedSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { Vault } from "./cli";
import { KeyFile } from "./keys";

const spec: z.ZodType<VaultUnsealedSpec> = z.strictObject({
  bastion: bastionSpec,
  controller: toolName,
  model: toolName,
  application: toolName,
  addresses: z.array(z.string().regex(/^[0-9A-Fa-f.:]+$/)),
});

const secrets: z.ZodType<VaultUnsealedSecrets> = z.object({
  unsealKeys: z.array(z.string().min(1)).min(1),
  rootToken: z.string().min(1),
});

/** Vault refuses the last key of another Vault; one that takes them all and is sealed has started again, which it may once. */
const ROUNDS = 2;

/** Unseals one unit; true when it was sealed. */
export async function unseal(
  context: StepContext,
  vault: Vault,
  keys: string[],
  whose: string,
): Promise<boolean> {
  let status = await vault.status();
  if (!status.sealed) return false;
  if (keys.length < status.t)
    throw new StepError(
      `Vault at ${vault.address} needs ${status.t} keys, and ${whose} are ${keys.length}. Find this Vault's keys.`,
    );
  for (let round = 0; round < ROUNDS && status.sealed; round++) {
    context.progress(`Vault at ${vault.address} is unsealed${round === 0 ? "" : " once more"}`);
    for (const key of keys.slice(0, status.t)) {
      if (status.sealed) status = await vault.unseal(key);
    }
  }
  if (status.sealed) {
    throw new StepError(
      `Vault at ${vault.address} took ${status.t} keys ${ROUNDS} times and is sealed: it starts again and again. ` +
        "Look at its unit in juju status and at its log (journalctl -u vault), then run again.",
    );
  }
  return true;
}

/** A charm says that it is sealed until its next hook, which may be minutes away: the hook is run now. */
export async function refreshMessage(
  context: StepContext,
  juju: Juju,
  model: string,
  unit: string,
): Promise<void> {
  await execOnUnit(juju, model, unit, ["hooks/update-status"]).catch(() => {
    context.progress(`${unit} could not run its hook now; it runs by itself within minutes`);
  });
}

async function allUnsealed(context: StepContext, addresses: string[]): Promise<boolean> {
  const looks = addresses.map((address) =>
    new Vault(context.bastion, address).status().then(
      ({ sealed }) => !sealed,
      () => false, // its unit may have another address by now
    ),
  );
  return looks.length > 0 && (await Promise.all(looks)).every(Boolean);
}

async function converge(
  context: StepContext,
  spec: VaultUnsealedSpec,
  secrets: VaultUnsealedSecrets,
): Promise<VaultUnsealedResult> {
  const result = await unsealAll(context, spec, secrets);
  const file = new KeyFile(context, `${spec.controller}:${spec.model}`, spec.application);
  await file.removeIfStateHas(secrets);
  return result;
}

async function unsealAll(
  context: StepContext,
  { controller, model: name, application, addresses }: VaultUnsealedSpec,
  { unsealKeys }: VaultUnsealedSecrets,
): Promise<VaultUnsealedResult> {
  if (await allUnsealed(context, addresses)) return { unsealed: [] };
  const juju = new Juju(context.bastion);
  const model = `${controller}:${name}`;
  const units = unitsOf(await readStatus(juju, model), application);
  if (units.length === 0)
    throw new StepError(
      `The model ${model} has no unit of ${application}. Bring the stack up again.`,
    );
  const unsealed: string[] = [];
  for (const { unit, facts } of units) {
    const address = facts["public-address"];
    if (!address)
      throw new StepError(`${unit} has no address in juju status. Run again when it has one.`);
    const vault = new Vault(context.bastion, address);
    if (!(await vault.status()).initialized)
      throw new StepError(
        `Vault at ${vault.address} is not initialised, so that it has lost what it held. Bring the stack up again.`,
      );
    if (!(await unseal(context, vault, unsealKeys, "the keys in the stack's state"))) continue;
    await refreshMessage(context, juju, model, unit);
    unsealed.push(unit);
  }
  return { unsealed };
}

export const vaultUnsealed: Step<VaultUnsealedSpec, VaultUnsealedSecrets, VaultUnsealedResult> = {
  name: "vault/unsealed",
  spec,
  secrets,
  lock: ({ controller, model }) => `juju-${controller}-${model}`,
  converge,
};
