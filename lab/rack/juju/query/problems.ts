import type { Position, TokenType } from "./lexer";
import type { Scope } from "./values";

/** What can be wrong with a query; `explain.ts` says it to people. */

/** It cannot be read; `expected` is what should have stood there. */
export class SyntaxProblem extends Error {
  constructor(
    readonly at: Position,
    readonly expected?: TokenType,
  ) {
    super("syntax");
  }
}

/** It cannot be worked out. */
export class RuntimeProblem extends Error {}

/** There is no function of this name. */
export class NoFunction extends Error {
  constructor(
    readonly wanted: string,
    readonly known: string[],
  ) {
    super(`no function "${wanted}"`);
  }
}

/** What is asked about has nothing of this name. */
export class NoIdentifier extends Error {
  constructor(
    readonly wanted: string,
    readonly scope: Scope,
  ) {
    super(`"${wanted}" on ${scope.type}: `);
  }
}
