import { resolve, tagOf } from "./scalars";
import type { Node, Scalar } from "./tree";

/**
 * Nodes into values of given shapes, as Go's decoder does it: a scalar is a text for whoever wants one, nothing is the
 * empty value, and what has the wrong kind is told with its line and left out.
 */

export type Shape =
  | "string"
  | "int"
  | "bool"
  | "any"
  | { list: Shape }
  | { map: Shape }
  /** `go` is the type's name in messages; a `whole` one is never nothing. */
  | { fields: Record<string, Shape>; go: string; whole?: true };

export interface Trouble {
  text: string;
  /** Of the wrong kind, and so lost; else only surplus, which does no harm. */
  wrong: boolean;
}

const NONE = Symbol("none");

const typeName = (shape: Shape): string => {
  if (shape === "any") return "interface {}";
  if (typeof shape === "string") return shape;
  if ("list" in shape) return `[]${typeName(shape.list)}`;
  if ("map" in shape) return `map[string]${typeName(shape.map)}`;
  return `${shape.whole === true ? "" : "*"}charm.${shape.go}`;
};

/** What stands for nothing. Lists, maps and pointers can be told from empty ones. */
const nothing = (shape: Shape): unknown => {
  if (shape === "string") return "";
  if (shape === "int") return 0;
  if (shape === "bool") return false;
  return typeof shape === "object" && "fields" in shape && shape.whole === true ? {} : null;
};

/** How clients call the types whose fields a person writes. */
const SAID: Record<string, string> = {
  ApplicationSpec: "applications",
  MachineSpec: "machines",
  SaasSpec: "saas",
};

class Decoder {
  readonly troubles: Trouble[] = [];

  decode(shape: Shape, node: Node): unknown {
    if (node.kind === "scalar") return this.scalar(shape, node);
    if (shape === "any") return this.free(node);
    if (typeof shape === "string") return this.refuse(shape, node);
    if (node.kind === "list")
      return "list" in shape ? this.list(shape.list, node.items) : this.refuse(shape, node);
    if ("map" in shape) return this.map(shape.map, node.entries);
    return "fields" in shape ? this.fields(shape, node.entries) : this.refuse(shape, node);
  }

  private scalar(shape: Shape, node: Scalar): unknown {
    const value = resolve(node);
    if (value === null) return nothing(shape);
    if (shape === "any") return value;
    if (shape === "string") return node.text;
    if (shape === "bool" && typeof value === "boolean") return value;
    if (shape === "int" && typeof value === "number") return Math.trunc(value);
    return this.refuse(shape, node);
  }

  private refuse(shape: Shape, node: Node): typeof NONE {
    const shown =
      node.kind === "scalar"
        ? `${tagOf(node)} \`${node.text.length > 10 ? `${node.text.slice(0, 7)}...` : node.text}\``
        : node.kind === "list"
          ? "!!seq"
          : "!!map";
    const into = typeName(shape).replace(/^\*/, "");
    this.trouble(node, `cannot unmarshal ${shown} into ${into}`, true);
    return NONE;
  }

  private trouble(node: Node, text: string, wrong: boolean): void {
    this.troubles.push({ text: `line ${node.line}: ${text}`, wrong });
  }

  private list(shape: Shape, items: Node[]): unknown[] {
    return items.map((item) => this.decode(shape, item)).filter((value) => value !== NONE);
  }

  private map(shape: Shape, entries: [Node, Node][]): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [key, node] of entries) {
      const name = this.decode("string", key);
      if (typeof name !== "string") continue;
      const value = this.decode(shape, node);
      if (value === NONE) continue;
      if (Object.hasOwn(result, name))
        this.trouble(node, `key ${JSON.stringify(name)} already set in map`, false);
      result[name] = value;
    }
    return result;
  }

  private fields(
    { fields, go }: Extract<Shape, { fields: unknown }>,
    entries: [Node, Node][],
  ): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const of = SAID[go] ?? `type charm.${go}`;
    const seen = new Set<string>();
    for (const [key, node] of entries) {
      const name = this.decode("string", key);
      if (typeof name !== "string") continue;
      const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (shape === undefined) {
        this.trouble(key, `field ${name} not found in ${of}`, false);
        continue;
      }
      if (seen.has(name)) this.trouble(key, `field ${name} already set in ${of}`, false);
      seen.add(name);
      const value = this.decode(shape, node);
      result[name] = value === NONE ? nothing(shape) : value;
    }
    return result;
  }

  private free(node: Node): unknown {
    if (node.kind === "scalar") return resolve(node);
    if (node.kind === "list") return node.items.map((item) => this.free(item));
    const text = (key: Node): string => String(this.free(key));
    return Object.fromEntries(node.entries.map(([key, value]) => [text(key), this.free(value)]));
  }
}

/** A node's value, with the fields that were written and no others, and what was wrong with it. */
export const decode = (shape: Shape, node: Node): { value: unknown; troubles: Trouble[] } => {
  const decoder = new Decoder();
  const value = decoder.decode(shape, node);
  return { value: value === NONE ? nothing(shape) : value, troubles: decoder.troubles };
};
