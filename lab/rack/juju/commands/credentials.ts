import type { Call } from "../call";
import type { CloudCredentials, CloudEntry, CredentialEntry } from "../client/store";
import { JujuError, Said, usage } from "../errors";
import { isCloud } from "../grammar/checks/names";
import { reach, readYaml, target } from "./clientFiles";
import { count, knownCloud } from "./clouds";
import { askedClouds } from "./controllerClouds";

/** Credentials of the client. */

export const credentialFile = (call: Call, name: string): Record<string, CloudCredentials> =>
  (readYaml(call, name, "could not get credentials from file").credentials ?? {}) as Record<
    string,
    CloudCredentials
  >;

export const isCredential = (
  entry: string | CredentialEntry | undefined,
): entry is CredentialEntry => typeof entry === "object" && entry !== null;

/** The controller's cloud of that name; a controller that cannot be asked is told of. */
const cloudOnController = (call: Call, cloud: string): CloudEntry | undefined => {
  if (call.flag("controller") === undefined) return undefined;
  let found: CloudEntry | undefined;
  try {
    found = askedClouds(call)[cloud]?.entry;
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`ERROR ${error.message}\n`);
  }
  if (found === undefined)
    call.err(
      `Cloud "${cloud}" is not found on the controller, looking for a locally stored cloud.\n`,
    );
  return found;
};

const credentialsIn = (call: Call, cloud: string, file: string): [string, CredentialEntry][] => {
  if (!call.sees(file))
    try {
      call.read(file);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      throw new JujuError(`reading credentials file: ${error.message}`);
    }
  const given = credentialFile(call, file)[cloud] ?? undefined;
  if (given === undefined)
    throw new JujuError(`no credentials for cloud ${cloud} exist in file ${file}`);
  return Object.entries(given).flatMap(([name, each]) =>
    isCredential(each) ? [[name, each] as [string, CredentialEntry]] : [],
  );
};

/** Adds those that the client does not have; the others are told of. */
const addOnClient = (
  call: Call,
  cloud: string,
  file: string,
  given: [string, CredentialEntry][],
): boolean => {
  const credentials = call.client.credentials();
  const isKnown = ([name]: [string, unknown]): boolean => isCredential(credentials[cloud]?.[name]);
  for (const [name] of given.filter(isKnown))
    call.err(
      `ERROR credential "${name}" for cloud "${cloud}" already exists locally, use 'juju update-credential ${cloud} ${name} -f ${file}' to update this local client copy\n`,
    );
  const added = given.filter((each) => !isKnown(each));
  if (!call.on("client")) return added.length === given.length;
  const names = added.map(([name]) => name);
  if (added.length === 0) call.out(`No local credentials for cloud "${cloud}" changed.\n`);
  else {
    call.client.write("credentials.yaml", {
      credentials: {
        ...credentials,
        [cloud]: { ...credentials[cloud], ...Object.fromEntries(added) },
      },
    });
    call.out(
      `Credential${added.length > 1 ? "s" : ""} "${names.join(", ")}" added locally for cloud "${cloud}".\n\n`,
    );
  }
  return added.length === given.length;
};

const addOnController = (call: Call, cloud: string, names: string[], found: boolean): void => {
  const controller = call.flag("controller");
  if (controller === undefined) return;
  if (!found) {
    call.out(
      `No cloud "${cloud}" found on the controller "${controller}": credentials are not uploaded.\n` +
        `Use 'juju clouds -c ${controller}' to see what clouds are available on the controller.\n` +
        `User 'juju add-cloud ${cloud} -c ${controller}' to add your cloud to the controller.\n`,
    );
    return;
  }
  for (const name of names) call.err(uploaded(controller, cloud, name, "added"));
};

