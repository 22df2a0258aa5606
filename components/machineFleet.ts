import * as pulumi from "@pulumi/pulumi";

import type { MaasFleetResult, MaasFleetSpec } from "../steps/specs";
import { runStep, type BastionArgs, type MaasAccessArgs } from "./step";

export interface PowerArgs {
  /** MAAS power driver, e.g. `amt`, `ipmi`. */
  type: string;
  /** Address of the management controller. */
  address: string;
  /** Further parameters by MAAS's names, e.g. `power_user`. */
  parameters: Record<string, string>;
  /** `power_pass` of the driver. A change is written to MAAS. */
  password: pulumi.Input<string>;
}

/** A bridge that is made in MAAS, so that the machine boots with it. */
export interface BridgeArgs {
  name: string;
  /** `ovs` or `standard`. */
  type: string;
  /** Interface below it. */
  parent: string;
  /** Subnet that it is linked to. */
  subnetCidr: string;
  /** `auto`, `dhcp`, `static` or `link_up`. */
  linkMode: string;
}

/** Least hardware that is accepted. */
export interface MinimumArgs {
  cores: number;
  ramMiB: number;
  disks: number;
}

export interface MachineArgs {
  hostname: string;
  /** A machine that MAAS knows by one of them is adopted; else it is enlisted. */
  macAddresses: string[];
  /** e.g. `amd64/generic`. */
  architecture: string;
  power: PowerArgs;
  /** Juju chooses by them. Of the tags that configuration names anywhere the machine has exactly these. */
  tags: string[];
  zone: string;
  pool: string;
  bridges: BridgeArgs[];
  minimum: MinimumArgs;
}

export interface MachineFleetArgs {
  bastion: BastionArgs;
  maas: MaasAccessArgs;
  /** A machine that is taken out of the list stays in MAAS as it is. */
  machines: MachineArgs[];
}

/** A machine as MAAS has it. */
export interface FleetMachine {
  hostname: string;
  systemId: string;
  /** MAAS's word, e.g. `Ready`, `Deployed`. */
  status: string;
  tags: string[];
  zone: string;
  cores: number;
  ramMiB: number;
  disks: number;
}

/**
 * Machines that **Juju** will take: known to MAAS, commissioned, tagged, bridged, and never allocated, because an allocated
 * machine is invisible to Juju. One that is in use is left alone.
 *
 * ```typescript
 * const fleet = new MachineFleet("fleet", {
 *   bastion, maas,
 *   machines: [{
 *     hostname: "server1", macAddresses: ["52:54:00:16:00:01"], architecture: "amd64/generic",
 *     power: { type: "amt", address: "172.16.15.1", parameters: {}, password },
 *     tags: ["controller"], zone: "default", pool: "default", bridges: [],
 *     minimum: { cores: 2, ramMiB: 11264, disks: 1 },
 *   }],
 * }, { dependsOn: [site] });
 * ```
 */
export class MachineFleet extends pulumi.ComponentResource {
  public readonly machines!: pulumi.Output<FleetMachine[]>;

  constructor(name: string, args: MachineFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:MachineFleet", name, {}, opts);
    const spec: Omit<MaasFleetSpec, "bastion"> = {
      maas: { profile: args.maas.profile, url: args.maas.url },
      machines: args.machines.map(({ power, ...machine }) => ({
        ...machine,
        power: {
          type: power.type,
          parameters: { ...power.parameters, power_address: power.address },
        },
      })),
    };
    const powerSecrets = Object.fromEntries(
      args.machines.map(({ hostname, power }) => [hostname, { power_pass: power.password }]),
    );
    const step = runStep<MaasFleetResult>(
      `${name}-machines`,
      {
        step: "maas/fleet",
        bastion: args.bastion,
        spec,
        secrets: { maasApiKey: args.maas.apiKey, powerSecrets: pulumi.output(powerSecrets) },
      },
      { parent: this },
    );
    this.machines = step.fact(({ machines }) =>
      machines.map(({ hostname, systemId, status, tags, zone, cores, ramMiB, disks }) => ({
        hostname,
        systemId,
        status,
        tags,
        zone,
        cores,
        ramMiB,
        disks,
      })),
    );
    this.registerOutputs({ machines: this.machines });
  }
}
