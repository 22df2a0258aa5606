import * as pulumi from "@pulumi/pulumi";

import type { JujuModelResult, JujuModelSpec } from "../steps/specs";
import { runStep, type BastionArgs, type MaasAccessArgs } from "./step";

export interface JujuModelArgs {
  bastion: BastionArgs;
  /** Where the machines of a destroyed model are looked for: none may be lost. */
  maas: MaasAccessArgs;
  controller: string;
  /** Name of the model. A new name is a new model; the old one stays. */
  model: string;
  cloud: string;
  credential: string;
  /** Model options, e.g. `default-base`. Those not named stay. */
  config: Record<string, string>;
  /**
   * Accept Juju versions that delete physical machines from MAAS when a model is destroyed.
   * @default false
   */
  allowUnsafeJuju?: boolean;
  /**
   * Let a destroy remove the model with all its machines and data. A destroy without it fails.
   * @default false
   */
  allowDestroy?: boolean;
}

/**
 * A model on a Juju controller.
 *
 * ```typescript
 * const model = new JujuModel("model", {
 *   bastion, maas,
 *   controller: "maas-controller", model: "openstack", cloud: "maas-one", credential: "private-cloud",
 *   config: { "default-base": "ubuntu@22.04" },
 * }, { dependsOn: [controller] });
 * ```
 */
export class JujuModel extends pulumi.ComponentResource {
  public readonly uuid!: pulumi.Output<string>;

  constructor(name: string, args: JujuModelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:JujuModel", name, {}, opts);
    const { profile, url, apiKey } = args.maas;
    const spec: Omit<JujuModelSpec, "bastion"> = {
      controller: args.controller,
      model: args.model,
      cloud: args.cloud,
      credential: args.credential,
      config: args.config,
      maas: { profile, url },
      allowUnsafeJuju: args.allowUnsafeJuju ?? false,
      allowDestroy: args.allowDestroy ?? false,
    };
    const step = runStep<JujuModelResult>(
      `${name}-model`,
      {
        step: "juju/model",
        bastion: args.bastion,
        spec,
        secrets: { maasApiKey: apiKey },
        removable: true,
      },
      { parent: this },
    );
    this.uuid = step.fact(({ uuid }) => uuid);
    this.registerOutputs({ uuid: this.uuid });
  }
}
