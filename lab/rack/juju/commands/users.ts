import type { Call } from "../call";
import { encodeRegistration } from "../client/registration";
import { DENIED, rememberLogin } from "../client/session";
import {
  addUser as add,
  findUser,
  hashOf,
  isLocalName,
  isUserName,
  keepUser,
  needUser,
  removeUser as remove,
  resetPassword,
  setDisabled,
} from "../engine/users";
import { controllerModel } from "../engine/highAvailability";
import { JujuError } from "../errors";
import type { Controller } from "../state";
import { refuseChange } from "./blocks";

/** Users of a controller: made, shut out, let in again, and their passwords. */

/** Only superusers change other users. */
const administer = (call: Call, controller: Controller, what = ""): void => {
  if (findUser(controller, call.user)?.access !== "superuser") {
    if (what !== "")
      call.err(
        `\nYou do not have permission to ${what}.\nYou may ask an administrator to grant you access with "juju grant".\n\n`,
      );
    throw new JujuError(DENIED);
  }
  const model = controllerModel(controller);
  if (model !== undefined) refuseChange(model);
};

const checkName = (name: string): void => {
  if (!isUserName(name)) throw new JujuError(`"${name}" is not a valid username`);
};

/** The words with which the user registers. */
const token = (call: Call, user: string, secretKey: string): string => {
  const controller = call.controllerName(1);
  const addresses = call.client.controllers().controllers[controller]?.["api-endpoints"] ?? [];
  return encodeRegistration({ user, addresses, secretKey, controller });
};

export const addUser = (call: Call): number => {
  const [name = "", displayName = ""] = call.words;
  const key = call.inController((controller, rack) => {
    if (!isUserName(name)) throw new JujuError(`invalid user name "${name}"`);
    administer(call, controller, "add a user");
    return add(rack, controller, name, displayName).secretKey;
  });
  const shown = JSON.stringify(displayName === "" ? name : `${displayName} (${name})`);
  call.out(
    `User ${shown} added\nPlease send this command to ${name}:\n    juju register ${token(call, name, key)}\n\n` +
      `${shown} has not been granted access to any models. You can use "juju grant" to grant access.\n`,
  );
  return 0;
};

const QUESTION = (name: string, controller: string): string =>
  `WARNING! This command will permanently archive the user "${name}" on the "${controller}"
controller. This action is irreversible and you WILL NOT be able to reuse
username "${name}".

If you wish to temporarily disable the user please use the \`juju disable-user\`
command. See
 \`juju help disable-user\` for more details.

Continue (y/N)? `;

export const removeUser = (call: Call): number => {
  const [name = ""] = call.words;
  const controllerName = call.controllerName(1);
  call.inController(() => undefined);
  if (!call.on("yes") && !call.on("y")) {
    call.out(QUESTION(name, controllerName));
    const answer = (call.io.stdin().split("\n")[0] ?? "").toLowerCase();
    if (answer !== "y" && answer !== "yes") throw new JujuError("user deletion aborted");
  }
  call.inController((controller) => {
    checkName(name);
    administer(call, controller);
    remove(controller, name);
  });
  call.out(`User "${name}" removed\n`);
  return 0;
};

const setAble = (call: Call, disabled: boolean): number => {
  const [name = ""] = call.words;
  call.inController((controller) => {
    checkName(name);
    administer(call, controller);
    setDisabled(controller, name, disabled);
  });
  call.err(`User "${name}" ${disabled ? "disabled" : "enabled"}\n`);
  return 0;
};

export const disableUser = (call: Call): number => setAble(call, true);
export const enableUser = (call: Call): number => setAble(call, false);

/** A new password, asked for twice. */
const askTwice = (call: Call): string => {
  const read = (question: string): string => {
    call.err(question);
    const line = call.line();
    call.err("\n");
    if (line === undefined) throw new JujuError("EOF");
    return line;
  };
  const password = read("new password: ");
  if (password === "") throw new JujuError("you must enter a password");
  if (read("type new password again: ") !== password) throw new JujuError("Passwords do not match");
  return password;
};

const newPassword = (call: Call): string => {
  if (!call.on("no-prompt")) return askTwice(call);
  call.err("reading password from stdin...\n");
  const line = call.line();
  if (line === undefined) throw new JujuError("EOF");
  if (line === "") throw new JujuError("password cannot be empty");
  return line;
};

const reset = (call: Call, name: string): number => {
  const key = call.inController((controller, rack) => {
    if (findUser(controller, call.user)?.access !== "superuser")
      throw new JujuError("permission denied");
    administer(call, controller);
    return resetPassword(rack, controller, name);
  });
  call.err(
    `Password for "${name}" has been reset.\nAsk the user to run:\n     juju register ${token(call, name, key)}\n\n`,
  );
  return 0;
};

export const changeUserPassword = (call: Call): number => {
  const [name] = call.words;
  const controllerName = call.controllerName(1);
  const accounts = call.client.accounts();
  const account = accounts.controllers[controllerName];
  if (account === undefined)
    throw new JujuError(`account details for controller ${controllerName} not found`);
  if (name !== undefined && !isLocalName(name))
    throw new JujuError(`user name "${name}" not valid`);
  call.inController(() => undefined);
  const own = name === undefined || name === account.user;
  if (call.on("reset")) {
    if (!own) return reset(call, name);
    call.err(
      "You cannot reset your own password.\nIf you want to change it, please call `juju change-user-password` without --reset option.\n",
    );
    return 0;
  }
  const password = newPassword(call);
  call.inController((controller, rack) => {
    const user = needUser(controller, name ?? account.user);
    if (!own && findUser(controller, call.user)?.access !== "superuser")
      throw new JujuError("permission denied");
    const model = controllerModel(controller);
    if (model !== undefined) refuseChange(model);
    keepUser(controller, { ...user, password: hashOf(password), secretKey: "" });
    if (!own || account.password === undefined) return;
    // The client forgets the password and is remembered for a day instead.
    rememberLogin(call, rack, controllerName, account.user);
    delete account.password;
    call.client.write("accounts.yaml", accounts);
  });
  call.err(
    own ? "Your password has been changed.\n" : `Password for "${name}" has been changed.\n`,
  );
  return 0;
};
