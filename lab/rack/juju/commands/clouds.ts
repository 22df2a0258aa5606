import { existsSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import type { Call } from "../call";
import type { CloudCredentials, CloudEntry, CredentialEntry } from "../client/store";
import { JujuError, Said, usage } from "../errors";

/** Clouds and credentials of the client. */

const AMBIGUOUS =
  "This operation can be applied to both a copy on this client and to the one on a controller.\n";
const PIPED = `The command is piped and Juju cannot prompt to clarify whether the --client or a --controller is to be used.
Please clarify by re-running the command with the desired option(s).`;

/** Commands that could mean the client or a controller must say which; nobody can be asked here. */
const target = (call: Call): "client" | "controller" => {
  if (call.flag("controller") !== undefined && !call.on("client")) return "controller";
  if (call.on("client")) return "client";
  call.err(AMBIGUOUS);
  throw new JujuError(PIPED);
};

const readYaml = (call: Call, name: string, what: string): Record<string, unknown> => {
  const path = call.path(name);
  if (!existsSync(path)) throw new JujuError(`open ${name}: no such file or directory`);
  try {
    return (load(readFileSync(path, "utf8")) ?? {}) as Record<string, unknown>;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    // Go's parser counts the line that was begun, js-yaml the one where it ended.
    const place = Math.max(1, Number(/\((\d+):/.exec(reason)?.[1] ?? 1) - 1);
    throw new JujuError(`${what}: yaml: line ${place}: did not find expected node content`);
  }
};

const cloudFile = (call: Call, name: string): Record<string, CloudEntry> =>
  (readYaml(
    call,
    name,
    "could not read cloud definition from provided file: cannot unmarshal yaml cloud metadata",
  ).clouds ?? {}) as Record<string, CloudEntry>;

const credentialFile = (call: Call, name: string): Record<string, CloudCredentials> =>
  (readYaml(call, name, "could not get credentials from file").credentials ?? {}) as Record<
    string,
    CloudCredentials
  >;

const cloudFrom = (call: Call, cloud: string): CloudEntry => {
  const file = call.flag("file") ?? call.words[1];
  if (file === undefined) {
    call.out("Cloud Types\n  lxd\n  maas\n  manual\n\nSelect cloud type: \n");
    throw new JujuError("EOF");
  }
  const found = cloudFile(call, file)[cloud];
  if (found === undefined) throw new JujuError(`cloud "${cloud}" not found in file "${file}"`);
  if (found.type === undefined) throw new JujuError(`cloud definition: type is required`);
  return found;
};

const saveCloud = (call: Call, cloud: string, entry: CloudEntry): void =>
  call.open(() =>
    call.client.write("clouds.yaml", { clouds: { ...call.client.clouds(), [cloud]: entry } }),
  );

/** Clouds of a controller are looked at over its API. */
const reach = (call: Call, how: (reason: string) => never): void => {
  const name = call.flag("controller") ?? "";
  if (!(name in call.client.controllers().controllers)) how(`controller "${name}": not logged`);
  try {
    call.inController(() => undefined);
  } catch (error) {
    if (error instanceof JujuError) how(error.message);
    throw error;
  }
};

export const addCloud = (call: Call): number => {
  call.noMoreWords(2);
  const place = target(call);
  const cloud = call.words[0] ?? "";
  if (cloud !== "" && call.client.clouds()[cloud] !== undefined)
    throw new JujuError(
      `use \`update-cloud ${cloud} --client\` to override known definition: local cloud "${cloud}" already exists`,
    );
  const entry = cloudFrom(call, cloud);
  if (place === "controller")
    reach(call, (reason) => {
      throw new JujuError(reason);
    });
  saveCloud(call, cloud, entry);
  call.err(
    `Cloud "${cloud}" successfully added to your local client.\n` +
      `You will need to add a credential for this cloud (\`juju add-credential ${cloud}\`)\n` +
      `before you can use it to bootstrap a controller (\`juju bootstrap ${cloud}\`) or\n` +
      `to create a model (\`juju add-model <your model name> ${cloud}\`).\n`,
  );
  return 0;
};

export const updateCloud = (call: Call): number => {
  const [cloud] = call.words;
  if (cloud === undefined) throw usage("cloud name required");
  call.noMoreWords(1);
  if (target(call) === "controller") {
    reach(call, (reason) => {
      call.err(`${reason}\n`);
      throw new Said(1);
    });
  }
  saveCloud(call, cloud, cloudFrom(call, cloud));
  call.err(`Cloud "${cloud}" updated on this client using provided file.\n`);
  return 0;
};

const LOCALHOST = {
  defined: "built-in",
  type: "lxd",
  description: "LXD Container Hypervisor",
  "auth-types": ["certificate"],
  regions: { localhost: {} },
};

const count = (credentials: CloudCredentials | undefined): number =>
  Object.values(credentials ?? {}).filter((each) => typeof each === "object").length;

const DESCRIPTIONS: Record<string, string> = {
  maas: "Metal As A Service",
  lxd: "LXD Container Hypervisor",
};

const cloudsOfClient = (call: Call): Record<string, unknown> => {
  const credentials = call.client.credentials();
  const own = Object.entries(call.client.clouds()).map(([name, entry]) => {
    const number = count(credentials[name]);
    return [
      name,
      {
        defined: "local",
        type: entry.type,
        description: entry.description ?? DESCRIPTIONS[entry.type],
        "auth-types": entry["auth-types"],
        endpoint: entry.endpoint,
        ...(number > 0 ? { "credential-count": number } : {}),
      },
    ];
  });
  return Object.fromEntries([["localhost", LOCALHOST], ...own]) as Record<string, unknown>;
};

const show = async (call: Call, value: unknown): Promise<number> => {
  const { dump } = await import("js-yaml");
  if (call.format === "json") call.json(value);
  else call.out(dump(value, { lineWidth: -1 }));
  return 0;
};

export const clouds = async (call: Call): Promise<number> => {
  call.noMoreWords(0);
  const controller = call.flag("controller");
  if (controller !== undefined && !call.on("client")) {
    const fail = (reason: string): never => {
      call.out("null\n");
      throw new JujuError(`could not get clouds from controller "${controller}": ${reason}`);
    };
    reach(call, fail);
    const cloud = call.inController((each) => each.cloud);
    const known = cloudsOfClient(call)[cloud] as object | undefined;
    return show(call, { [cloud]: { ...known, defined: "public" } });
  }
  const all = call.on("all");
  if (!all)
    call.err(
      "Only clouds with registered credentials are shown.\nThere are more clouds, use --all to see them.\n",
    );
  const value = cloudsOfClient(call);
  return show(call, all ? { ...PUBLIC, ...value } : value);
};

const PUBLIC = Object.fromEntries(
  [
    "aws",
    "aws-china",
    "aws-gov",
    "azure",
    "azure-china",
    "equinix",
    "google",
    "oracle",
    "rackspace",
  ].map((name) => [name, { defined: "public", type: name }]),
);

export const removeCloud = (call: Call): number => {
  const [cloud = ""] = call.words;
  target(call);
  const known = call.client.clouds();
  if (known[cloud] === undefined) {
    call.err(`No cloud called "${cloud}" exists on this client\n`);
    return 0;
  }
  delete known[cloud];
  call.client.write("clouds.yaml", { clouds: known });
  call.err(`Removed details of cloud "${cloud}" from this client\n`);
  return 0;
};

const isCredential = (entry: string | CredentialEntry | undefined): entry is CredentialEntry =>
  typeof entry === "object";

export const addCredential = (call: Call): number => {
  const [cloud] = call.words;
  if (cloud === undefined)
    throw usage("Usage: juju add-credential <cloud-name> [-f <credentials.yaml>]");
  call.noMoreWords(1);
  const entry = call.client.clouds()[cloud];
  if (entry === undefined && cloud !== "localhost")
    throw new JujuError(
      `cloud ${cloud} not valid\nTo view all available clouds, use 'juju clouds'.\nTo add new cloud, use 'juju add-cloud'.`,
    );
  target(call);
  const file = call.flag("file");
  if (file === undefined) throw new JujuError("EOF");
  const given = credentialFile(call, file)[cloud];
  if (given === undefined)
    throw new JujuError(`no credentials for cloud ${cloud} exist in file ${file}`);
  const credentials = call.client.credentials();
  const types = entry?.["auth-types"] ?? ["certificate"];
  for (const [name, credential] of Object.entries(given)) {
    if (!isCredential(credential)) continue;
    const type = credential["auth-type"] ?? "";
    if (!types.includes(type))
      throw new JujuError(
        `credential "${name}" contains invalid auth type "${type}", valid auth types for cloud "${cloud}" are [${types.join(" ")}]`,
      );
    if (isCredential(credentials[cloud]?.[name])) {
      call.out(`No local credentials for cloud "${cloud}" changed.\n`);
      throw new JujuError(
        `credential "${name}" for cloud "${cloud}" already exists locally, use 'juju update-credential ${cloud} ${name} -f ${file}' to update this local client copy`,
      );
    }
  }
  call.client.write("credentials.yaml", {
    credentials: { ...credentials, [cloud]: { ...credentials[cloud], ...given } },
  });
  for (const name of Object.keys(given).filter((each) => isCredential(given[each])))
    call.out(`Credential "${name}" added locally for cloud "${cloud}".\n`);
  call.out("\n");
  return 0;
};

export const updateCredential = (call: Call): number => {
  const [cloud, name] = call.words;
  const place = target(call);
  if (cloud === undefined)
    throw new JujuError(
      "Usage: juju update-credential [options] [<cloud-name> [<credential-name>]]",
    );
  if (place === "controller") return onController(call);
  if (call.client.clouds()[cloud] === undefined) {
    call.err(`Cloud "${cloud}" not found.\n`);
    return 1;
  }
  const credentials = call.client.credentials();
  if (count(credentials[cloud]) === 0) {
    call.err(
      `WARNING Could not find credentials for cloud ${cloud} on this client.\nUse \`juju add-credential\` to add a credential to this client.\n`,
    );
    return 1;
  }
  const file = call.flag("file");
  if (file === undefined) throw new JujuError("EOF");
  const given = credentialFile(call, file)[cloud] ?? {};
  const chosen = name === undefined ? Object.keys(given) : [name];
  for (const each of chosen) {
    if (!isCredential(given[each]))
      throw new JujuError(
        `could not get credentials from file: credential "${each}" for cloud "${cloud}" in file ${file} not found`,
      );
  }
  const picked = Object.fromEntries(chosen.map((each) => [each, given[each]!]));
  call.client.write("credentials.yaml", {
    credentials: { ...credentials, [cloud]: { ...credentials[cloud], ...picked } },
  });
  for (const each of chosen)
    call.err(
      `Local client was updated successfully with provided credential information.\n`.replace(
        "$",
        each,
      ),
    );
  return 0;
};

const onController = (call: Call): number => {
  const name = call.flag("controller") ?? "";
  if (!(name in call.client.controllers().controllers))
    throw new JujuError(`account details for controller ${name} not found`);
  call.inController(() => undefined);
  const [cloud = "", credential = ""] = call.words;
  call.err(
    `Controller credential "${credential}" for user "admin" for cloud "${cloud}" on controller "${name}" updated.\nFor more information, see ‘juju show-credential ${cloud} ${credential}’.\n`,
  );
  return 0;
};

export const listCredentials = async (call: Call): Promise<number> => {
  const controller = call.flag("controller");
  const all = Object.entries(call.client.credentials()).filter(
    ([cloud, each]) => count(each) > 0 && (call.words[0] ?? cloud) === cloud,
  );
  const shown = Object.fromEntries(
    all.map(([cloud, each]) => {
      const chosen = each["default-credential"];
      const details = Object.entries(each).flatMap(([name, credential]) => {
        if (!isCredential(credential)) return [];
        const { "auth-type": type = "", ...rest } = credential;
        const hidden = call.on("show-secrets") || type === "oauth1" ? rest : {};
        return [
          [
            name,
            { "auth-type": type, ...(Object.keys(hidden).length > 0 ? { details: hidden } : {}) },
          ],
        ];
      });
      return [
        cloud,
        {
          ...(typeof chosen === "string" ? { "default-credential": chosen } : {}),
          "cloud-credentials": Object.fromEntries(details) as object,
        },
      ];
    }),
  );
  if (controller !== undefined && !call.on("client")) {
    call.inController(() => undefined);
    return show(call, Object.keys(shown).length > 0 ? { "controller-credentials": shown } : {});
  }
  return show(call, Object.keys(shown).length > 0 ? { "client-credentials": shown } : {});
};

export const showCredential = async (call: Call): Promise<number> => {
  const [cloud = "", name = ""] = call.words;
  const found = call.client.credentials()[cloud]?.[name];
  if (!isCredential(found)) {
    call.err(
      `ERROR client credential content lookup failed: loading credentials: credentials for cloud ${cloud} not found\nNo credentials from this client or from a controller to display.\n`,
    );
    return 0;
  }
  return show(call, { "client-credentials": { [cloud]: { [name]: { content: found } } } });
};

export const removeCredential = (call: Call): number => {
  const [cloud = "", name = ""] = call.words;
  target(call);
  const credentials = call.client.credentials();
  call.err(`Found local cloud "${cloud}" on this client.\n`);
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
  credentials[cloud] = { "default-credential": name, ...credentials[cloud] };
  call.client.write("credentials.yaml", { credentials });
  call.err(`Local credential "${name}" is set to be default for "${cloud}" for this client.\n`);
  return 0;
};

export const defaultRegion = (call: Call): number => {
  const [cloud = ""] = call.words;
  if (call.client.clouds()[cloud] === undefined) throw new JujuError(`cloud ${cloud} not valid`);
  throw new JujuError(`cloud ${cloud} has no regions`);
};
