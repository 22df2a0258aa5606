import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import type { ClientStore } from "../client/store";
import {
  authenticate,
  BAD_CREDENTIALS,
  forgetLogin,
  knownLogin,
  rememberLogin,
} from "../client/session";
import { nameFor, qualifiedName } from "../engine/find";
import { isUserName, keepUser, modelAccess } from "../engine/users";
import { JujuError } from "../errors";
import type { Controller, JujuUser, Model } from "../state";

/** A client logs in to a controller that it knows, and out again. */

const NO_MODELS = `
There are no models available. You can add models with
"juju add-model", or you can ask an administrator or owner
of a model to grant access to that model with "juju grant".
`;

export const modelsFor = (controller: Controller, user: string): Model[] =>
  controller.models.filter((each) => modelAccess(controller, each, user) !== "");

/** The account that the client keeps; without a password, which a cookie stands for. */
const keepAccount = (client: ClientStore, name: string, user: JujuUser): void => {
  const accounts = client.accounts();
  accounts.controllers[name] = { user: user.name, "last-known-access": user.access };
  client.write("accounts.yaml", accounts);
};

const makeCurrent = (client: ClientStore, name: string): void => {
  const file = client.controllers();
  file["current-controller"] = name;
  client.write("controllers.yaml", file);
};

/** Somebody new at this client: its models become known, and the only one becomes the current one. */
export const welcome = (call: Call, name: string, user: string, models: Model[]): void => {
  const file = call.client.models();
  const names = models.map(qualifiedName);
  const before = file.controllers[name]?.["current-model"];
  const current = names.length === 1 ? names[0] : names.find((each) => each === before);
  file.controllers[name] = {
    models: Object.fromEntries(
      models.map((each) => [qualifiedName(each), { uuid: each.uuid, type: "iaas" }]),
    ),
    ...(current === undefined ? {} : { "current-model": current }),
  };
  call.client.write("models.yaml", file);
  call.err(`Welcome, ${user}. You are now logged into "${name}".\n`);
  if (models.length === 0) call.err(NO_MODELS);
  else if (names.length === 1) call.err(`\nCurrent model set to "${names[0] ?? ""}".\n`);
  else {
    const shown = models.map((each) => nameFor(each, user)).sort();
    call.err(
      `\nThere are ${models.length} models available. Use "juju switch" to select\none of them:\n${shown
        .map((each) => `  - juju switch ${each}\n`)
        .join("")}`,
    );
  }
};

/** Takes a login over into the client's files. */
export const enter = (call: Call, rack: Rack, name: string, user: JujuUser): void => {
  keepAccount(call.client, name, user);
  rememberLogin(call, rack, name, user.name);
  makeCurrent(call.client, name);
};

const ask = (call: Call, what: string): string => {
  call.err(`Enter ${what}: `);
  const line = call.line();
  call.err("\n");
  if (line === undefined || line === "") throw new JujuError("EOF");
  return line;
};

const askPassword = (call: Call): string => {
  if (!call.on("no-prompt")) return ask(call, "password");
  call.err("reading password from stdin...\n");
  const line = call.line();
  if (line === undefined) throw new JujuError("EOF");
  return line;
};

/** Which controller; a name that only a directory of public controllers could explain is refused. */
const target = (call: Call): string => {
  const [domain] = call.words;
  const file = call.client.controllers();
  const name = call.flag("controller") ?? domain ?? file["current-controller"];
  if (name?.includes(":") === true)
    throw new JujuError(
      `cannot use "${name}" as a controller name - use -c option to choose a different one`,
    );
  if (domain !== undefined)
    throw new JujuError(
      `cannot log into "${domain}": "${domain}" is not a known public controller`,
    );
  if (name === undefined) throw new JujuError("no current controller");
  if (!(name in file.controllers)) throw new JujuError(`controller "${name}" does not exist`);
  return name;
};

const userOf = (call: Call): string => {
  const given = call.flag("user");
  if (given !== undefined && given !== "") {
    if (!isUserName(given)) throw new JujuError(`"${given}" is not a valid user name`);
    return given;
  }
  if (call.on("no-prompt"))
    throw new JujuError("cannot deduce user, please pass --user with --no-prompt");
  return ask(call, "username");
};

/** Throws where the controller does not answer; nobody is asked for a password. */
const isLoggedIn = (call: Call, rack: Rack, name: string): boolean =>
  knownLogin(call, rack, name, call.reach(rack, name)) !== undefined;

const attempt = (call: Call, name: string): void => {
  const account = call.client.accounts().controllers[name];
  const wanted = call.flag("user");
  if (wanted !== undefined && account !== undefined && account.user !== wanted)
    throw new JujuError(
      `already logged in as ${account.user}.\n\nRun "juju logout" first before attempting to log in as a different user.`,
    );
  if (account !== undefined && call.open((rack) => isLoggedIn(call, rack, name))) {
    makeCurrent(call.client, name);
    return;
  }
  const user = userOf(call);
  const password = askPassword(call);
  const models = call.open((rack) => {
    const controller = call.reach(rack, name);
    const found = authenticate(controller, user, password);
    if (found === undefined) throw new JujuError(BAD_CREDENTIALS);
    keepUser(controller, { ...found, seen: rack.now });
    enter(call, rack, name, found);
    return modelsFor(controller, found.name);
  });
  if (account?.user !== user) welcome(call, name, user, models);
};

export const login = (call: Call): number => {
  const name = target(call);
  try {
    attempt(call, name);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(`cannot log into controller "${name}": ${error.message}`);
  }
  return 0;
};

const LOSS = `preventing account loss

It appears that you have not changed the password for
your account. If this is the case, change the password
first before logging out, so that you can log in again
afterwards. To change your password, run the command
"juju change-user-password".

If you are sure you want to log out, and it is safe to
clear the credentials from the client, then you can run
this command again with the "--force" option.
`;

export const logout = (call: Call): number => {
  const name = call.controllerName(1);
  const accounts = call.client.accounts();
  if (accounts.controllers[name]?.password !== undefined && !call.on("force"))
    throw new JujuError(LOSS);
  forgetLogin(call, name);
  delete accounts.controllers[name];
  call.client.write("accounts.yaml", accounts);
  const known = Object.keys(call.client.controllers().controllers);
  const left = known.filter((each) => each in accounts.controllers).length;
  const still = left === 1 ? "1 controller" : `${left} controllers`;
  call.err(
    left === 0
      ? "Logged out. You are no longer logged into any controllers.\n"
      : `Logged out. You are still logged into ${still}.\n`,
  );
  return 0;
};
