import type { Environment, Evaluation } from "./evaluate";
import { NoFunction, RuntimeProblem } from "./problems";
import { bool, goType, integer, type Value } from "./values";

/** The functions that a query may call. */

type Fn = (given: Value[], evaluation: Evaluation, environment: Environment) => Value;

const count = (value: Value): number => {
  switch (value.kind) {
    case "string":
      return Buffer.byteLength(value.value);
    case "map":
      return Object.keys(value.value).length;
    case "list":
    case "scopes":
      return value.value.length;
    case "lambda":
      return 0;
    default:
      throw new RuntimeProblem(`unexpected type ${goType(value)} passed to len`);
  }
};

/** Go's %+v. */
const shown = (value: Value): string => {
  if (value.kind === "scopes" || value.kind === "scope" || value.kind === "lambda")
    return goType(value);
  if (value.kind === "list") return `[${value.value.join(" ")}]`;
  if (value.kind !== "map") return String(value.value);
  const entries = Object.entries(value.value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${String(each)}`).join(" ")}]`;
};

/** Begins or ends a text with another? */
const affix =
  (name: string, fits: (text: string, part: string) => boolean): Fn =>
  ([value, part]) => {
    if (part?.kind !== "string")
      throw new RuntimeProblem(
        `requires string to be passed to ${name}, got ${part === undefined ? "<nil>" : goType(part)}`,
      );
    if (value?.kind !== "string")
      throw new RuntimeProblem(
        `unexpected type ${value === undefined ? "<nil>" : goType(value)} passed to ${name}`,
      );
    return bool(fits(value.value, part.value));
  };

const forEach: Fn = ([values, lambda], evaluation) => {
  if (values === undefined || lambda === undefined) return bool(false);
  if (values.kind !== "scopes" && values.kind !== "lambda")
    throw new RuntimeProblem(`unexpected lambda values ${goType(values)}`);
  if (lambda.kind !== "lambda") throw new RuntimeProblem(`unexpected lambda ${goType(lambda)}`);
  // Of nothing nothing is true.
  if (values.kind === "lambda" || values.value.length === 0) return bool(false);
  return bool(values.value.every((each) => evaluation.call(lambda, each)));
};

const toInteger: Fn = ([value]) => {
  if (value?.kind !== "string")
    throw new RuntimeProblem(
      `unexpected type ${value === undefined ? "<nil>" : goType(value)} passed to int`,
    );
  if (!/^[-+]?\d+$/.test(value.value))
    throw new RangeError(`strconv.Atoi: parsing ${JSON.stringify(value.value)}: invalid syntax`);
  return integer(Number(value.value));
};

const FUNCTIONS: Record<string, { takes: number; run: Fn }> = {
  endsWith: { takes: 2, run: affix("endsWith", (text, part) => text.endsWith(part)) },
  forEach: { takes: 2, run: forEach },
  int: { takes: 1, run: toInteger },
  len: { takes: 1, run: ([value]) => integer(value === undefined ? 0 : count(value)) },
  print: {
    takes: 1,
    run: ([value], _evaluation, environment) => {
      if (value === undefined) return bool(false);
      environment.print(`${shown(value)}\n`);
      return value;
    },
  },
  startsWith: { takes: 2, run: affix("startsWith", (text, part) => text.startsWith(part)) },
};

export const callFunction = (
  name: string,
  given: Value[],
  evaluation: Evaluation,
  environment: Environment,
): Value => {
  const found = FUNCTIONS[name];
  if (found === undefined) throw new NoFunction(name, Object.keys(FUNCTIONS));
  if (given.length !== found.takes)
    throw new RuntimeProblem(
      `number of arguments for a function call to be ${found.takes}, but got: ${given.length}`,
    );
  return found.run(given, evaluation, environment);
};
