/** The steps by name. A step's module is loaded only when it runs. */
import { BadSpecError } from "./errors";
import type { Step } from "./step";

/** A step whose spec has been checked by its own schema before it is called. */
export type AnyStep = Step<unknown, unknown, unknown>;

const STEPS: Record<string, () => Promise<unknown>> = {
  "maas/site": () => import("./maas/site").then((module) => module.maasSite),
  "maas/fleet": () => import("./maas/fleet").then((module) => module.maasFleet),
  "juju/controller": () => import("./juju/controller").then((module) => module.jujuController),
  "juju/model": () => import("./juju/model").then((module) => module.jujuModel),
  "juju/bundle": () => import("./juju/bundle").then((module) => module.jujuBundle),
  "juju/settled": () => import("./juju/settled").then((module) => module.jujuSettled),
  "vault/ready": () => import("./vault/ready").then((module) => module.vaultReady),
  "vault/unsealed": () => import("./vault/unsealed").then((module) => module.vaultUnsealed),
  "keystone/access": () => import("./keystone/access").then((module) => module.keystoneAccess),
  "openstack/verify": () => import("./openstack/verify").then((module) => module.openstackVerify),
};

export async function findStep(name: string): Promise<AnyStep> {
  const load = STEPS[name];
  if (!load)
    throw new BadSpecError(
      `There is no step "${name}". Steps are: ${Object.keys(STEPS).join(", ")}.`,
    );
  return (await load()) as AnyStep;
}
