/** A failure that a person can act on: shown as its text alone, without a stack. */
export class UserError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

/** Runs a command's main function and turns what it throws into an exit status. */
export async function main(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const text =
      error instanceof UserError ? error.message : String((error as Error).stack ?? error);
    process.stderr.write(`${name}: ${text}\n`);
    process.exitCode = error instanceof UserError ? error.status : 1;
  }
}
