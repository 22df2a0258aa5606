import { createHash } from "node:crypto";
import type { Rack } from "../../core/rack";
import { JujuError } from "../errors";
import type { Controller, JujuUser, Model } from "../state";
import { OWNER, ownerOf } from "./find";

/** Who may use a controller and its models. */

const USER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9]$/;

export const isLocalName = (name: string): boolean => USER_NAME.test(name);
/** A name as it may be written: local, or with the domain of another identity provider. */
export const isUserName = (name: string): boolean =>
  name.split("@").length <= 2 && name.split("@").every(isLocalName);

export const hashOf = (password: string): string =>
  createHash("sha256").update(`juju:${password}`).digest("hex");

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The users whom the controller has not forgotten, the owner first, then by name. */
export const usersOf = (controller: Controller): JujuUser[] => {
  const owner: JujuUser = controller.users?.find((each) => each.name === OWNER) ?? {
    name: OWNER,
    displayName: OWNER,
    created: controller.created,
    seen: controller.created,
    access: "superuser",
    disabled: false,
    removed: false,
    password: hashOf(controller.password),
    secretKey: "",
  };
  const others = (controller.users ?? []).filter((each) => each.name !== OWNER && !each.removed);
  return [owner, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
};

export const findUser = (controller: Controller, name: string): JujuUser | undefined =>
  usersOf(controller).find((each) => same(each.name, name));

/** Keeps what was changed of a user. */
export const keepUser = (controller: Controller, user: JujuUser): void => {
  const others = (controller.users ?? []).filter((each) => !same(each.name, user.name));
  controller.users = [...others, user];
};

/** Like the real one, the API does not say whether it is the user or the right that is missing. */
export const needUser = (controller: Controller, name: string): JujuUser => {
  const user = findUser(controller, name.replace(/@local$/, ""));
  if (user === undefined) throw new JujuError("permission denied");
  return user;
};

export const addUser = (
  rack: Rack,
  controller: Controller,
  name: string,
  displayName: string,
): JujuUser => {
  if (!isLocalName(name)) throw new JujuError(`failed to create user: invalid user name "${name}"`);
  if (findUser(controller, name) !== undefined)
    throw new JujuError(`failed to create user: user ${name} already exists`);
  const user: JujuUser = {
    name,
    displayName,
    created: rack.now,
    seen: null,
    access: "login",
    disabled: false,
    removed: false,
    password: "",
    secretKey: rack.rng(`user:${name}:${rack.now}`).hex(64),
  };
  keepUser(controller, user);
  return user;
};

export const removeUser = (controller: Controller, name: string): void => {
  if (same(name, OWNER)) throw new JujuError(`cannot delete controller owner "${OWNER}"`);
  const gone = controller.users?.find((each) => same(each.name, name));
  const fail = (reason: string): never => {
    throw new JujuError(`failed to delete user "${name}": ${reason}`);
  };
  if (gone === undefined) return fail(`user "${name}" not found`);
  if (gone.removed) fail("the user has already been permanently deleted");
  keepUser(controller, { ...gone, removed: true, access: "", secretKey: "", password: "" });
  for (const model of controller.models) delete model.access?.[gone.name];
  for (const users of Object.values(controller.cloudAccess ?? {})) delete users[gone.name];
};

export const setDisabled = (controller: Controller, name: string, disabled: boolean): void => {
  const user = needUser(controller, name);
  if (disabled && user.name === OWNER)
    throw new JujuError("failed to disable user: cannot disable controller model owner");
  keepUser(controller, { ...user, disabled });
};

/** Voids the password; the key that the user registers with instead. */
export const resetPassword = (rack: Rack, controller: Controller, name: string): string => {
  const user = needUser(controller, name);
  if (user.disabled) throw new JujuError("user deactivated");
  const secretKey = rack.rng(`reset:${name}:${rack.now}`).hex(64);
  keepUser(controller, { ...user, secretKey, password: "" });
  return secretKey;
};

const LEVELS = {
  model: ["read", "write", "admin"],
  offer: ["read", "consume", "admin"],
  controller: ["login", "superuser"],
} as const;
type Kind = keyof typeof LEVELS;

const rank = (kind: Kind, level: string): number =>
  (LEVELS[kind] as readonly string[]).indexOf(level);

const noSuchUser = (name: string): string =>
  `user "${name}" does not exist locally: user "${name}" not found`;

/** What is kept of a grant: by user, the level. */
type Granted = Record<string, string>;

/** Gives a level that is higher than what the user has. */
const raise = (controller: Controller, kind: Kind, had: string, name: string, level: string) => {
  const local = !name.includes("@") || name.endsWith("@local");
  if (local && findUser(controller, name.replace(/@local$/, "")) === undefined)
    throw new JujuError(`could not grant ${kind} access: ${noSuchUser(name)}`);
  if (rank(kind, had) < rank(kind, level)) return level;
  const before = kind === "controller" ? "could not grant controller access: " : "";
  throw new JujuError(`${before}user already has "${level}" access or greater`);
};

/** Takes a level away: the one below it stays; below the lowest there is nothing. */
const lower = (kind: Kind, had: string, name: string, level: string): string => {
  const below = rank(kind, level) - 1;
  if (had === "" && below < 0)
    throw new JujuError(`could not revoke ${kind} access: ${kind} user "${name}" does not exist`);
  if (had === "")
    throw new JujuError(
      `could not look up ${kind} access for user: ${kind} user "${name}" not found`,
    );
  return below < 0 ? "" : (LEVELS[kind][below] ?? "");
};

export const changeControllerAccess = (
  controller: Controller,
  name: string,
  level: string,
  grants: boolean,
): void => {
  if (rank("controller", level) < 0) throw new JujuError(`"${level}" controller access not valid`);
  const user = findUser(controller, name);
  const had = user?.access ?? "";
  const access = grants
    ? raise(controller, "controller", had, name, level)
    : lower("controller", had, name, level);
  if (user !== undefined) keepUser(controller, { ...user, access: access as JujuUser["access"] });
};

/** Grants or revokes a level on a model or an offer; gives what is kept then. */
export const changeAccess = (
  controller: Controller,
  kind: "model" | "offer",
  granted: Granted,
  change: { name: string; level: string; grants: boolean },
): Granted => {
  const { name, level, grants } = change;
  const had = name === OWNER ? "admin" : (granted[name] ?? "");
  const now = grants ? raise(controller, kind, had, name, level) : lower(kind, had, name, level);
  const left = { ...granted };
  delete left[name];
  return now === "" ? left : { ...left, [name]: now };
};

/** Whom a model was given to, and what they may do in it. */
export const grantedOn = (model: Model): Granted => ({
  ...model.access,
  [ownerOf(model)]: "admin",
});

/** What a user may do in a model; empty: not even see it. */
export const modelAccess = (controller: Controller, model: Model, name: string): string => {
  const user = findUser(controller, name);
  if (user === undefined || user.disabled) return "";
  return user.access === "superuser" ? "admin" : (grantedOn(model)[user.name] ?? "");
};
