import type { Call } from "../call";
import { DESCRIPTIONS, LOCALHOST, publicClouds } from "../client/publicClouds";
import type { CloudCredentials, CloudEntry } from "../client/store";
import { JujuError, Said, usage } from "../errors";
import { readYaml, target } from "./clientFiles";
import {
  addToController,
  type ControllerCloud,
  removeFromController,
  updateOnController,
} from "./controllerClouds";

/** Clouds of the client, and of a controller where the line names one. */

const UNREADABLE = "could not read cloud definition from provided file";

const fromFile = (call: Call, file: string, cloud: string): CloudEntry => {
  const found = (
    (readYaml(call, file, `${UNREADABLE}: cannot unmarshal yaml cloud metadata`).clouds ??
      {}) as Record<string, CloudEntry | null>
  )[cloud];
  if (found === undefined || found === null)
    throw new JujuError(`cloud "${cloud}" not found in file "${file}"`);
  if (found.type === undefined) throw new JujuError(`cloud definition: type is required`);
  return found;
};

const saveCloud = (call: Call, cloud: string, entry: CloudEntry): void =>
  call.open(() =>
    call.client.write("clouds.yaml", { clouds: { ...call.client.clouds(), [cloud]: entry } }),
  );

/** The cloud of that name that the client knows, whoever told it. */
export const knownCloud = (call: Call, name: string): CloudEntry | undefined =>
  call.client.clouds()[name] ??
  publicClouds(call.profile)[name] ??
  (name === "localhost" ? LOCALHOST : undefined);

/** What is added: the file's cloud, or one that the client knows. */
const cloudToAdd = (call: Call, cloud: string): CloudEntry => {
  const file = call.flag("file") ?? call.words[1];
  if (file !== undefined) return fromFile(call, file, cloud);
  const known = knownCloud(call, cloud);
  if (known !== undefined) return known;
  call.out(`Cloud Types\n  lxd\n  maas\n  ${call.profile.sshCloud}\n\nSelect cloud type: \n`);
  throw new JujuError("EOF");
};

export const addCloud = (call: Call): number => {
  call.noMoreWords(2);
  target(call);
  const cloud = call.words[0] ?? "";
  const entry = cloudToAdd(call, cloud);
  const exists = knownCloud(call, cloud) !== undefined;
  const onController = call.flag("controller") !== undefined;
  if (call.on("client") && !exists) {
    saveCloud(call, cloud, entry);
    call.err(
      `Cloud "${cloud}" successfully added to your local client.\n` +
        `You will need to add a credential for this cloud (\`juju add-credential ${cloud}\`)\n` +
        `before you can use it to bootstrap a controller (\`juju bootstrap ${cloud}\`) or\n` +
        `to create a model (\`juju add-model <your model name> ${cloud}\`).\n`,
    );
  }
  if (call.on("client") && onController) call.err("\n");
  if (onController && !addToController(call, cloud, entry)) throw new Said(1);
  if (call.on("client") && exists)
    throw new JujuError(
      `use \`update-cloud ${cloud} --client\` to override known definition: local cloud "${cloud}" already exists`,
    );
  return 0;
};

/** What is told of an update that worked, or why it did not. */
const updated = (call: Call, where: string, update: () => void): boolean => {
  const cloud = call.words[0] ?? "";
  try {
    update();
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`${error.message}\n`);
    return false;
  }
  const from = call.flag("file") === undefined ? "client cloud definition" : "provided file";
  call.err(`Cloud "${cloud}" updated on ${where} using ${from}.\n`);
  return true;
};

const definition = (call: Call, cloud: string): CloudEntry | undefined => {
  const file = call.flag("file");
  if (file === undefined) return undefined;
  try {
    return fromFile(call, file, cloud);
  } catch (error) {
    if (!(error instanceof JujuError) || error.message.startsWith(UNREADABLE)) throw error;
    throw new JujuError(`${UNREADABLE}: ${error.message}`);
  }
};

const onClient = (call: Call, cloud: string, entry: CloudEntry | undefined): boolean => {
  if (entry === undefined) {
    call.err(`To update cloud "${cloud}" on this client, a cloud definition file is required.\n`);
    return false;
  }
  return updated(call, "this client", () => saveCloud(call, cloud, entry));
};

