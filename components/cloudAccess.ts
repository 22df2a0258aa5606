import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";

import type {
  JujuSettledResult,
  JujuSettledSpec,
  KeystoneAccessResult,
  KeystoneAccessSpec,
} from "../steps/specs";
import type { DeployedApplication } from "./charmBundle";
import { deployed } from "./charmBundle";
import { runStep, type BastionArgs, type PatienceArgs } from "./step";

/** The user that this program makes for itself. */
export interface AutomationArgs {
  user: string;
  /** Known beforehand, so that the provider's inputs are known before the cloud exists. */
  password: pulumi.Input<string>;
  /** Project in which it works when no other is named. */
  project: string;
  domain: string;
}

export interface CloudAccessArgs {
  bastion: BastionArgs;
  /** Digest of the bundle: a change of the bundle looks at everything after it again. */
  bundleDigest: pulumi.Input<string>;
  controller: string;
  model: string;
  /** Applications that must have settled first, with the number of units of each; subordinates with 0. */
  applications: Record<string, number>;
  /** Name of Keystone's application. */
  keystoneApplication: string;
  /** Keystone's public URL, e.g. `https://172.16.0.50:5000/v3`. It is compared with what Keystone says of itself. */
  authUrl: string;
  region: string;
  /** CA of the endpoints' certificates, PEM text. */
  caCertificatePem: string;
  automation: AutomationArgs;
  patience: PatienceArgs;
}

/** A server in the model. */
export interface ModelMachine {
  /** Juju's id, e.g. `0`. */
  id: string;
  hostname: string;
  /** MAAS's id. */
  systemId: string;
  /** MAAS's status, e.g. `Deployed`; absent where an earlier version of the stack looked. */
  status?: string;
  addresses: string[];
}

/** A service of the catalogue. */
export interface CatalogueService {
  name: string;
  type: string;
}

/**
 * The way into a cloud that has settled: the administrator's password is read through Juju, and a user is made whose password
 * the configuration knows. All inputs of `provider` are known before anything runs, so a first preview is complete.
 *
 * ```typescript
 * const access = new CloudAccess("access", {
 *   bastion, bundleDigest: bundle.digest, controller: "maas-controller", model: "openstack",
 *   applications: { keystone: 1 }, keystoneApplication: "keystone",
 *   authUrl: "https://172.16.0.50:5000/v3", region: "RegionOne", caCertificatePem,
 *   automation: { user: "private-cloud", password, project: "admin", domain: "admin_domain" },
 *   patience,
 * }, { dependsOn: [vault] });
 * const base = new CloudBase("cloud", { … }, { provider: access.provider });
 * ```
 */
export class CloudAccess extends pulumi.ComponentResource {
  /** Scoped to the automation user's project. What uses it comes after the cloud is there. */
  public readonly provider!: openstack.Provider;
  /** All applications as they were when the cloud had settled. */
  public readonly applications!: pulumi.Output<DeployedApplication[]>;
  /** Servers of the model. */
  public readonly machines!: pulumi.Output<ModelMachine[]>;
  public readonly services!: pulumi.Output<CatalogueService[]>;
  public readonly adminUser!: pulumi.Output<string>;
  public readonly adminProject!: pulumi.Output<string>;
  public readonly adminDomain!: pulumi.Output<string>;
  /** Secret. */
  public readonly adminPassword!: pulumi.Output<string>;

  constructor(name: string, args: CloudAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:CloudAccess", name, {}, opts);
    const { password, ...automation } = args.automation;
    const settledSpec: Omit<JujuSettledSpec, "bastion" | "bundleDigest"> = {
      controller: args.controller,
      model: args.model,
      applications: args.applications,
      allowed: [],
      patience: args.patience,
    };
    const settled = runStep<JujuSettledResult>(
      `${name}-settled`,
      {
        step: "juju/settled",
        bastion: args.bastion,
        spec: { ...settledSpec, bundleDigest: args.bundleDigest },
      },
      { parent: this },
    );
    const keystoneSpec: Omit<KeystoneAccessSpec, "bastion" | "bundleDigest"> = {
      controller: args.controller,
      model: args.model,
      keystoneApplication: args.keystoneApplication,
      authUrl: args.authUrl,
      region: args.region,
      caCertificatePem: args.caCertificatePem,
      automation,
    };
    const keystone = runStep<KeystoneAccessResult>(
      `${name}-keystone`,
      {
        step: "keystone/access",
        bastion: args.bastion,
        spec: { ...keystoneSpec, bundleDigest: args.bundleDigest },
        secrets: { automationPassword: password },
      },
      { parent: this, dependsOn: [settled.command] },
    );
    this.provider = new openstack.Provider(
      `${name}-cloud`,
      {
        authUrl: args.authUrl,
        region: args.region,
        userName: automation.user,
        userDomainName: automation.domain,
        password,
        tenantName: automation.project,
        projectDomainName: automation.domain,
        cacertFile: args.caCertificatePem,
      },
      { parent: this, dependsOn: [keystone.command] },
    );
    this.applications = settled.fact(deployed);
    this.machines = settled.fact(({ machines }) => machines);
    this.services = keystone.fact(({ services }) => services);
    this.adminUser = keystone.fact(({ adminUser }) => adminUser);
    this.adminProject = keystone.fact(({ adminProject }) => adminProject);
    this.adminDomain = keystone.fact(({ adminDomain }) => adminDomain);
    this.adminPassword = keystone.result.apply(({ adminPassword }) => adminPassword);
    this.registerOutputs({
      applications: this.applications,
      machines: this.machines,
      services: this.services,
      adminUser: this.adminUser,
      adminProject: this.adminProject,
      adminDomain: this.adminDomain,
      adminPassword: this.adminPassword,
    });
  }
}
