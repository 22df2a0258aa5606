import type { Call } from "../call";
import { JujuError } from "../errors";
import { reach, readers } from "./clientFiles";
import { isCredential } from "./credentials";
import { fromClient } from "./updateCredential";

type Shown = Record<string, Record<string, { content: object }>>;

const onClient = (call: Call, cloud: string, name: string): Shown => {
  try {
    const found = Object.entries(fromClient(call, cloud, name)).map(([where, entries]) => [
      where,
      Object.fromEntries(
        Object.entries(entries).flatMap(([each, content]) =>
          isCredential(content) ? [[each, { content }]] : [],
        ),
      ),
    ]);
    return Object.fromEntries(found) as Shown;
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`ERROR client credential content lookup failed: ${error.message}\n`);
    return {};
  }
};

/** A controller shows what it was given; the rack keeps that on the client alone. */
const onController = (call: Call, controller: string): void => {
  const told = (reason: string): never => {
    throw new JujuError(`opening API connection: ${reason}`);
  };
  try {
    reach(call, told, controller);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`ERROR credential content lookup on the controller failed: ${error.message}\n`);
  }
};

/** `juju show-credential`: of the client and the current controller, or of one of them. */
export const showCredential = async (call: Call): Promise<number> => {
  const [cloud = "", name = ""] = call.words;
  const { client, controller } = readers(call);
  const shown = client ? onClient(call, cloud, name) : {};
  if (controller !== undefined) onController(call, controller);
  if (Object.keys(shown).length > 0) return call.show({ "client-credentials": shown });
  call.err("No credentials from this client or from a controller to display.\n");
  return 0;
};
