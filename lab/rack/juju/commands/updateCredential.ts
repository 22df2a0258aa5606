import { takeFault } from "../../core/faults";
import type { Call } from "../call";
import type { CloudCredentials } from "../client/store";
import { JujuError, Said } from "../errors";
import { target } from "./clientFiles";
import { count, knownCloud } from "./clouds";
import { credentialFile, isCredential, uploaded } from "./credentials";

/** `juju update-credential`: from a file or from the client's own, on the client, on a controller or on both. */

type ByCloud = Record<string, CloudCredentials>;

const attempt = <T>(what: string, look: () => T): T => {
  try {
    return look();
  } catch (error) {
    if (error instanceof JujuError) throw new JujuError(`${what}: ${error.message}`);
    throw error;
  }
};

const chosenFrom = (all: ByCloud, cloud: string, name: string, missing: string): ByCloud => {
  if (name === "") return all;
  const found = all[cloud]?.[name];
  if (!isCredential(found)) throw new JujuError(missing);
  return { [cloud]: { [name]: found } };
};

const fromFile = (call: Call, file: string, cloud: string, name: string): ByCloud =>
  attempt("could not get credentials from file", () => {
    attempt("reading credentials file", () => call.read(file));
    const all = credentialFile(call, file);
    const given = all[cloud];
    if (cloud !== "" && given === undefined)
      throw new JujuError(`credentials for cloud "${cloud}" in file "${file}" not found`);
    const kept = given === undefined ? all : { [cloud]: given };
    const missing = `credential "${name}" for cloud "${cloud}" in file ${file} not found`;
    return chosenFrom(kept, cloud, name, missing);
  });

/** Credentials of the client. */
export const fromClient = (call: Call, cloud: string, name: string): ByCloud => {
  const all = call.client.credentials();
  if (cloud === "") return all;
  const own = all[cloud];
  if (own === undefined || count(own) === 0)
    throw new JujuError(`loading credentials: credentials for cloud ${cloud} not found`);
  const missing = `credential "${name}" for cloud "${cloud}" in local client not found`;
  return chosenFrom({ [cloud]: own }, cloud, name, missing);
};

const onClient = (call: Call, given: ByCloud): boolean => {
  const credentials = call.client.credentials();
  let good = true;
  for (const [cloud, entries] of Object.entries(given)) {
    if (knownCloud(call, cloud) === undefined) {
      call.err(`Cloud "${cloud}" not found.\n`);
      good = false;
    } else if (count(credentials[cloud]) === 0) {
      call.err(
        `WARNING Could not find credentials for cloud ${cloud} on this client.\nUse \`juju add-credential\` to add a credential to this client.\n`,
      );
      good = false;
    } else credentials[cloud] = { ...credentials[cloud], ...entries };
  }
  call.client.write("credentials.yaml", { credentials });
  if (good)
    call.err("Local client was updated successfully with provided credential information.\n");
  return good;
};

const onController = (call: Call, given: ByCloud): void => {
  const name = call.flag("controller") ?? "";
  if (!(name in call.client.controllers().controllers))
    throw new JujuError(`account details for controller ${name} not found`);
  for (const [cloud, entries] of Object.entries(given))
    for (const [credential, entry] of Object.entries(entries)) {
      if (!isCredential(entry)) continue;
      // The controller tries the credential that it is given: an invalid one becomes valid again.
      call.inController((_controller, rack) => takeFault(rack, "credential-invalid", credential));
      call.err(uploaded(name, cloud, credential, "updated"));
    }
};

export const updateCredential = (call: Call): number => {
  const [cloud = "", name = ""] = call.words;
  const file = call.flag("file") ?? "";
  if (file === "" && cloud === "")
    throw new JujuError(
      "Usage: juju update-credential [options] [<cloud-name> [<credential-name>]]",
    );
  const given =
    file === ""
      ? attempt("could not get credentials from local client", () => fromClient(call, cloud, name))
      : fromFile(call, file, cloud, name);
  target(call);
  const good = !call.on("client") || onClient(call, given);
  if ((call.flag("controller") ?? "") !== "") onController(call, given);
  if (!good) throw new Said(1);
  return 0;
};
