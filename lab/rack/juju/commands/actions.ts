import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { charmOf, findApplication, needApplication } from "../engine/find";

/** An action's description and parameters, for people. */
export const showAction = async (call: Call): Promise<number> => {
  const [name = "", wanted = ""] = call.words;
  const action = call.inModel((model) => {
    const found = charmOf(needApplication(model, name)).actions?.[wanted];
    if (found === undefined) throw new JujuError(`unknown action "${wanted}"`);
    return found;
  });
  const { goYaml } = await import("../render/yaml");
  const parameters = Object.fromEntries(
    Object.entries(action.params ?? {}).map(([key, { type, description, default: fallback }]) => [
      key,
      { type, description, ...(fallback === undefined ? {} : { default: fallback }) },
    ]),
  );
  call.out(`${action.description}\n\nArguments\n${goYaml(parameters)}\n`);
  return 0;
};

export const actions = async (call: Call): Promise<number> => {
  const [name] = call.words;
  if (name === undefined) throw usage("no application name specified");
  const table = call.inModel((model) => {
    const application = findApplication(model, name);
    if (application === undefined) throw new JujuError(`application "${name}" not found`);
    return charmOf(application).actions ?? {};
  });
  const names = Object.keys(table).sort();
  if (call.on("schema"))
    return call.show(
      Object.fromEntries(
        names.map((each) => [
          each,
          {
            additionalProperties: false,
            description: table[each]?.description,
            properties: table[each]?.params ?? {},
            ...(table[each]?.required ? { required: table[each].required } : {}),
            title: each,
            type: "object",
          },
        ]),
      ),
    );
  if (call.format !== "")
    return call.show(Object.fromEntries(names.map((each) => [each, table[each]?.description])));
  const { table: columns } = await import("../render/tabular");
  call.out(
    columns([
      ["Action", "Description"],
      ...names.map((each) => [each, table[each]?.description ?? ""]),
    ]),
  );
  return 0;
};
