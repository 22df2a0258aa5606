/** Errors of steps and the exit codes of `steps/run.ts`. Messages are one sentence of fact and one of what to do next. */

/** What the exit status of a step means. */
export const ExitCode = {
  done: 0,
  /** The step failed; the message says what to do. */
  failed: 1,
  /** The spec or the secrets are not what the step takes. */
  badSpec: 2,
  /** Nothing is wrong with the configuration: the bastion or a lock could not be had now. Run again later. */
  tryLater: 75,
} as const;

/** A failure that the user can act on: printed without a stack. */
export class StepError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = ExitCode.failed,
  ) {
    super(message);
    this.name = "StepError";
  }
}

/** The spec or a secret is not acceptable. */
export class BadSpecError extends StepError {
  constructor(message: string) {
    super(message, ExitCode.badSpec);
    this.name = "BadSpecError";
  }
}

/** A later run of the same step can succeed without any change. */
export class TryLaterError extends StepError {
  constructor(message: string) {
    super(message, ExitCode.tryLater);
    this.name = "TryLaterError";
  }
}
