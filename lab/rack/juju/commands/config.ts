import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import type { Rack } from "../../core/rack";
import { optionValue } from "../engine/charms";
import { charmOf, needApplication, optionOf } from "../engine/find";
import { configChanged } from "../engine/hooks";
import type { Application } from "../state";
import { mapIn } from "../yaml/read";

/** `juju config`: an application's options, with their types and sources. */

const applyOptions = (
  rack: Rack,
  application: Application,
  given: Record<string, unknown>,
): void => {
  const charm = charmOf(application);
  const values = Object.entries(given).map(([key, value]): [string, string | number | boolean] => {
    if (key === "trust") return [key, String(value)];
    return [key, optionValue(key, charm.config[key], value)];
  });
  let changed = false;
  for (const [key, value] of values) {
    if (key === "trust") application.trust = value === "true";
    else if (optionOf(application, key) !== value) {
      application.options[key] = value;
      changed = true;
    }
  }
  if (changed) configChanged(rack, application);
};

const settingsOf = (application: Application): Record<string, unknown> => {
  const { config } = charmOf(application);
  return Object.fromEntries(
    Object.keys(config)
      .sort()
      .map((key) => {
        const option = config[key]!;
        const own = application.options[key];
        const isDefault = own === undefined || own === option.default;
        const value = own ?? option.default;
        return [
          key,
          {
            ...(option.default === undefined ? {} : { default: option.default }),
            description: option.description,
            source: isDefault ? (option.default === undefined ? "unset" : "default") : "user",
            type: option.type,
            ...(value === undefined ? {} : { value }),
          },
        ];
      }),
  );
};

const fromFile = (call: Call, file: string, name: string): Record<string, unknown> => {
  if (!call.profile.bundleOptions) throw new JujuError("config yaml not supported not implemented");
  const text = file === "-" ? call.io.stdin() : call.read(file);
  const content = mapIn(text);
  const own = content[name];
  if (typeof own === "object" && own !== null) return own as Record<string, unknown>;
  throw new JujuError(`no settings found for "${name}"`);
};

export const config = async (call: Call): Promise<number> => {
  const [name, ...rest] = call.words;
  if (name === undefined) throw usage("no application name specified");
  const wrong = rest.find((word) => word.startsWith("="));
  if (wrong !== undefined) throw usage(`expected "key=value", got "${wrong}"`);
  const sets = rest.filter((word) => word.includes("="));
  const gets = rest.filter((word) => !word.includes("="));
  if (sets.length > 0 && gets.length > 0)
    throw usage("cannot get value and set key=value pairs simultaneously");
  if (gets.length > 1) throw usage("can only retrieve a single value, or all values");
  const resets = call.all("reset").flatMap((value) => value.split(","));
  const file = call.flag("file");
  if (sets.length > 0 || resets.length > 0 || file !== undefined) {
    call.inModel((model, rack) => {
      const application = needApplication(model, name);
      const given: Record<string, unknown> = file === undefined ? {} : fromFile(call, file, name);
      for (const word of sets) {
        const at = word.indexOf("=");
        const raw = word.slice(at + 1);
        given[word.slice(0, at)] = raw.startsWith("@") ? call.read(raw.slice(1)) : raw;
      }
      const had = resets.filter((key) => key in application.options);
      for (const key of had) delete application.options[key];
      if (had.length > 0) configChanged(rack, application);
      try {
        applyOptions(rack, application, given);
      } catch (error) {
        if (error instanceof JujuError && error.message.startsWith("unknown option"))
          throw new JujuError(`invalid application config: ${error.message}`);
        throw error;
      }
    });
    return 0;
  }
  const shown = call.inModel((model) => {
    const application = needApplication(model, name);
    return {
      application: name,
      "application-config": {
        trust: {
          default: false,
          description: "Does this application have access to trusted credentials",
          source: application.trust ? "user" : "default",
          type: "bool",
          value: application.trust,
        },
      },
      charm: application.charm,
      settings: settingsOf(application),
    };
  });
  const [key] = gets;
  if (key !== undefined) {
    const all = { ...shown["application-config"], ...shown.settings } as Record<
      string,
      { value?: string | number | boolean }
    >;
    const found = all[key];
    if (found === undefined)
      throw new JujuError(
        `key "${key}" not found in "${name}" application config or charm settings.`,
      );
    if (call.format === "json") call.json(found.value ?? null);
    else call.out(`${found.value === undefined ? "" : String(found.value)}\n`);
    return 0;
  }
  return call.show(shown);
};
