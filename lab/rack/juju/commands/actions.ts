import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { charmOf, findApplication } from "../engine/find";

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
