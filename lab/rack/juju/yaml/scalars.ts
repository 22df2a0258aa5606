import type { Scalar } from "./tree";

/** What a scalar means in YAML 1.1 as Juju's client resolves it (juju/yaml v2, resolve.go). */

const WORDS = new Map<string, boolean | number | null>(
  (
    [
      [true, "y Y yes Yes YES true True TRUE on On ON"],
      [false, "n N no No NO false False FALSE off Off OFF"],
      [null, "~ null Null NULL"],
      [NaN, ".nan .NaN .NAN"],
      [Infinity, ".inf .Inf .INF +.inf +.Inf +.INF"],
      [-Infinity, "-.inf -.Inf -.INF"],
    ] as const
  ).flatMap(([value, words]) => words.split(" ").map((word) => [word, value] as const)),
);

const INTEGERS: [RegExp, (digits: string) => number][] = [
  [/^(0|[1-9]\d*)$/, Number],
  [/^0o?([0-7]+)$/i, (digits) => parseInt(digits, 8)],
  [/^0x([0-9a-f]+)$/i, (digits) => parseInt(digits, 16)],
  [/^0b([01]+)$/i, (digits) => parseInt(digits, 2)],
];

const integer = (text: string): number | undefined => {
  const sign = text.startsWith("-") ? -1 : 1;
  const bare = text.replace(/^[-+]/, "");
  for (const [form, read] of INTEGERS) {
    const digits = form.exec(bare)?.[1];
    if (digits !== undefined) return sign * read(digits) + 0;
  }
  return undefined;
};

const FLOAT = /^[-+]?(0|[1-9]\d*)?(\.\d+)?([eE][-+]\d+)?$/;

const numeric = (text: string): number | undefined => {
  if (!/^[-+.\d]/.test(text)) return undefined;
  const plain = text.replaceAll("_", "");
  const whole = integer(plain);
  if (whole !== undefined) return whole;
  return FLOAT.test(plain) && /\d/.test(plain) ? Number(plain) : undefined;
};

/** A number with a point or an exponent: the only ones that are floats. */
const isFloat = (text: string): boolean => integer(text.replaceAll("_", "")) === undefined;

export const resolve = ({ text, plain, tag }: Scalar): string | number | boolean | null => {
  if (tag === "!!str" || (!plain && tag === "")) return text;
  if (text === "") return null;
  const word = WORDS.get(text);
  return word !== undefined ? word : (numeric(text) ?? text);
};

/** YAML's name of what a scalar is. */
export const tagOf = (node: Scalar): string => {
  if (node.tag !== "") return node.tag;
  const value = resolve(node);
  if (value === null) return "!!null";
  if (typeof value === "boolean") return "!!bool";
  if (typeof value === "string") return "!!str";
  return isFloat(node.text) ? "!!float" : "!!int";
};
