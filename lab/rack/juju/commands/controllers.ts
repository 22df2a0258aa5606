import type { Call } from "../call";
import { JujuError, usage } from "../errors";

/** The controller that the call is about. */
export const named = (call: Call): string => {
  const [name] = call.words;
  if (name === undefined) throw usage("no controller specified");
  call.noMoreWords(1);
  if (!(name in call.client.controllers().controllers))
    throw new JujuError(`controller ${name} not found`);
  return name;
};

export const unregister = (call: Call): number => {
  const name = named(call);
  if (!call.on("no-prompt"))
    call.err(
      `This command will remove connection information for controller "${name}".\nThe controller will not be destroyed but you must register it again\nif you want to access it.\n\nTo continue, enter the name of the controller to be unregistered: `,
    );
  if (!call.on("no-prompt") && call.io.stdin().trim() !== name)
    throw new JujuError("unregistering controller: aborted");
  call.client.forgetController(name);
  return 0;
};
