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

/** Does it for each; gives what was refused, in their order. */
export const refusals = <T>(things: T[], action: (thing: T) => void): string[] =>
  things.flatMap((thing) => {
    try {
      action(thing);
      return [];
    } catch (error) {
      if (error instanceof JujuError) return [error.message];
      throw error;
    }
  });
