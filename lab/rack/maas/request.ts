import type { Rack } from "../core/rack";
import { invalid, MaasError } from "./errors";
import type { User } from "./state";

/** Parameters of a request: every name with all its values, in the order they came in. */
export class Params {
  constructor(
    readonly values: Map<string, string[]>,
    readonly files: Map<string, Buffer> = new Map(),
  ) {}

  get(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }

  text(name: string): string {
    return this.get(name) ?? "";
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** All values of a repeated parameter; a single value with commas counts as several. */
  list(name: string): string[] {
    const values = this.values.get(name) ?? [];
    return values.length === 1
      ? (values[0] ?? "").split(",").filter((value) => value !== "")
      : values;
  }

  flag(name: string, fallback = false): boolean {
    const value = this.get(name);
    if (value === undefined || value === "") return fallback;
    return !["false", "0", "no", "off", "none"].includes(value.toLowerCase());
  }

  required(name: string): string {
    const value = this.get(name);
    if (value === undefined || value === "") throw invalid({ [name]: ["This field is required."] });
    return value;
  }

  /** What an operation cannot do without, where no form looks at it: it may be empty. */
  needed(name: string): string {
    const value = this.get(name);
    if (value === undefined) throw new MaasError(400, `No provided ${name}!`);
    return value;
  }

  /** Only these, each with one value. */
  static of(values: Record<string, string>): Params {
    return new Params(new Map(Object.entries(values).map(([name, value]) => [name, [value]])));
  }

  /** The given names as an object, for fields that are kept as they came. */
  all(): Record<string, string> {
    return Object.fromEntries(
      [...this.values].map(([name, values]) => [name, values.at(-1) ?? ""]),
    );
  }
}

/** One request that was understood: who wants what with which parameters. */
export interface Call {
  rack: Rack;
  user: User;
  /** Values of the path's placeholders. */
  path: Record<string, string>;
  params: Params;
}

/** JSON with status 201; most of what is made is answered with 200. */
export class Made {
  constructor(readonly value: object) {}
}

/** What an operation answers: a value becomes JSON, a `Text` is sent as it is, `EMPTY` is 204, `CREATED` 201. */
export class Text {
  constructor(
    readonly text: string | Buffer,
    readonly type = "text/plain; charset=utf-8",
  ) {}
}

export const EMPTY = Symbol("204");
export const CREATED = Symbol("201");

export type Answer =
  object | string | number | boolean | null | Text | Made | typeof EMPTY | typeof CREATED;

export type Operation = (call: Call) => Answer;

/** Operations by action, for one handler of the table. */
export type Handler = Record<string, Operation>;

export const path = (call: Call, name: string): string => call.path[name] ?? "";
