import * as pulumi from "@pulumi/pulumi";

import type { JujuControllerResult, JujuControllerSpec } from "../steps/specs";
import { runStep, type BastionArgs, type MaasAccessArgs } from "./step";

export interface JujuControllerArgs {
  bastion: BastionArgs;
  /** Juju talks to the same region; its API key becomes Juju's credential. */
  maas: MaasAccessArgs;
  /** Name of the controller. A new name is a new controller; the old one stays. */
  controller: string;
  /** Name of Juju's cloud for this MAAS. */
  cloud: string;
  /** Name of the credential. */
  credential: string;
  /** e.g. `ubuntu@22.04`. */
  base: string;
  /** MAAS tag of the machine to take. */
  tag: string;
  /** e.g. `amd64`. */
  architecture: string;
  /** How long a bootstrap may take. */
  bootstrapTimeoutSeconds: number;
  /**
   * Accept Juju versions that delete physical machines from MAAS when they are released.
   * @default false
   */
  allowUnsafeJuju?: boolean;
  /**
   * Let a destroy remove the controller and release its machine. A destroy without it fails.
   * @default false
   */
  allowDestroy?: boolean;
}

/**
 * A Juju controller on a machine of MAAS. The bootstrap runs apart from this machine's connection: killed here, it goes on
 * there, and the next run attaches to it.
 *
 * ```typescript
 * const controller = new JujuController("controller", {
 *   bastion, maas,
 *   controller: "maas-controller", cloud: "maas-one", credential: "private-cloud",
 *   base: "ubuntu@22.04", tag: "controller", architecture: "amd64",
 *   bootstrapTimeoutSeconds: 3600,
 * }, { dependsOn: [fleet] });
 * ```
 */
export class JujuController extends pulumi.ComponentResource {
  public readonly uuid!: pulumi.Output<string>;
  /** e.g. `10.0.0.5:17070`. */
  public readonly apiEndpoints!: pulumi.Output<string[]>;
  public readonly jujuVersion!: pulumi.Output<string>;
  /** The machine that it runs on, by MAAS's name. */
  public readonly hostname!: pulumi.Output<string>;
  /** MAAS's status of that machine; empty where an earlier version of the stack looked. */
  public readonly machineStatus!: pulumi.Output<string>;

  constructor(name: string, args: JujuControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:JujuController", name, {}, opts);
    const { profile, url, apiKey } = args.maas;
    const spec: Omit<JujuControllerSpec, "bastion"> = {
      controller: args.controller,
      cloud: { name: args.cloud, endpoint: url },
      credential: args.credential,
      base: args.base,
      constraints: `arch=${args.architecture} tags=${args.tag}`,
      bootstrapTimeoutSeconds: args.bootstrapTimeoutSeconds,
      allowUnsafeJuju: args.allowUnsafeJuju ?? false,
      maas: { profile, url },
      allowDestroy: args.allowDestroy ?? false,
    };
    const step = runStep<JujuControllerResult>(
      `${name}-bootstrap`,
      {
        step: "juju/controller",
        bastion: args.bastion,
        spec,
        secrets: { maasApiKey: apiKey },
        removable: true,
        getsEarlierReport: true,
      },
      { parent: this },
    );
    this.uuid = step.fact(({ uuid }) => uuid);
    this.apiEndpoints = step.fact(({ apiEndpoints }) => apiEndpoints);
    this.jujuVersion = step.fact(({ jujuVersion }) => jujuVersion);
    this.hostname = step.fact(({ machine }) => machine.hostname);
    this.machineStatus = step.fact(({ machine }) => machine.status ?? "");
    this.registerOutputs({
      uuid: this.uuid,
      apiEndpoints: this.apiEndpoints,
      jujuVersion: this.jujuVersion,
      hostname: this.hostname,
      machineStatus: this.machineStatus,
    });
  }
}
