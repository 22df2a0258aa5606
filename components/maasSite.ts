import * as pulumi from "@pulumi/pulumi";

import type { MaasSiteResult, MaasSiteSpec } from "../steps/specs";
import { runStep, type BastionArgs, type MaasAccessArgs } from "./step";

/** An inclusive range of addresses that MAAS gives to nobody. */
export interface ReservedRangeArgs {
  start: string;
  end: string;
  /** Shown in MAAS; says whose addresses they are. */
  comment: string;
}

/** A range from which MAAS serves DHCP. */
export interface DynamicRangeArgs {
  start: string;
  end: string;
}

export interface MaasSubnetArgs {
  /** A subnet that MAAS knows, e.g. `172.16.0.0/20`. */
  cidr: string;
  gateway: string;
  /** Name servers that DHCP tells the machines. */
  dns: string[];
  /**
   * Switches DHCP on for the subnet's VLAN.
   * @default DHCP stays as it is
   */
  dynamicRange?: DynamicRangeArgs;
  /** Reserve here what others give out, the floating IPs of OpenStack included. */
  reserved: ReservedRangeArgs[];
}

export interface MaasSiteArgs {
  bastion: BastionArgs;
  maas: MaasAccessArgs;
  /** Region settings by the names of `maas PROFILE maas set-config`, e.g. `kernel_opts`. Those not named stay. */
  settings: Record<string, string>;
  /** Zones that must exist. None is taken away. */
  zones: string[];
  /** Resource pools that must exist. None is taken away. */
  pools: string[];
  subnets: MaasSubnetArgs[];
}

/**
 * The settings of a MAAS region that machines need to boot, and the ranges that keep its addresses apart from others'.
 * Images are waited for: the component is ready when a machine can be commissioned.
 *
 * ```typescript
 * const site = new MaasSite("site", {
 *   bastion, maas,
 *   settings: { kernel_opts: "net.ifnames=0" },
 *   zones: [], pools: [],
 *   subnets: [{
 *     cidr: "172.16.0.0/20", gateway: "172.16.0.1", dns: ["172.16.0.3"],
 *     dynamicRange: { start: "172.16.11.1", end: "172.16.14.255" },
 *     reserved: [{ start: "172.16.7.0", end: "172.16.8.255", comment: "floating IPs" }],
 *   }],
 * });
 * ```
 */
export class MaasSite extends pulumi.ComponentResource {
  /** Version of MAAS, e.g. `3.5.6`. */
  public readonly version!: pulumi.Output<string>;
  /** Ids of MAAS by CIDR. */
  public readonly subnetIds!: pulumi.Output<Record<string, number>>;

  constructor(name: string, args: MaasSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:MaasSite", name, {}, opts);
    const spec: Omit<MaasSiteSpec, "bastion"> = {
      maas: { profile: args.maas.profile, url: args.maas.url },
      settings: args.settings,
      zones: args.zones,
      pools: args.pools,
      subnets: args.subnets.map(({ dynamicRange, ...subnet }) => ({
        ...subnet,
        ...(dynamicRange === undefined
          ? {}
          : { dhcp: { dynamicRange: { ...dynamicRange, comment: "machines that boot" } } }),
      })),
    };
    const step = runStep<MaasSiteResult>(
      `${name}-region`,
      {
        step: "maas/site",
        bastion: args.bastion,
        spec,
        secrets: { maasApiKey: args.maas.apiKey },
      },
      { parent: this },
    );
    this.version = step.fact(({ version }) => version);
    this.subnetIds = step.fact(({ subnets }) =>
      Object.fromEntries(subnets.map(({ cidr, id }) => [cidr, id])),
    );
    this.registerOutputs({ version: this.version, subnetIds: this.subnetIds });
  }
}
