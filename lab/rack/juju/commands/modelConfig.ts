import type { Call } from "../call";
import { JujuError } from "../errors";
import { constraintError, formatConstraints } from "../engine/constraints";
import { constraintsDocument } from "../render/constraints";
import { table } from "../render/tabular";
import type { Model } from "../state";
import { DEFAULTS } from "./modelDefaults";
import { mapIn } from "../yaml/read";

/** A model's settings and constraints. */

export const pairs = (values: string[]): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const value of values) {
    const at = value.indexOf("=");
    if (at <= 0) throw new JujuError(`expected key=value, got "${value}"`);
    result[value.slice(0, at)] = value.slice(at + 1);
  }
  return result;
};

/** A model's setting as its own type. */
export const typed = (key: string, text: string): string | number | boolean => {
  const fallback = DEFAULTS[key];
  if (typeof fallback === "boolean") {
    if (!/^(true|false)$/i.test(text))
      throw new JujuError(`${key}: expected bool, got string("${text}")`);
    return text.toLowerCase() === "true";
  }
  if (typeof fallback === "number") {
    if (!/^-?\d+$/.test(text))
      throw new JujuError(`${key}: expected number, got string("${text}")`);
    return Number(text);
  }
  return text;
};

/** Settings of the version, with their defaults. */
export const defaultsOf = (call: Call): Record<string, string | number | boolean | object> => {
  if (call.profile.major === 3) return DEFAULTS;
  const settings: Record<string, string | number | boolean | object> = { ...DEFAULTS };
  delete settings["default-series"];
  return { ...settings, "resource-tags": {} };
};

/** Settings that Juju 4 writes into every model. */
const WRITTEN = new Set(["agent-stream", "logging-config", "resource-tags"]);

const sourceOf = (call: Call, model: Model, key: string): string => {
  if (key in model.config || key === "agent-version") return "model";
  if (key in (model.inherited ?? {})) return "controller";
  return call.profile.major === 4 && WRITTEN.has(key) ? "model" : "default";
};

/** A file of settings; `-` is standard input. */
const settingsIn = (call: Call, file: string): Record<string, string> => {
  const text = file === "-" ? call.io.stdin() : call.read(file);
  const content = mapIn(text);
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, String(value)]));
};

export const modelConfig = (call: Call): number => {
  const sets = call.words.filter((word) => word.includes("="));
  const gets = call.words.filter((word) => !word.includes("="));
  const resets = call.all("reset").flatMap((value) => value.split(","));
  const file = call.flag("file");
  if (sets.length > 0 || resets.length > 0 || file !== undefined) {
    const warnings = call.inModel((model) => {
      for (const key of resets) delete model.config[key];
      const unknown: string[] = [];
      const given = { ...(file === undefined ? {} : settingsIn(call, file)), ...pairs(sets) };
      for (const [key, value] of Object.entries(given)) {
        if (key === "agent-version")
          throw new JujuError('"agent-version" must be set via "upgrade-model"');
        if (!(key in DEFAULTS)) unknown.push(key);
        model.config[key] = typed(key, value);
      }
      return unknown;
    });
    for (const key of warnings)
      call.err(
        `WARNING key "${key}" is not defined in the current model configuration: possible misspelling\n`,
      );
    return 0;
  }
  const { values, name } = call.inModel((model, _rack, controller) => ({
    name: model.name,
    values: Object.fromEntries(
      Object.entries({
        ...defaultsOf(call),
        ...model.inherited,
        ...model.config,
        "agent-version": controller.agentVersion,
      })
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, Value]) => [key, { Value, Source: sourceOf(call, model, key) }]),
    ),
  }));
  const [key] = gets;
  if (key !== undefined) {
    const found = values[key];
    if (found === undefined)
      throw new JujuError(`"${key}" is not a key of the currently targeted model: "${name}"`);
    const text =
      typeof found.Value === "boolean" ? (found.Value ? "True" : "False") : String(found.Value);
    if (call.format === "json") call.json({ [key]: found });
    else call.out(`${text}\n`);
    return 0;
  }
  if (call.format === "json") call.json(values);
  else {
    const rows = Object.entries(values).map(([each, { Value, Source }]) => [
      each,
      Source,
      String(Value),
    ]);
    call.out(table([["Attribute", "From", "Value"], ...rows]));
  }
  return 0;
};

export const modelConstraints = (call: Call): number => {
  const text = call.inModel((model) => model.constraints);
  if (call.format === "json") call.json(constraintsDocument(text));
  else call.out(text === "" ? "" : `${formatConstraints(text)}\n`);
  return 0;
};

export const setModelConstraints = (call: Call): number => {
  const text = call.words.join(" ");
  const problem = constraintError(text);
  if (problem !== undefined) throw new JujuError(problem);
  call.inModel((model) => void (model.constraints = formatConstraints(text)));
  return 0;
};
