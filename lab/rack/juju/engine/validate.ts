import type { Action, Parameter } from "../../charms/types";

/** Checks an action's parameters as gojsonschema does; the text of the first fault. */

const typeOf = (value: unknown): string => {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (Array.isArray(value)) return "array";
  return typeof value;
};

const shownValue = (value: unknown): string => JSON.stringify(value);

const fault = (name: string, parameter: Parameter, value: unknown): string | undefined => {
  const type = typeOf(value);
  const fits = type === parameter.type || (parameter.type === "number" && type === "integer");
  if (!fits)
    return `(root).${name} : must be of type ${parameter.type}, given ${shownValue(value)}`;
  if (typeof value !== "number") return undefined;
  // Numbers out of range are shown as texts.
  const given = shownValue(String(value));
  if (parameter.minimum !== undefined && value < parameter.minimum)
    return `(root).${name} : must be greater than ${parameter.minimum}, given ${given}`;
  if (parameter.maximum !== undefined && value > parameter.maximum)
    return `(root).${name} : must be lower than ${parameter.maximum}, given ${given}`;
  return undefined;
};

export const parameterFault = (
  action: Action,
  given: Record<string, unknown>,
): string | undefined => {
  const missing = (action.required ?? []).find((name) => !(name in given));
  if (missing !== undefined)
    return `validation failed: (root) : "${missing}" property is missing and required, given ${JSON.stringify(given)}`;
  for (const [name, value] of Object.entries(given)) {
    const parameter = action.params?.[name];
    if (parameter === undefined && action.anyParameters === true) continue;
    if (parameter === undefined)
      return `validation failed: (root) : additional property "${name}" is not allowed, given ${JSON.stringify(given)}`;
    const wrong = fault(name, parameter, value);
    if (wrong !== undefined) return `validation failed: ${wrong}`;
  }
  return undefined;
};

export const withDefaults = (
  action: Action,
  given: Record<string, unknown>,
): Record<string, unknown> => {
  const defaults = Object.entries(action.params ?? {}).flatMap(([name, parameter]) =>
    parameter.default === undefined ? [] : [[name, parameter.default]],
  );
  return { ...(Object.fromEntries(defaults) as object), ...given };
};
