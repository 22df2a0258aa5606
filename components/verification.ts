import * as pulumi from "@pulumi/pulumi";

import type { VerificationResult, VerificationSecrets, VerificationSpec } from "../steps/specs";
import { runStep, type BastionArgs } from "./step";
import type { CloudCredentials } from "./tenant";

/** The application that is looked at; a {@link HaApp} has all of it. */
export interface VerifiedAppArgs {
  /** As seen from the bastion. */
  url: pulumi.Input<string>;
  loadBalancers: pulumi.Input<pulumi.Input<string>[]>;
  apiServers: pulumi.Input<pulumi.Input<string>[]>;
  databaseServer: pulumi.Input<string>;
  /** Ids of the servers: when one is replaced, the verification runs again. */
  serverIds: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface VerificationArgs {
  bastion: BastionArgs;
  /** Digest of the bundle: a change of the bundle looks at everything after it again. */
  bundleDigest: pulumi.Input<string>;
  credentials: CloudCredentials;
  /** Project in which `credentials` work when no other is named. */
  automationProject: string;
  /** The project of the application. */
  project: string;
  app: VerifiedAppArgs;
  /**
   * Types of services that must have a public endpoint.
   * @default identity, compute, network, image, placement, volumev3
   */
  services?: string[];
  /** Hypervisors that must be up. */
  hypervisorsAtLeast: number;
  /**
   * Whether the cloud has no real virtual machines: only the cloud itself is looked at then.
   * @default false
   */
  light?: boolean;
  /**
   * Kill the load balancer that holds the shared address, measure how long nobody answers, and start it again. The
   * application is away for some seconds; never on a cloud that somebody uses.
   */
  failover: boolean;
  /** How long the application may take to answer, in seconds. */
  httpSeconds: number;
  /** How long the other load balancer may take, in seconds. */
  failoverSeconds: number;
}

/** One thing that was looked at. */
export interface CheckOutcome {
  name: string;
  ok: boolean;
  detail: string;
}

/** A server of the application, and where it is. */
export interface ServerPlace {
  name: string;
  status: string;
  hypervisor: string;
  fixedIp: string;
}

/** What happened when the holder of the shared address was killed. */
export interface FailoverOutcome {
  owner: string;
  newOwner: string;
  /** From the last answer of the old holder to the first of the new one. */
  outageSeconds: number;
  /** When it was measured, ISO 8601. */
  at: string;
}

/**
 * Looks at the finished cloud as its user does, from the bastion: services, hypervisors, agents, where the servers are,
 * whether the API's servers take turns and read what the other one wrote. It runs when its inputs change or a server was
 * replaced; otherwise the report of the last time stays, with its time. A fault fails the update and names what to look at.
 *
 * ```typescript
 * new Verification("verification", {
 *   bastion, bundleDigest: bundle.digest, credentials, automationProject: "admin", project: "notes",
 *   app: { ...app, loadBalancers: app.balancers },
 *   hypervisorsAtLeast: 3, failover: true, httpSeconds: 900, failoverSeconds: 120,
 * }, { dependsOn: [app] });
 * ```
 */
export class Verification extends pulumi.ComponentResource {
  /** When it was looked, ISO 8601. */
  public readonly at!: pulumi.Output<string>;
  /** All checks were fine. */
  public readonly ok!: pulumi.Output<boolean>;
  public readonly checks!: pulumi.Output<CheckOutcome[]>;
  /** What was not looked at, and why. */
  public readonly leftOut!: pulumi.Output<string[]>;
  public readonly servers!: pulumi.Output<ServerPlace[]>;
  /** Unless it was tried: undefined. */
  public readonly failover!: pulumi.Output<FailoverOutcome | undefined>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:Verification", name, {}, opts);
    const secrets: Record<keyof VerificationSecrets, pulumi.Input<string>> = {
      automationPassword: args.credentials.password,
    };
    const step = runStep<VerificationResult>(
      `${name}-verify`,
      {
        step: "openstack/verify",
        bastion: args.bastion,
        spec: makeSpec(args),
        secrets,
        triggers: [args.app.serverIds],
      },
      { parent: this },
    );
    this.at = step.fact(({ at }) => at);
    this.ok = step.fact(({ ok }) => ok);
    this.checks = step.fact(({ checks }) => checks);
    this.leftOut = step.fact(({ leftOut }) => leftOut);
    this.servers = step.fact(({ servers }) => servers);
    this.failover = step.fact(({ failover }) => failover);
    this.registerOutputs({
      at: this.at,
      ok: this.ok,
      checks: this.checks,
      leftOut: this.leftOut,
      servers: this.servers,
      failover: this.failover,
    });
  }
}

function makeSpec(args: VerificationArgs): pulumi.Output<Omit<VerificationSpec, "bastion">> {
  const { credentials, app } = args;
  return pulumi
    .all([
      args.bundleDigest,
      credentials.caCertificatePem,
      app.url,
      app.loadBalancers,
      app.apiServers,
      app.databaseServer,
    ])
    .apply(([bundleDigest, caCertificatePem, url, loadBalancers, apiServers, databaseServer]) => ({
      bundleDigest,
      authUrl: credentials.authUrl,
      region: credentials.region,
      caCertificatePem,
      automation: {
        user: credentials.userName,
        project: args.automationProject,
        domain: credentials.domainName,
      },
      services: args.services ?? SERVICES,
      hypervisorsAtLeast: args.hypervisorsAtLeast,
      project: args.project,
      app: { url, loadBalancers, apiServers, databaseServer },
      realMachines: args.light !== true,
      failover: args.failover,
      patience: {
        httpSeconds: args.httpSeconds,
        failoverSeconds: args.failoverSeconds,
      },
    }));
}

const SERVICES = ["identity", "compute", "network", "image", "placement", "volumev3"];
