import * as pulumi from "@pulumi/pulumi";

import type { VaultResult, VaultSpec } from "../steps/specs";
import { runStep, type BastionArgs, type PatienceArgs } from "./step";

/** The CA of the site, which signs Vault's. */
export interface SiteCaArgs {
  /** PEM text. */
  certificatePem: string;
  /** PEM text. It is used on the machine that runs Pulumi and goes nowhere else. */
  privateKeyPem: pulumi.Input<string>;
  /** Subject of Vault's intermediate CA. */
  commonName: string;
  /** Its lifetime. */
  days: number;
}

export interface VaultArgs {
  bastion: BastionArgs;
  /** Digest of the bundle: a change of the bundle looks at everything after it again. */
  bundleDigest: pulumi.Input<string>;
  controller: string;
  model: string;
  /** Name of the application. */
  application: string;
  /** Into so many parts the key is split; used once, when Vault is initialised. */
  keyShares: number;
  /** So many parts unseal it. */
  keyThreshold: number;
  /** Lifetime of the token that authorises the charm, e.g. `50m`. */
  tokenTtl: string;
  ca: SiteCaArgs;
  patience: PatienceArgs;
}

/**
 * Vault: initialised once, unsealed whenever the step runs, authorised, and an intermediate CA below the site's own. The keys
 * are in a file on the bastion, readable by its user alone, until a later run finds them in the stack's state too. A Vault that
 * seals itself later (it does at every start of its unit) changes no input, so that an `up` does nothing about it:
 * `npm run unseal` does.
 *
 * ```typescript
 * const vault = new Vault("vault", {
 *   bastion, bundleDigest: bundle.digest, controller: "maas-controller", model: "openstack", application: "vault",
 *   keyShares: 5, keyThreshold: 3, tokenTtl: "50m",
 *   ca: { certificatePem, privateKeyPem, commonName: "Vault intermediate CA", days: 1825 },
 *   patience,
 * }, { dependsOn: [bundle] });
 * ```
 */
export class Vault extends pulumi.ComponentResource {
  /** e.g. `http://172.16.0.40:8200`, reachable from the bastion. */
  public readonly address!: pulumi.Output<string>;
  public readonly initialized!: pulumi.Output<boolean>;
  public readonly sealed!: pulumi.Output<boolean>;
  /** So many of `unsealKeys` are needed. */
  public readonly threshold!: pulumi.Output<number>;
  /** Secret. Whoever loses them loses the cloud at the next restart of Vault. */
  public readonly unsealKeys!: pulumi.Output<string[]>;
  /** Secret. */
  public readonly rootToken!: pulumi.Output<string>;
  /** Vault's own CA certificate, PEM text. */
  public readonly caCertificatePem!: pulumi.Output<string>;
  /** When that ends, ISO 8601. */
  public readonly caExpires!: pulumi.Output<string>;

  constructor(name: string, args: VaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:Vault", name, {}, opts);
    const { privateKeyPem, ...ca } = args.ca;
    const spec: Omit<VaultSpec, "bastion" | "bundleDigest"> = {
      controller: args.controller,
      model: args.model,
      application: args.application,
      keyShares: args.keyShares,
      keyThreshold: args.keyThreshold,
      tokenTtl: args.tokenTtl,
      ca,
      patience: args.patience,
    };
    const step = runStep<VaultResult>(
      `${name}-ready`,
      {
        step: "vault/ready",
        bastion: args.bastion,
        spec: { ...spec, bundleDigest: args.bundleDigest },
        secrets: { caPrivateKeyPem: privateKeyPem },
        getsEarlierReport: true,
      },
      { parent: this },
    );
    this.address = step.fact(({ address }) => address);
    this.initialized = step.fact(({ initialized }) => initialized);
    this.sealed = step.fact(({ sealed }) => sealed);
    this.threshold = step.fact(({ threshold }) => threshold);
    this.unsealKeys = step.result.apply(({ unsealKeys }) => unsealKeys);
    this.rootToken = step.result.apply(({ rootToken }) => rootToken);
    this.caCertificatePem = step.fact(({ intermediatePem }) => intermediatePem);
    this.caExpires = step.fact(({ expires }) => expires);
    this.registerOutputs({
      address: this.address,
      initialized: this.initialized,
      sealed: this.sealed,
      threshold: this.threshold,
      unsealKeys: this.unsealKeys,
      rootToken: this.rootToken,
      caCertificatePem: this.caCertificatePem,
      caExpires: this.caExpires,
    });
  }
}
