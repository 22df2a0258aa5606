import { createHash } from "node:crypto";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { SECRETS_VARIABLE, type BastionSpec } from "../steps/specs";

/** How every step reaches the machine on which the remote tools run. */
export interface BastionArgs extends BastionSpec {
  /** OpenSSH private key, PEM text. */
  privateKey: pulumi.Input<string>;
}

/** How MAAS is reached from the bastion. */
export interface MaasAccessArgs {
  /** Name of the login that the `maas` command keeps on the bastion. */
  profile: string;
  /** e.g. `http://172.16.0.3:5240/MAAS`. */
  url: string;
  /** `consumer:token:secret`. */
  apiKey: pulumi.Input<string>;
}

/** When waiting for a model gives up. */
export interface PatienceArgs {
  /** No status changed for so long. */
  stallSeconds: number;
  ceilingSeconds: number;
  pollSeconds: number;
  /** Everything must have stayed settled for so long. */
  quietSeconds: number;
}

export interface StepArgs {
  /** e.g. `maas/site`, see steps/registry.ts. */
  step: string;
  bastion: BastionArgs;
  /** The step's spec without `bastion`: plain JSON, no secrets. A preview shows its difference member by member. */
  spec: pulumi.Input<object>;
  /** Further secrets of the step. A change runs it again. */
  secrets?: Record<string, pulumi.Input<unknown>>;
  /** A change of these runs the step again, although its spec is the same. */
  triggers?: pulumi.Input<unknown>[];
  /** The step is given what it reported the last time, secrets included. */
  getsEarlierReport?: boolean;
  /** The step can take away what it made; others leave everything as it is. */
  removable?: boolean;
}

/** A step as a resource, and what it reported. */
export interface RunningStep<Result> {
  command: command.local.Command;
  /** Secret as a whole, because parts of it may be. */
  result: pulumi.Output<Result>;
  /** A part of the result that is not secret. */
  fact<T>(pick: (result: Result) => T): pulumi.Output<T>;
}

/**
 * Runs a step as a `local.Command`. Its text never changes, so that only a change of the spec or of a secret runs it again; an
 * update runs what a create runs, because a step converges. No path of this machine is among the inputs: the engine starts
 * it in the project's folder.
 */
export function runStep<Result>(
  name: string,
  args: StepArgs,
  opts: pulumi.CustomResourceOptions,
): RunningStep<Result> {
  const { privateKey, ...bastion } = args.bastion;
  const create = `node --import tsx steps/run.ts ${args.step}`;
  const resource = new command.local.Command(
    name,
    {
      create,
      ...(args.removable === true ? { delete: `${create} --delete` } : {}),
      stdin: pulumi.output(args.spec).apply((spec) => canonicalJson({ ...spec, bastion })),
      ...(args.triggers === undefined ? {} : { triggers: args.triggers }),
      environment: {
        [SECRETS_VARIABLE]: pulumi.secret(
          pulumi
            .all({ ...args.secrets, bastionPrivateKey: privateKey })
            .apply((secrets) => canonicalJson(secrets)),
        ),
      },
      logging: command.local.Logging.Stderr,
      addPreviousOutputInEnv: args.getsEarlierReport ?? false,
    },
    { ...opts, additionalSecretOutputs: ["stdout"] },
  );
  const result = resource.stdout.apply<Result>((line) => JSON.parse(line) as Result);
  return {
    command: resource,
    result,
    fact: (pick) => pulumi.unsecret(result.apply(pick)),
  };
}

/** Stands for a value where only a change of it matters. */
export function digest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

/** JSON with sorted keys: the same value is always the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
