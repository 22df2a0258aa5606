import type { Rack } from "../../core/rack";
import { OWNER, qualifiedName } from "../engine/find";
import { findUser, hashOf, keepUser, modelAccess } from "../engine/users";
import type { Call } from "../call";
import { JujuError } from "../errors";
import type { Controller, JujuUser, Model } from "../state";

/** As whom a client is logged in to a controller, and what that user may do there. */

/** A login by password is remembered for a day (virtual milliseconds). */
const REMEMBERED = 24 * 3_600_000;

interface Cookie {
  Name: string;
  Value: string;
  Expires: string;
}

const cookieFile = (controller: string): string => `cookies/${controller}.json`;

export const rememberLogin = (call: Call, rack: Rack, controller: string, user: string): void => {
  const cookie: Cookie = {
    Name: `macaroon-${rack.rng(`cookie:${controller}:${user}:${rack.now}`).hex(64)}`,
    Value: Buffer.from(user).toString("base64"),
    Expires: new Date(rack.now + REMEMBERED).toISOString(),
  };
  call.client.writeText(cookieFile(controller), `${JSON.stringify([cookie])}\n`);
};

export const forgetLogin = (call: Call, controller: string): void =>
  call.client.remove(cookieFile(controller));

const remembered = (call: Call, rack: Rack, controller: string, user: string): boolean => {
  const cookies = call.client.read<Cookie[]>(cookieFile(controller), []);
  const value = Buffer.from(user).toString("base64");
  return cookies.some((each) => each.Value === value && Date.parse(each.Expires) > rack.now);
};

export const BAD_CREDENTIALS = "invalid entity name or password";

/** The user with this password; undefined where there is none that may log in. */
export const authenticate = (
  controller: Controller,
  name: string,
  password: string,
): JujuUser | undefined => {
  const user = findUser(controller, name);
  if (user === undefined || user.disabled || user.access === "") return undefined;
  return user.password === hashOf(password) ? user : undefined;
};

/** Asks for the password of an account that has none on this client. */
const ask = (call: Call, rack: Rack, name: string, controller: Controller, user: string) => {
  call.err(`please enter password for ${user} on ${name}: `);
  const line = call.line();
  call.err("\n");
  if (line === undefined)
    throw new JujuError(
      `cannot get discharge from "https://${controller.endpoint}/auth": cannot start interactive session: EOF`,
    );
  const found = authenticate(controller, user, line);
  if (found !== undefined) rememberLogin(call, rack, name, user);
  return found;
};

/** The user whose password or login of today the client has; undefined where it has none that is good. */
export const knownLogin = (
  call: Call,
  rack: Rack,
  name: string,
  controller: Controller,
): JujuUser | undefined => {
  const account = call.client.accounts().controllers[name];
  if (account === undefined) return undefined;
  if (account.password !== undefined)
    return authenticate(controller, account.user, account.password);
  const user = remembered(call, rack, name, account.user)
    ? findUser(controller, account.user)
    : undefined;
  return user?.disabled === true ? undefined : user;
};

/** Who calls; throws in the words of a login that fails. */
export const signIn = (call: Call, rack: Rack, name: string, controller: Controller): JujuUser => {
  const account = call.client.accounts().controllers[name];
  if (account === undefined)
    throw new JujuError("no credentials provided (no credentials provided)");
  const asks = account.password === undefined && !remembered(call, rack, name, account.user);
  const user = asks
    ? ask(call, rack, name, controller, account.user)
    : knownLogin(call, rack, name, controller);
  if (user === undefined) throw new JujuError(`${BAD_CREDENTIALS} (unauthorized access)`);
  // A controller with one user need not write down each of its visits.
  if (controller.users !== undefined) keepUser(controller, { ...user, seen: rack.now });
  return user;
};

export const DENIED = "permission denied (unauthorized access)";

const READS =
  /^(status|machines|models|actions|operations|offers|secrets|spaces|subnets|storage.*|resources|wait-for|constraints|model-constraints|ssh-keys|debug-log|disabled-commands|show-.*|find-offers)$/;
const ADMINISTERS =
  /^(destroy-model|grant|revoke|disable-command|enable-command|offer|ssh|scp|exec)$/;

/** Throws where the user's level in the model is not enough for the command. */
export const checkAccess = (
  call: Call,
  controller: Controller,
  model: Model,
  user: string,
): void => {
  if (user === OWNER) return;
  const level = modelAccess(controller, model, user);
  if (level === "")
    throw new JujuError(`model ${controller.name}:${qualifiedName(model)} not found`);
  if (level === "admin" || READS.test(call.command)) return;
  if (level === "read" || ADMINISTERS.test(call.command)) throw new JujuError(DENIED);
};
