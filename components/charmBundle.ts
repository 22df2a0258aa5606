import * as pulumi from "@pulumi/pulumi";

import type { JujuBundleResult, JujuBundleSpec } from "../steps/specs";
import { digest, runStep, type BastionArgs, type PatienceArgs } from "./step";

export interface BundleMachineArgs {
  /** e.g. `arch=amd64 tags=compute`. */
  constraints?: string;
}

export interface BundleApplicationArgs {
  /** Name on Charmhub. */
  charm: string;
  /** Track and risk, e.g. `yoga/stable`. A change upgrades the charm. */
  channel: string;
  /** @default the newest of the channel */
  revision?: number;
  /** Absent for subordinates. Fewer than there are takes none away. */
  num_units?: number;
  /** One place per unit, e.g. `0` or `lxd:0`. Units that are there stay where they are. */
  to?: string[];
  /** Charm options: texts, numbers or truth values. */
  // A schema for other languages has no type of three kinds.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  options?: Record<string, any>;
  constraints?: string;
  /** Space by endpoint. */
  bindings?: Record<string, string>;
}

/** A status that counts as settled although the application is not active. */
export interface AllowedStatusArgs {
  application: string;
  /** e.g. `blocked`. */
  workload: string;
  /** Regular expression on the message. */
  message: string;
}

export interface CharmBundleArgs {
  bastion: BastionArgs;
  controller: string;
  model: string;
  /** Base of all machines, e.g. `ubuntu@22.04`. */
  base: string;
  machines: Record<string, BundleMachineArgs>;
  applications: Record<string, BundleApplicationArgs>;
  /** Pairs of `application:endpoint`. One that is taken out of the list stays in the model. */
  relations: string[][];
  /** What an application may look like when the rest has settled, e.g. a Vault that waits to be initialised. */
  allowed: AllowedStatusArgs[];
  patience: PatienceArgs;
}

/** A unit and where it runs. */
export interface BundleUnit {
  unit: string;
  /** Juju's machine, e.g. `0/lxd/2`. Its numbers are not those of the servers. */
  machine: string;
  /** MAAS's name of the server. */
  hostname: string;
  address: string;
  status: string;
  message: string;
}

export interface DeployedApplication {
  name: string;
  charm: string;
  channel: string;
  revision: number;
  status: string;
  units: BundleUnit[];
}

/**
 * A bundle of charms: deployed, and waited for until everything in it has settled. A change adds what is missing and sets
 * what differs; nothing is ever removed by it.
 *
 * ```typescript
 * const bundle = new CharmBundle("bundle", {
 *   bastion, controller: "maas-controller", model: "openstack", base: "ubuntu@22.04",
 *   machines: { "0": { constraints: "tags=compute" } },
 *   applications: { vault: { charm: "vault", channel: "1.8/stable", num_units: 1, to: ["lxd:0"] } },
 *   relations: [],
 *   allowed: [{ application: "vault", workload: "blocked", message: "needs to be initialized" }],
 *   patience,
 * }, { dependsOn: [model] });
 * ```
 */
export class CharmBundle extends pulumi.ComponentResource {
  public readonly applications!: pulumi.Output<DeployedApplication[]>;
  /** Changes with the bundle, and is known beforehand; what depends on the bundle's applications takes it as an input. */
  public readonly digest!: pulumi.Output<string>;

  constructor(name: string, args: CharmBundleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:CharmBundle", name, {}, opts);
    const spec: Omit<JujuBundleSpec, "bastion"> = {
      controller: args.controller,
      model: args.model,
      bundle: {
        machines: args.machines,
        applications: args.applications,
        relations: args.relations as [string, string][],
        "default-base": args.base,
      },
      allowed: args.allowed,
      patience: args.patience,
    };
    const step = runStep<JujuBundleResult>(
      `${name}-deploy`,
      { step: "juju/bundle", bastion: args.bastion, spec },
      { parent: this },
    );
    this.digest = pulumi.output(digest(spec.bundle));
    this.applications = step.fact(deployed);
    this.registerOutputs({ applications: this.applications, digest: this.digest });
  }
}

/** A report without what only the step is interested in. */
export function deployed({ applications }: JujuBundleResult): DeployedApplication[] {
  return applications.map(({ units, ...application }) => ({
    ...application,
    units: units.map(({ workload, ...unit }) => ({ ...unit, status: workload })),
  }));
}
