/** How a command ends other than well. 2: the command line is wrong; 1: it could not be done. */
export class JujuError extends Error {
  constructor(
    message: string,
    readonly status: 1 | 2 = 1,
    /** Have results been printed already? */
    readonly printed = false,
  ) {
    super(message);
  }
}

/** The command line is wrong. */
export const usage = (message: string): JujuError => new JujuError(message, 2);

/** Everything has been said already. */
export class Said extends Error {
  constructor(readonly status: number) {
    super("");
  }
}
