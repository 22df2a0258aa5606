/** YAML as Go's yaml package writes it: its quotes, its order, its folds after column 80. */

const WIDTH = 80;

const NUMBER = /^[-+]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][-+]?\d+)?$|^0x[\da-fA-F]+$|^0o?[0-7]+$/;
const WORD = /^(y|n|yes|no|on|off|true|false|null|~)$/i;
const TIME = /^\d{4}-\d\d-\d\d/;

/** Would the text be read as something else than a text? */
const looksTyped = (text: string): boolean =>
  text === "" || NUMBER.test(text) || WORD.test(text) || TIME.test(text);

const needsQuotes = (text: string): boolean =>
  /^[-?:,[\]{}#&*!|>'"%@`\s]/.test(text) || /: |:$| #|\s$/.test(text);

/** Breaks at the first blank behind column 80; continued lines are one step deeper. */
const folded = (text: string, column: number, depth: number): string => {
  let result = "";
  let at = column;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    const blank = character === " " && text[index - 1] !== " " && text[index + 1] !== " ";
    if (blank && at > WIDTH && index > 0 && index < text.length - 1) {
      result += `\n${"  ".repeat(depth)}`;
      at = 2 * depth;
    } else {
      result += character;
      at++;
    }
  }
  return result;
};

const scalar = (value: unknown, column: number, depth: number): string => {
  if (typeof value !== "string") return String(value);
  if (value.includes("\n")) {
    const indent = "  ".repeat(depth);
    const body = value.replace(/\n$/, "").split("\n");
    return `|${value.endsWith("\n") ? "" : "-"}\n${body.map((line) => indent + line).join("\n")}`;
  }
  if (looksTyped(value)) return JSON.stringify(value);
  if (!needsQuotes(value)) return folded(value, column, depth);
  return `'${folded(value.replaceAll("'", "''"), column + 1, depth)}'`;
};

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown): boolean =>
  (isMap(value) && Object.keys(value).length === 0) || (Array.isArray(value) && value.length === 0);

const lines = (value: unknown, depth: number): string[] => {
  const indent = "  ".repeat(depth);
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      if ((!isMap(item) && !Array.isArray(item)) || isEmpty(item))
        return [`${indent}- ${inline(item, 2 * depth + 2, depth)}`];
      const [first = "", ...rest] = lines(item, depth + 1);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(value as Record<string, unknown>)
    .filter(([, each]) => each !== undefined)
    .flatMap(([key, each]) => {
      const name = scalar(key, 0, 0);
      if (isEmpty(each) || (!isMap(each) && !Array.isArray(each)))
        return [`${indent}${name}: ${inline(each, indent.length + name.length + 2, depth + 1)}`];
      return [`${indent}${name}:`, ...lines(each, isMap(each) ? depth + 1 : depth)];
    });
};

const inline = (value: unknown, column: number, depth: number): string => {
  if (Array.isArray(value)) return "[]";
  if (isMap(value)) return "{}";
  return value === null ? "null" : scalar(value, column, depth);
};

export const goYaml = (value: unknown): string => {
  if (isEmpty(value)) return Array.isArray(value) ? "[]\n" : "{}\n";
  if (!isMap(value) && !Array.isArray(value)) return `${scalar(value, 0, 0)}\n`;
  return `${lines(value, 0).join("\n")}\n`;
};
