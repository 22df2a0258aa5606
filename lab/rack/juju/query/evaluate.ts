import { callFunction } from "./functions";
import type { Expression, Node } from "./parser";
import { RuntimeProblem, SyntaxProblem } from "./problems";
import { boxType, goType, isZero, positionOf, type Scope, type Value } from "./values";

/** Works a query out, as Juju's client does: what is true of the scope that is asked about. */

/** Names that a lambda gives to what it looks at; every other name means the scope under it. */
export class NestedScope implements Scope {
  readonly type: string;

  constructor(
    private readonly base: Scope,
    private readonly name: string,
    private readonly inner: Scope,
  ) {
    this.type = base.type;
  }

  get names(): string[] {
    return this.base.names;
  }

  get(name: string): Value {
    const [first, second, ...more] = name.split(".");
    if (first !== this.name) return this.base.get(name);
    if (second === undefined || more.length > 0) return { kind: "scope", value: this.inner };
    return this.inner.get(second);
  }
}

export interface Environment {
  /** What the query is about; lambdas see it too. */
  top: Scope;
  /** Where `print` writes. */
  print(text: string): void;
}

/** A value that is no box: the result of a comparison. */
const isRaw = (value: Value): boolean => value.kind === "raw";

const equal = (a: Value, b: Value): boolean => {
  // Two results of comparisons are always equal to Juju, a result and a value never.
  if (isRaw(a) || isRaw(b)) return isRaw(a) && isRaw(b);
  if (a.kind !== b.kind) return false;
  if (a.kind === "map" || a.kind === "list")
    return JSON.stringify(a.value) === JSON.stringify(b.kind === a.kind ? b.value : null);
  if (a.kind === "scopes" || a.kind === "scope" || a.kind === "lambda") return false;
  return b.kind === a.kind && a.value === b.value;
};

const less = (a: Value, b: Value): boolean => {
  if (a.kind === "string" && b.kind === "string") return a.value < b.value;
  if (a.kind === "integer" && b.kind === "integer") return a.value < b.value;
  return a.kind === "float" && b.kind === "float" && a.value < b.value;
};

const COMPARES: Record<string, (a: Value, b: Value) => boolean> = {
  "==": equal,
  "!=": (a, b) => !equal(a, b),
  "<": less,
  "<=": (a, b) => less(a, b) || (!isRaw(a) && !isRaw(b) && equal(a, b)),
  ">": (a, b) => less(b, a),
  ">=": (a, b) => less(b, a) || (!isRaw(a) && !isRaw(b) && equal(a, b)),
};

/** Go's names of the parts of a query. */
const nodeType = ({ kind }: Expression): string => {
  const plain: Partial<Record<Expression["kind"], string>> = {
    name: "Identifier",
    access: "AccessorExpression",
  };
  const name = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
  const compound = /^(infix|index|call|lambda)$/.test(kind);
  return `*query.${plain[kind] ?? (compound ? `${name}Expression` : name)}`;
};

const raw = (value: boolean): Value => ({ kind: "raw", value });

/** What a function takes or gives; a comparison becomes a proper true or false. */
const boxed = (value: Value): Value =>
  value.kind === "raw" ? { kind: "bool", value: value.value } : value;

export class Evaluation {
  constructor(private readonly environment: Environment) {}

  /** Is the query true of its scope? Of several expressions the first counts. */
  holds(query: Node[]): boolean {
    const [first] = query;
    return first !== undefined && !isZero(this.value(first, this.environment.top));
  }

  value(node: Node, scope: Scope): Value {
    if (node === null) throw new RuntimeProblem("Syntax Error: Unexpected expression <nil>");
    switch (node.kind) {
      case "name":
        return scope.get(node.text);
      case "string":
        return { kind: "string", value: node.text };
      case "integer":
      case "float":
        return { kind: node.kind, value: node.value };
      case "bool":
        return { kind: "bool", value: node.value };
      case "infix":
        return this.infix(node, scope);
      case "access":
        return scope.get(`${this.name(node.left, scope)}.${this.name(node.right, scope)}`);
      case "index":
        return this.index(node, scope);
      case "lambda":
        if (node.argument.kind !== "name")
          throw new RuntimeProblem(`${positionOf(node.argument)} unexpected argument`);
        return { kind: "lambda", argument: node.argument.text, body: node.body };
      case "call": {
        if (node.name.kind !== "name")
          throw new RuntimeProblem(`${positionOf(node.name)} unexpected function name`);
        const given = node.arguments.map((each) => boxed(this.value(each, scope)));
        return boxed(callFunction(node.name.text, given, this, this.environment));
      }
    }
  }

  /** What a lambda comes to for one thing: its last expression. */
  call(lambda: Value & { kind: "lambda" }, thing: Scope): boolean {
    const scope = new NestedScope(this.environment.top, lambda.argument, thing);
    const results = lambda.body.map((each) => boxed(this.value(each, scope)));
    const last = results.at(-1);
    return last !== undefined && !isZero(last);
  }

  private name(node: Node, scope: Scope): string {
    if (node?.kind === "name") return node.text;
    const value = this.value(node, scope);
    if (value.kind === "string") return value.value;
    const what = isRaw(value) ? "identifier" : "name type";
    throw new RuntimeProblem(
      node === null ? "" : `${nodeType(node)} ${positionOf(node)} unexpected ${what}`,
    );
  }

  private infix(node: Expression & { kind: "infix" }, scope: Scope): Value {
    const { type } = node.token;
    const left = this.value(node.left, scope);
    const compares = COMPARES[type];
    if (compares !== undefined) return raw(compares(left, this.value(node.right, scope)));
    const truth = (value: Value, at: Expression): boolean => {
      if (value.kind === "bool" || value.kind === "raw") return value.value;
      throw new SyntaxProblem(at.at, type);
    };
    const first = truth(left, node.left);
    if (first === (type === "||")) return raw(first);
    const right = this.value(node.right, scope);
    return raw(truth(right, node.right ?? node.left));
  }

  private index(node: Expression & { kind: "index" }, scope: Scope): Value {
    const left = this.value(node.left, scope);
    const index = this.value(node.index, scope);
    const where = `${goType(left)} ${positionOf(node.left)}`;
    if (left.kind === "map") {
      if (index.kind !== "string")
        throw new RuntimeProblem(`expected string, but got ${goType(index)}`);
      const found = left.value[index.value];
      if (found === undefined)
        throw new RuntimeProblem(
          `map[string]any ${positionOf(node.left)} unexpected index ${index.value} accessing map`,
        );
      return fromSetting(found);
    }
    if (left.kind === "list") {
      if (index.kind !== "integer")
        throw new RuntimeProblem(`expected int, but got ${goType(index)}`);
      const found = left.value[index.value];
      if (found === undefined)
        throw new RuntimeProblem(`${where} range ${index.value} accessing slice`);
      return { kind: "string", value: found };
    }
    throw new RuntimeProblem(
      `${boxType(left)} ${positionOf(node.left)} unexpected index expression`,
    );
  }
}

const fromSetting = (value: unknown): Value => {
  if (typeof value === "boolean") return { kind: "bool", value };
  if (typeof value === "number")
    return { kind: Number.isInteger(value) ? "integer" : "float", value };
  return { kind: "string", value: String(value) };
};
