import type { Expression, Node } from "./parser";

/** What a query's parts come to. A comparison is `raw`: Juju takes it for something else than a written true or false. */
export type Value =
  | { kind: "string"; value: string }
  | { kind: "integer"; value: number }
  | { kind: "float"; value: number }
  | { kind: "bool"; value: boolean }
  | { kind: "raw"; value: boolean }
  | { kind: "map"; value: Record<string, unknown> }
  | { kind: "list"; value: string[] }
  | { kind: "scopes"; value: Scope[] }
  | { kind: "scope"; value: Scope }
  | { kind: "lambda"; argument: string; body: Node[] };

/** Something that can be asked about: a model, an application, a unit, a machine. */
export interface Scope {
  /** As messages call it, for example `UnitInfo`. */
  type: string;
  /** The names that are offered where a wrong one was used. */
  names: string[];
  /** Throws `NoIdentifier`. */
  get(name: string): Value;
}

export const text = (value: string): Value => ({ kind: "string", value });
export const integer = (value: number): Value => ({ kind: "integer", value });
export const bool = (value: boolean): Value => ({ kind: "bool", value });

/** Go's names of types. */
export const goType = (value: Value): string => {
  switch (value.kind) {
    case "string":
      return "string";
    case "integer":
      return "int64";
    case "float":
      return "float64";
    case "bool":
    case "raw":
      return "bool";
    case "map":
      return "map[string]interface {}";
    case "list":
      return "[]string";
    case "scopes":
      return "*waitfor.ScopedBox";
    case "scope":
      return `waitfor.${value.value.type.replace(/Info$/, "Scope")}`;
    case "lambda":
      return "*query.BoxLambda";
  }
};

const BOX: Partial<Record<Value["kind"], string>> = {
  string: "*query.BoxString",
  integer: "*query.BoxInteger",
  float: "*query.BoxFloat",
  bool: "*query.BoxBool",
  raw: "bool",
  scope: "*query.BoxNestedScope",
};

export const boxType = (value: Value): string => BOX[value.kind] ?? goType(value);

/** Is it as good as nothing? */
export const isZero = (value: Value): boolean => {
  switch (value.kind) {
    case "string":
      return value.value === "";
    case "integer":
    case "float":
      return value.value < 1;
    case "bool":
    case "raw":
      return !value.value;
    case "map":
      return Object.keys(value.value).length === 0;
    case "list":
    case "scopes":
      return value.value.length === 0;
    default:
      return false;
  }
};

export const positionOf = (node: Expression): string => `<:${node.at.line}:${node.at.column}>`;