export const updateCloud = (call: Call): number => {
  const [cloud] = call.words;
  if (cloud === undefined) throw usage("cloud name required");
  call.noMoreWords(1);
  const entry = definition(call, cloud);
  target(call);
  if (publicClouds(call.profile)[cloud] !== undefined)
    call.err(
      "To ensure this client's copy or any controller copies of public cloud information is up to date with the latest region information, use `juju update-public-clouds`.\n",
    );
  const results = [];
  if (call.on("client")) results.push(onClient(call, cloud, entry));
  const controller = call.flag("controller");
  if (controller !== undefined)
    results.push(
      updated(call, `controller "${controller}"`, () => {
        const given = entry ?? knownCloud(call, cloud);
        if (given === undefined) throw new JujuError(`cloud "${cloud}" not found`);
        updateOnController(call, cloud, given);
      }),
    );
  if (results.includes(false)) throw new Said(1);
  return 0;
};

export const count = (credentials: CloudCredentials | undefined): number =>
  Object.values(credentials ?? {}).filter((each) => typeof each === "object").length;

type Defined = "public" | "local" | "built-in";

/** Regions tell of an endpoint only where it is not the cloud's. */
const regionsOf = (entry: CloudEntry): Record<string, unknown> | undefined =>
  entry.regions &&
  Object.fromEntries(
    Object.entries(entry.regions).map(([name, region]) => {
      const { endpoint, ...rest } = region ?? {};
      return [name, endpoint === entry.endpoint ? rest : (region ?? {})];
    }),
  );

/** What is shown of a cloud of the client. */
export const details = (
  call: Call,
  name: string,
  entry: CloudEntry,
  defined: Defined,
): Record<string, unknown> => {
  const credentials = count(call.client.credentials()[name]);
  const regions = regionsOf(entry);
  const description = entry.description ?? DESCRIPTIONS[entry.type];
  return {
    defined,
    type: entry.type,
    ...(description === undefined ? {} : { description }),
    ...(entry["auth-types"] === undefined ? {} : { "auth-types": entry["auth-types"] }),
    ...(entry.endpoint === undefined ? {} : { endpoint: entry.endpoint }),
    ...(credentials > 0 ? { "credential-count": credentials } : {}),
    ...(regions === undefined ? {} : { regions }),
  };
};

/** What is shown of a cloud of a controller: who may use it instead of a description. */
export const detailsOnController = (
  call: Call,
  name: string,
  { entry, users }: ControllerCloud,
): Record<string, unknown> => {
  const shown = details(call, name, entry, "public");
  delete shown.description;
  return { ...shown, users };
};

/** Every cloud that the client knows, as it is shown. */
export const cloudsOfClient = (call: Call): Record<string, Record<string, unknown>> => ({
  localhost: details(call, "localhost", LOCALHOST, "built-in"),
  ...Object.fromEntries(
    Object.entries(call.client.clouds()).map(([name, entry]) => [
      name,
      details(call, name, entry, "local"),
    ]),
  ),
});

export const allClouds = (call: Call): Record<string, Record<string, unknown>> => ({
  ...Object.fromEntries(
    Object.entries(publicClouds(call.profile)).map(([name, entry]) => [
      name,
      details(call, name, entry, "public"),
    ]),
  ),
  ...cloudsOfClient(call),
});

const removeFromClient = (call: Call, cloud: string): void => {
  const known = call.client.clouds();
  if (known[cloud] !== undefined) {
    delete known[cloud];
    call.client.write("clouds.yaml", { clouds: known });
    call.err(`Removed details of cloud "${cloud}" from this client\n`);
    return;
  }
  if (cloud === "localhost") call.err(`Cannot remove built-in cloud "${cloud}" from client\n`);
  else if (publicClouds(call.profile)[cloud] === undefined)
    call.err(`No cloud called "${cloud}" exists on this client\n`);
  else {
    call.err(`Cannot remove public cloud "${cloud}" from client\n`);
    if (count(call.client.credentials()[cloud]) > 0)
      call.err("To hide this cloud, remove it's credentials with `juju remove-credential`\n");
  }
};

export const removeCloud = (call: Call): number => {
  const [cloud = ""] = call.words;
  target(call);
  if (call.on("client")) removeFromClient(call, cloud);
  const controller = call.flag("controller");
  if (controller === undefined) return 0;
  try {
    const removed = removeFromController(call, cloud);
    call.err(
      removed
        ? `Removed details of cloud "${cloud}" from controller "${controller}"\n`
        : `No cloud called "${cloud}" exists on controller "${controller}"\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`ERROR ${error.message}\n`);
    throw new Said(1);
  }
};

export const defaultRegion = (call: Call): number => {
  const [cloud = ""] = call.words;
  if (call.client.clouds()[cloud] === undefined) throw new JujuError(`cloud ${cloud} not valid`);
  throw new JujuError(`cloud ${cloud} has no regions`);
};
