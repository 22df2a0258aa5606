/** What the command ends with instead of an answer: help text, message and exit status. */
export class UsageError extends Error {
  constructor(
    /** Printed before the message; empty for errors that come without help. */
    readonly help: string,
    message: string,
    readonly status = 2,
  ) {
    super(message);
  }
}

/** Errors that the real command raises as SystemExit: the message alone, exit status 1. */
export const plainError = (message: string): UsageError => new UsageError("", message, 1);