export const addCredential = (call: Call): number => {
  const [cloud] = call.words;
  if (cloud === undefined)
    throw usage("Usage: juju add-credential <cloud-name> [-f <credentials.yaml>]");
  call.noMoreWords(1);
  target(call);
  const onController = cloudOnController(call, cloud);
  const entry = onController ?? knownCloud(call, cloud);
  if (entry === undefined)
    throw new JujuError(
      `cloud ${cloud} not valid\nTo view all available clouds, use 'juju clouds'.\nTo add new cloud, use 'juju add-cloud'.`,
    );
  const types = entry["auth-types"] ?? [];
  if (types.length === 0) throw new JujuError(`cloud "${cloud}" does not require credentials`);
  const file = call.flag("file");
  if (file === undefined) throw new JujuError("EOF");
  const given = credentialsIn(call, cloud, file);
  for (const [name, credential] of given) {
    const type = credential["auth-type"] ?? "";
    if (!types.includes(type))
      throw new JujuError(
        `credential "${name}" contains invalid auth type "${type}", valid auth types for cloud "${cloud}" are [${types.join(" ")}]`,
      );
  }
  const all = addOnClient(call, cloud, file, given);
  addOnController(
    call,
    cloud,
    given.map(([name]) => name),
    onController !== undefined,
  );
  if (!all) throw new Said(1);
  return 0;
};

export const uploaded = (controller: string, cloud: string, name: string, how: string): string =>
  `Controller credential "${name}" for user "admin" for cloud "${cloud}" on controller "${controller}" ${how}.\nFor more information, see ‘juju show-credential ${cloud} ${name}’.\n`;

export const removeCredential = (call: Call): number => {
  const [cloud = "", name = ""] = call.words;
  target(call);
  const fail = (reason: string): never => {
    throw new JujuError(reason);
  };
  if ((call.flag("controller") ?? "") !== "") reach(call, fail);
  if (call.on("client") && knownCloud(call, cloud) === undefined) {
    if (!isCloud(cloud)) call.err(`ERROR cloud ${cloud} not valid\n`);
    call.err(
      `No cloud "${cloud}" is found.\nTo view all available clouds, use 'juju clouds'.\nTo add new cloud, use 'juju add-cloud'.\n`,
    );
    throw new Said(1);
  }
  if (!call.on("client")) return 0;
  const credentials = call.client.credentials();
  call.err(`Found local cloud "${cloud}" on this client.\n`);
  if (count(credentials[cloud]) === 0) {
    call.err(`No stored credentials exist for cloud "${cloud}" on this client.\n`);
    return 0;
  }
  if (!isCredential(credentials[cloud]?.[name])) {
    call.err(`No credential called "${name}" exists for cloud "${cloud}" on this client\n`);
    return 0;
  }
  delete credentials[cloud][name];
  if (count(credentials[cloud]) === 0) delete credentials[cloud];
  call.client.write("credentials.yaml", { credentials });
  call.err(`Credential "${name}" removed from this client.\n`);
  return 0;
};

export const setCredential = (call: Call): never => {
  try {
    call.inController(() => undefined);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    const reason = `opening API connection: ${error.message}`;
    call.err(`Failed to change model credential: ${reason}\n`);
    throw new JujuError(reason);
  }
  throw new JujuError("the rack's juju does not play set-credential");
};

export const defaultCredential = (call: Call): number => {
  const [cloud = "", name] = call.words;
  if (call.client.clouds()[cloud] === undefined) throw new JujuError(`cloud ${cloud} not valid`);
  const credentials = call.client.credentials();
  if (name === undefined) {
    const chosen = credentials[cloud]?.["default-credential"];
    call.err(
      typeof chosen === "string"
        ? `Default credential for cloud "${cloud}" is "${chosen}" on this client.\n`
        : `Default credential for cloud "${cloud}" is not set on this client.\n`,
    );
    return 0;
  }
  if (!isCredential(credentials[cloud]?.[name]))
    throw new JujuError(`credential "${name}" for cloud ${cloud} not valid`);
  const chosen = { "default-credential": name };
  // The default stands first, as Juju writes it.
  credentials[cloud] = Object.assign({ ...chosen }, credentials[cloud], chosen);
  call.client.write("credentials.yaml", { credentials });
  call.err(`Local credential "${name}" is set to be default for "${cloud}" for this client.\n`);
  return 0;
};
