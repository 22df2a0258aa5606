import type { Call } from "../call";
import { LXD } from "../engine/lxd";
import type { CloudCredentials, CloudEntry } from "../client/store";
import { JujuError, Said, usage } from "../errors";
import { reach, readYaml, target } from "./clientFiles";

/** Clouds of the client. */

const cloudFile = (call: Call, name: string): Record<string, CloudEntry> =>
  (readYaml(
    call,
    name,
    "could not read cloud definition from provided file: cannot unmarshal yaml cloud metadata",
  ).clouds ?? {}) as Record<string, CloudEntry>;

const cloudFrom = (call: Call, cloud: string): CloudEntry => {
  const file = call.flag("file") ?? call.words[1];
  if (file === undefined) {
    call.out(`Cloud Types\n  lxd\n  maas\n  ${call.profile.sshCloud}\n\nSelect cloud type: \n`);
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

export const count = (credentials: CloudCredentials | undefined): number =>
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
  const local = count(credentials.localhost);
  const { regions, ...localhost } = LOCALHOST;
  const known = { ...localhost, ...(local > 0 ? { "credential-count": local } : {}), regions };
  return Object.fromEntries([["localhost", known], ...own]) as Record<string, unknown>;
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
    const known = cloudsOfClient(call)[cloud] as Record<string, unknown> | undefined;
    const rest = { ...known };
    delete rest.description;
    return call.show({
      [cloud]: {
        ...rest,
        defined: "public",
        ...(cloud === "localhost" ? { endpoint: `https://${LXD.gateway}:8443` } : {}),
        users: { admin: { "display-name": "admin", access: "admin" } },
      },
    });
  }
  const all = call.on("all");
  if (!all)
    call.err(
      "Only clouds with registered credentials are shown.\nThere are more clouds, use --all to see them.\n",
    );
  const value = cloudsOfClient(call);
  return call.show(all ? { ...PUBLIC(call), ...value } : value);
};

const PUBLIC_TYPES = {
  aws: "ec2",
  "aws-china": "ec2",
  "aws-gov": "ec2",
  azure: "azure",
  "azure-china": "azure",
  equinix: "equinix",
  google: "gce",
  oracle: "oci",
};

const GONE_IN_4 = new Set(["equinix"]);

/** Clouds that Juju knows by itself. */
const PUBLIC = (call: Call): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(PUBLIC_TYPES)
      .filter(([name]) => !(call.profile.major === 4 && GONE_IN_4.has(name)))
      .map(([name, type]) => [name, { defined: "public", type }]),
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

export const defaultRegion = (call: Call): number => {
  const [cloud = ""] = call.words;
  if (call.client.clouds()[cloud] === undefined) throw new JujuError(`cloud ${cloud} not valid`);
  throw new JujuError(`cloud ${cloud} has no regions`);
};
