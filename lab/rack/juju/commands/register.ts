import type { Call } from "../call";
import { decodeRegistration, type Registration } from "../client/registration";
import { findUser, hashOf, keepUser } from "../engine/users";
import { endpointsOf } from "../engine/highAvailability";
import { JujuError } from "../errors";
import { enter, modelsFor, welcome } from "./login";

/** `juju register`: a user that was added makes itself known, and a controller to its client. */

const EXPIRED = `Provided registration token may have expired.
A controller administrator must reset your user to issue a new token.
See "juju help change-user-password" for more information.`;

const readPassword = (call: Call, question: string): string => {
  call.err(question);
  const line = call.line();
  call.err("\n");
  if (line === undefined) throw new JujuError("EOF");
  return line;
};

const newPassword = (call: Call): string => {
  let password: string;
  try {
    password = readPassword(call, "Enter a new password: ");
  } catch (error) {
    if (error instanceof JujuError) throw new JujuError(`cannot read password: ${error.message}`);
    throw error;
  }
  if (password === "") throw new JujuError("you must specify a non-empty password");
  if (readPassword(call, "Confirm password: ") !== password)
    throw new JujuError("passwords do not match");
  return password;
};

const controllerName = (call: Call, suggested: string): string => {
  const known = call.client.controllers().controllers;
  const replaces = call.on("replace");
  const offered = suggested in known && !replaces ? "" : suggested;
  for (;;) {
    const shown = offered === "" ? "" : ` [${replaces ? "replace " : ""}${offered}]`;
    call.err(`Enter a name for this controller${shown}: `);
    const line = call.line();
    if (line === undefined) throw new JujuError("EOF");
    const name = line.trim() === "" ? offered : line.trim();
    if (name === "") call.err("You must specify a non-empty controller name.\n");
    else if (name in known && !replaces) call.err(`Controller "${name}" already exists.\n`);
    else return name;
  }
};

/** A controller that this client knows by one of its addresses is not registered again. */
const refuseKnown = (call: Call, given: Registration): void => {
  const known = Object.entries(call.client.controllers().controllers).find(([, entry]) =>
    entry["api-endpoints"]?.some((each) => given.addresses.includes(each)),
  );
  if (known === undefined) return;
  const [name] = known;
  const before = `A controller with the same address has already been registered on this client as "${name}".\n`;
  const account = call.client.accounts().controllers[name];
  if (account !== undefined)
    throw new JujuError(
      `${before}You are already logged in as user "${account.user}".\nTo update controller details and login as user "${given.user}":\n    1. run 'juju logout'\n    2. re-run 'juju register --replace' with your registration string.\n`,
    );
  if (!call.on("replace")) throw new JujuError(`${before}To login run 'juju login -c ${name}'.`);
};

export const register = (call: Call): number => {
  const [token = ""] = call.words;
  if (token.includes(".") || token === "localhost") {
    controllerName(call, "");
    throw new JujuError(
      `unable to connect to API: dial tcp: lookup ${token.split(":")[0] ?? ""}: no such host`,
    );
  }
  const given = decodeRegistration(token);
  refuseKnown(call, given);
  const password = newPassword(call);
  const name = controllerName(call, given.controller);
  const models = call.open((rack) => {
    const controller = rack.juju.controllers.find((each) =>
      endpointsOf(each).some((address) => given.addresses.includes(address)),
    );
    if (controller === undefined)
      throw new JujuError(
        `Cannot reach controller "${name}" at: ${given.addresses.join(", ")}.\nCheck that the controller ip is reachable from your network.`,
      );
    const user = findUser(controller, given.user);
    if (user === undefined || user.disabled || user.secretKey !== given.secretKey)
      throw new JujuError(EXPIRED);
    const now = { ...user, password: hashOf(password), secretKey: "", seen: rack.now };
    keepUser(controller, now);
    call.err(`Initial password successfully set for ${user.name}.\n`);
    const file = call.client.controllers();
    file.controllers[name] = {
      uuid: controller.uuid,
      "api-endpoints": endpointsOf(controller),
      "ca-cert": controller.caCertificate,
      cloud: controller.cloud,
      "agent-version": controller.agentVersion,
    };
    call.client.write("controllers.yaml", file);
    enter(call, rack, name, now);
    return modelsFor(controller, user.name);
  });
  call.err("\n");
  welcome(call, name, given.user, models);
  return 0;
};
