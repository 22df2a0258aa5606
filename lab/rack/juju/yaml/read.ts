import { JujuError } from "../errors";
import { decode } from "./decode";
import { type Node, readTree } from "./tree";

/** YAML as Juju's client reads it, refused in the words of its parser. */

/** Go's parser counts the line that was begun, js-yaml the one where it ended. */
const faultOf = (error: unknown): string => {
  const ended = error instanceof Error ? /\((\d+):\d+\)/.exec(error.message)?.[1] : undefined;
  const line = Math.max(1, Number(ended ?? 1) - 1);
  return `yaml: line ${line}: did not find expected node content`;
};

/** The documents of a text. */
export const documentsIn = (text: string): Node[] => {
  try {
    return readTree(text);
  } catch (error) {
    throw new JujuError(faultOf(error));
  }
};

/** What a text says; nothing is null. */
export const valueIn = (text: string): unknown => {
  const [first] = documentsIn(text);
  return first === undefined ? null : decode("any", first).value;
};

/** The map that a text says; empty where it says nothing. */
export const mapIn = (text: string): Record<string, unknown> => {
  const [first] = documentsIn(text);
  if (first === undefined) return {};
  const { value, troubles } = decode({ map: "any" }, first);
  const wrong = troubles.filter((each) => each.wrong).map((each) => `\n  ${each.text}`);
  if (wrong.length > 0) throw new JujuError(`yaml: unmarshal errors:${wrong.join("")}`);
  return (value ?? {}) as Record<string, unknown>;
};
