import type { Call } from "../call";
import { usage } from "../errors";
import { notFound } from "./modelName";

/**
 * Commands that are for models of machines only (or of Kubernetes only) look up the model's type before they look at
 * their words. Source: IAASOnlyCommand and CAASOnlyCommand in juju:src/cmd [3.6, 4.1].
 */
const FOR_ONE_TYPE = new Set([
  "add-machine",
  "add-space",
  "add-ssh-key",
  "add-storage",
  "attach-storage",
  "detach-storage",
  "firewall-rules",
  "import-ssh-key",
  "machines",
  "move-to-space",
  "remove-machine",
  "remove-space",
  "remove-ssh-key",
  "rename-space",
  "reprovision-machine",
  "retry-provisioning",
  "scale-application",
  "set-firewall-rule",
  "show-machine",
  "ssh-keys",
]);

/** Up to 4.0. */
const SPACES = new Set(["reload-spaces", "show-space", "spaces", "subnets"]);

const FOR_ONE_TYPE_IN_3 = new Set([
  ...["set-application-base", "sync-agent-binary", "upgrade-machine"],
]);

/** Commands of a model that ask its controller something before they look for the model. */
const CONTROLLER_FIRST = new Set(["consume", "find-offers", "offer", "offers", "users"]);

export const asksControllerFirst = (call: Call): boolean => CONTROLLER_FIRST.has(call.command);

export const looksAtModelFirst = (call: Call): boolean =>
  FOR_ONE_TYPE.has(call.command) ||
  (call.profile.spacesOfMachines && SPACES.has(call.command)) ||
  (call.profile.major === 3 && FOR_ONE_TYPE_IN_3.has(call.command));

/** Refuses a name that no model can have, where the command looks at its model first. */
export const checkModelFirst = (call: Call): void => {
  if (!looksAtModelFirst(call)) return;
  const { wrong } = call.namedModel(call.controllerName(2));
  if (wrong !== undefined) throw usage(wrong.reason);
};

const check = (call: Call, known: boolean): boolean => {
  const controller = call.controllerName(2);
  const named = call.namedModel(controller);
  if (named.wrong !== undefined) throw usage(named.wrong.message);
  if (known && !named.known) throw usage(notFound(controller, named));
  return named.known;
};

/** Refuses a name that no model can have; tells whether the client knows the model, and so its type. */
export const checkModel = (call: Call): boolean => check(call, false);

/** Refuses a model that the client does not know. */
export const checkKnownModel = (call: Call): void => void check(call, true);
