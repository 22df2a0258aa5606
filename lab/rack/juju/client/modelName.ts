import { OWNER } from "../engine/find";
import { isModel, isUser, quoted } from "../grammar/checks/names";
import { JujuError } from "../errors";
import type { Words } from "../words";
import type { ClientStore } from "./store";

/**
 * What the client makes of a model's name before it asks the controller. Commands differ in when they look: some with
 * their arguments (exit status 2), others when they connect (exit status 1). Source: juju:src/cmd/modelcmd [3.6, 4.1].
 */

/** A model that the client has not heard of: it asks the controller for its models first. */
export const REFRESHING = "refreshing models: ";

/** The user that the client is logged in as. */
const userOf = (client: ClientStore, controller: string): string =>
  client.accounts().controllers[controller]?.user ?? OWNER;

/** The name with its owner: a bare one is of the user's own model. */
export const qualify = (client: ClientStore, controller: string, name: string): string =>
  name.includes("/") ? name : `${userOf(client, controller)}/${name}`;

/** The name as the user reads it: without an owner where that is the user. */
export const shorten = (client: ClientStore, controller: string, qualified: string): string => {
  const own = `${userOf(client, controller)}/`;
  return qualified.startsWith(own) ? qualified.slice(own.length) : qualified;
};

export interface WrongName {
  /** Why this is no model's name. */
  reason: string;
  /** The same as most commands tell it. */
  message: string;
}

export interface NamedModel {
  /** As it was given, or the current model's. */
  given: string;
  /** With its owner. */
  qualified: string;
  /** Does the client know it? Else the models are asked for first. */
  known: boolean;
  wrong?: WrongName;
}

const judge = (qualified: string, words: Words): WrongName | undefined => {
  const slash = qualified.indexOf("/");
  const owner = qualified.slice(0, slash);
  if (!isUser(owner)) {
    const reason = `${words.modelOwner} ${quoted(owner)} not valid`;
    return { reason, message: `${words.namingModel} ${quoted(qualified)}: ${reason}` };
  }
  if (isModel(qualified.slice(slash + 1))) return undefined;
  const reason = `model name ${quoted(qualified)} not valid`;
  return { reason, message: reason };
};

const NO_MODEL = `No selected model.\n\nUse "juju switch" to select a model or "juju add-model" to create one.\n`;

/** A prefix of an UUID counts from this many characters on. */
const SHORTEST_UUID = 6;

/** The model that `given` (without its controller) stands for. */
export const nameModel = (
  client: ClientStore,
  controller: string,
  given: string,
  words: Words,
): NamedModel => {
  const there = client.models().controllers[controller];
  const name = given === "" ? there?.["current-model"] : given;
  if (name === undefined) throw new JujuError(NO_MODEL);
  const qualified = qualify(client, controller, name);
  const wrong = judge(qualified, words);
  if (wrong !== undefined) return { given: name, qualified, known: false, wrong };
  const models = there?.models ?? {};
  if (qualified in models) return { given: name, qualified, known: true };
  const byUuid =
    name.length < SHORTEST_UUID
      ? undefined
      : Object.entries(models).find(([, { uuid }]) => uuid.startsWith(name));
  return byUuid === undefined
    ? { given: name, qualified, known: false }
    : { given: name, qualified: byUuid[0], known: true };
};

/** The words for a model that the controller does not have either. */
export const notFound = (controller: string, { given, qualified }: NamedModel): string =>
  `model ${controller}:${given.length < SHORTEST_UUID ? qualified : given} not found`;
