import { distance } from "../grammar/nearest";
import { JujuError } from "../errors";
import type { Position, TokenType } from "./lexer";
import { NoFunction, NoIdentifier, RuntimeProblem, SyntaxProblem } from "./problems";

/** What is wrong with a query, said to people in Juju's words. */

const reason = (expected: TokenType | undefined): string => {
  if (expected === undefined) return "unexpected character";
  if (expected === "STRING") return "string is not correctly terminated";
  if (expected === "&&") return "invalid AND (&&) operator";
  if (expected === "||") return "invalid OR (||) operator";
  return `expected ${expected}`;
};

const advice = (input: string, at: Position, expected: TokenType | undefined): string => {
  if (expected === undefined)
    return `wait-for doesn't support '${input[at.column - 1] ?? ""}'. Maybe try removing the character and try again`;
  if (expected === "STRING") return "Try adding a closing quote to the string";
  if (expected === "&&" || expected === "||")
    return `Ensure that each side of the ${expected} operator can be evaluated to a boolean`;
  return "The type doesn't match the expected syntax. Maybe try removing the character and try again";
};

/** The line of the mistake, with marks under it. */
const marked = (input: string, at: Position): string => {
  const ledger = `${at.line} | `;
  const leading = ledger.length + at.column - 1;
  let marks = at.offset > 0 ? at.offset : 1;
  if (leading + marks > input.length) marks = leading - input.length;
  const under = marks > 0 ? `${"^".repeat(marks)}\n` : "";
  return `${ledger}${input.split("\n")[at.line - 1] ?? ""}\n${" ".repeat(leading)}${under}`;
};

const numbered = (input: string): string =>
  `${input
    .split("\n")
    .map((line, i) => `${i + 1} | ${line}\n`)
    .join("")}\n`;

/** The name that was meant perhaps, then all others; nothing where none is near. */
const matches = (wanted: string, names: string[]): string => {
  const possible = [...new Set(names)].sort();
  if (possible.length === 0) return "";
  const [nearest = ""] = [...possible].sort(
    (a, b) => distance(wanted, a) - distance(wanted, b) || (a < b ? -1 : 1),
  );
  if (distance(wanted, nearest) > nearest.length + 1) return "";
  const others = possible.filter((each) => each !== nearest);
  const rest =
    others.length > 0 ? `\nOther possible matches:\n\n    - ${others.join("\n    - ")}` : "";
  return `Did you mean:\n\n    ${nearest}\n${rest}`;
};

const explanation = (problem: unknown, input: string): string | undefined => {
  if (problem instanceof SyntaxProblem)
    return `Cannot parse query: ${reason(problem.expected)}.\n\n${marked(input, problem.at)}${advice(input, problem.at, problem.expected)}.`;
  if (problem instanceof NoIdentifier)
    return `Cannot execute query: invalid identifier.\n\n${numbered(input)}No possible matches for ${problem.message}\n${matches(problem.wanted, problem.scope.names)}`;
  if (problem instanceof NoFunction)
    return `Cannot execute query: runtime syntax error.\n\n${numbered(input)}wait-for has ${problem.message}.\n${matches(problem.wanted, problem.known)}`;
  if (problem instanceof RuntimeProblem)
    return `Cannot execute query: runtime error.\n\n${numbered(input)}wait-for requires the ${problem.message}\nMaybe try removing the character and try again.`;
  return undefined;
};

/** Runs what reads or works out a query; what goes wrong is said in Juju's words. */
export const explained = <T>(input: string, print: (text: string) => void, fn: () => T): T => {
  try {
    return fn();
  } catch (problem) {
    const said = explanation(problem, input);
    if (said !== undefined) throw new JujuError(said);
    if (!(problem instanceof RangeError)) throw problem;
    print("\n");
    throw new JujuError(problem.message);
  }
};
