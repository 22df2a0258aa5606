/** What a step is, and what it is given while it runs. */
import type { z } from "zod";

import type { Bastion } from "./bastion/bastion";
import type { Clock } from "./clock";

export interface StepContext {
  /** The machine on which the remote tools run; the step holds its lock there until it ends. */
  bastion: Bastion;
  /** Tells the user what is happening: one short line, printed at once. */
  progress(line: string): void;
  /** Names a value that the step learned and that must not be seen in progress or errors. */
  secret(value: string): void;
  clock: Clock;
  /** What this step reported the last time, as the stack's state has it; undefined on a create, and for steps that do not ask. */
  earlier?: unknown;
}

/**
 * A program that brings one thing to the wanted state and reports it. It may be run at any time, also after having been
 * killed anywhere: it reads the world, does what is missing, waits until it holds.
 */
export interface Step<Spec, Secrets, Result> {
  /** As given on the command line of `steps/run.ts`, e.g. `maas/fleet`. */
  name: string;
  spec: z.ZodType<Spec>;
  secrets: z.ZodType<Secrets>;
  /** Name of the lock on the bastion; two runs with the same name wait for each other. */
  lock(spec: Spec): string;
  converge(context: StepContext, spec: Spec, secrets: Secrets): Promise<Result>;
  /** Takes away what converge made; a step without it leaves everything as it is. */
  remove?(context: StepContext, spec: Spec, secrets: Secrets): Promise<void>;
}
