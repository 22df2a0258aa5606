import type { Call } from "../call";
import { JujuError } from "../errors";
import { mapIn } from "../yaml/read";

/** What the commands for clouds and credentials share: whom they are for, and the files that they read. */

const AMBIGUOUS =
  "This operation can be applied to both a copy on this client and to the one on a controller.\n";
const PIPED = `The command is piped and Juju cannot prompt to clarify whether the --client or a --controller is to be used.
Please clarify by re-running the command with the desired option(s).`;

/** Commands that could mean the client or a controller must say which; nobody can be asked here. */
export const target = (call: Call): "client" | "controller" => {
  if (call.flag("controller") !== undefined && !call.on("client")) return "controller";
  if (call.on("client")) return "client";
  call.err(AMBIGUOUS);
  throw new JujuError(PIPED);
};

/** Commands that only read ask the client and the current controller, unless the line says one of them. */
export const readers = (call: Call): { client: boolean; controller: string | undefined } => {
  const named = call.flag("controller") ?? "";
  if (call.on("client") || named !== "")
    return { client: call.on("client"), controller: named === "" ? undefined : named };
  return { client: true, controller: call.client.controllers()["current-controller"] };
};

export const readYaml = (call: Call, name: string, what: string): Record<string, unknown> => {
  const text = call.read(name);
  try {
    return mapIn(text);
  } catch (error) {
    if (error instanceof JujuError) throw new JujuError(`${what}: ${error.message}`);
    throw error;
  }
};

/** Clouds of a controller are looked at over its API. */

export const reach = (
  call: Call,
  how: (reason: string) => never,
  name = call.flag("controller") ?? "",
): void => {
  if (!(name in call.client.controllers().controllers)) how(`controller "${name}": not logged`);
  try {
    call.inController(() => undefined);
  } catch (error) {
    if (error instanceof JujuError) how(error.message);
    throw error;
  }
};

/** A place that cannot be asked is told of; what the others say is shown all the same. */
export const asked = <T>(call: Call, look: () => T): T | undefined => {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`ERROR ${error.message}\n`);
    return undefined;
  }
};
