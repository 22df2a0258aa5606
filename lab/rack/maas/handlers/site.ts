import type { Rack } from "../../core/rack";
import { invalid, MaasError, notFound } from "../errors";
import { nextNumber } from "../numbers";
import { POWER_TYPES } from "../power";
import { API } from "../render";
import { renderDomain } from "../renderMachine";
import { type Call, EMPTY, type Handler, path, Text } from "../request";
import type { BootResource, MaasEvent, RackController, User } from "../state";

const VERSIONS: Record<string, string> = {
  "3.4": "3.4.10",
  "3.5": "3.5.13",
  "3.6": "3.6.5",
  "3.7": "3.7.3",
  next: "3.8.0",
};

const CAPABILITIES = [
  "networks-management",
  "static-ipaddresses",
  "ipv6-deployment-ubuntu",
  "devices-management",
  "storage-deployment-ubuntu",
  "network-deployment-ubuntu",
  "bridging-interface-ubuntu",
  "bridging-automatic-ubuntu",
  "authenticate-api",
];

export const version: Handler = {
  read: ({ rack }) => ({
    version: VERSIONS[rack.profile.maas] ?? rack.profile.maas,
    subversion: "",
    capabilities: CAPABILITIES,
  }),
};

const configName = (call: Call): string => {
  const name = call.params.required("name");
  if (!(name in call.rack.maas.config)) {
    throw invalid({
      name: [
        `${name} is not a valid config setting (valid settings are: ${Object.keys(call.rack.maas.config).sort().join(", ")}).`,
      ],
    });
  }
  return name;
};

/** A setting keeps the type it has. */
const configValue = (rack: Rack, name: string, text: string): unknown => {
  const before = rack.maas.config[name];
  if (typeof before === "boolean") return /^(true|on|yes|1)$/i.test(text);
  if (typeof before === "number") {
    if (!/^\d+$/.test(text)) throw invalid({ [name]: ["Enter a whole number."] });
    return Number(text);
  }
  if (name === "upstream_dns" || name === "ntp_servers")
    return text
      .split(/[\s,]+/)
      .join(" ")
      .trim();
  const releases = rack.maas.bootResources.map((each) => each.name.split("/")[1] ?? "");
  if (/distro_series$/.test(name) && !releases.includes(text)) {
    const choices = [...new Set(releases)]
      .sort()
      .map((each) => `'${each}'`)
      .join(", ");
    throw invalid({
      [name]: [`'${text}' is not a valid release.  It should be one of: ${choices}.`],
    });
  }
  return text;
};

export const maasServer: Handler = {
  "get-config": (call) => call.rack.maas.config[configName(call)] ?? null,
  "set-config": (call) => {
    const name = configName(call);
    if (!call.params.has("value")) throw invalid({ value: ["This field is required."] });
    call.rack.maas.config[name] = configValue(call.rack, name, call.params.text("value"));
    return new Text("OK");
  },
};

const renderResource = (resource: BootResource, full: boolean) => ({
  id: resource.id,
  type: resource.type,
  name: resource.name,
  architecture: resource.architecture,
  resource_uri: `${API}/boot-resources/${resource.id}/`,
  subarches: resource.subarches,
  ...(full ? { sets: {} } : {}),
});

export const bootResources: Handler = {
  read: ({ rack }) => rack.maas.bootResources.map((resource) => renderResource(resource, false)),
  create: (call) => {
    const { maas } = call.rack;
    const resource: BootResource = {
      id: nextNumber(maas, "bootResource"),
      type: "Uploaded",
      name: call.params.required("name"),
      architecture: call.params.required("architecture"),
      subarches: "generic",
    };
    maas.bootResources.push(resource);
    return renderResource(resource, true);
  },
  import: ({ rack }) => {
    rack.maas.importingUntil = rack.now + 300_000;
    return new Text("Import of boot resources started");
  },
  "stop-import": ({ rack }) => {
    rack.maas.importingUntil = rack.now;
    return new Text("Import of boot resources is being stopped");
  },
  "is-importing": ({ rack }) => rack.now < rack.maas.importingUntil,
};

const resourceOf = (call: Call): BootResource => {
  const found = call.rack.maas.bootResources.find((each) => String(each.id) === path(call, "id"));
  if (found === undefined) throw notFound("BootResource");
  return found;
};

export const bootResource: Handler = {
  read: (call) => renderResource(resourceOf(call), true),
  delete: (call) => {
    const found = resourceOf(call);
    call.rack.maas.bootResources = call.rack.maas.bootResources.filter((each) => each !== found);
    return EMPTY;
  },
};

const renderUser = (user: User) => ({
  username: user.username,
  email: user.email,
  is_local: true,
  is_superuser: user.superuser,
  resource_uri: `${API}/users/${user.username}/`,
});

const userOf = (call: Call): User => {
  const found = call.rack.maas.users.find((each) => each.username === path(call, "username"));
  if (found === undefined) throw notFound("User");
  return found;
};

const requireAdmin = (user: User): void => {
  if (!user.superuser) throw new MaasError(403, "");
};

export const users: Handler = {
  read: ({ rack }) => rack.maas.users.map(renderUser),
  whoami: ({ user }) => renderUser(user),
  create: (call) => {
    requireAdmin(call.user);
    const { maas } = call.rack;
    const username = call.params.required("username");
    call.params.required("password");
    if (maas.users.some((each) => each.username === username)) {
      throw invalid({ username: ["A user with that username already exists."] });
    }
    const user: User = {
      username,
      email: call.params.required("email"),
      superuser: call.params.flag("is_superuser"),
      keys: [],
      sshKeys: [],
    };
    maas.users.push(user);
    return renderUser(user);
  },
};

export const user: Handler = {
  read: (call) => renderUser(userOf(call)),
  delete: (call) => {
    requireAdmin(call.user);
    const found = userOf(call);
    const { maas } = call.rack;
    if (found === call.user) throw new MaasError(400, "An administrator cannot self-delete.");
    if (maas.machines.some((machine) => machine.owner === found.username)) {
      throw new MaasError(
        400,
        `User ${found.username} cannot be deleted: 1 node(s) are still allocated.`,
      );
    }
    maas.users = maas.users.filter((each) => each !== found);
    return EMPTY;
  },
};

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";

export const account: Handler = {
  "create-authorisation-token": ({ rack, user, params }) => {
    const rng = rack.rng(`key:${user.username}:${user.keys.length}`);
    const key = {
      name: params.get("name") ?? "MAAS consumer",
      consumer: rng.letters(18, LETTERS),
      token: rng.letters(18, LETTERS),
      secret: rng.letters(32, LETTERS),
    };
    user.keys.push(key);
    return {
      token_key: key.token,
      token_secret: key.secret,
      consumer_key: key.consumer,
      name: key.name,
    };
  },
  "delete-authorisation-token": ({ user, params }) => {
    const token = params.required("token_key");
    if (!user.keys.some((key) => key.token === token)) throw notFound("Token");
    user.keys = user.keys.filter((key) => key.token !== token);
    return EMPTY;
  },
  "list-authorisation-tokens": ({ user }) =>
    user.keys.map((key) => ({
      name: key.name,
      token: `${key.consumer}:${key.token}:${key.secret}`,
    })),
  "update-token-name": ({ user, params }) => {
    const key = user.keys.find((each) => params.required("token").split(":").includes(each.token));
    if (key === undefined) throw notFound("Token");
    key.name = params.required("name");
    return null;
  },
};

const renderSshKey = (key: User["sshKeys"][number]) => ({
  key: key.key,
  id: key.id,
  keysource: key.source ?? "",
  resource_uri: `${API}/account/prefs/sshkeys/${key.id}/`,
});

export const sshkeys: Handler = {
  read: ({ user }) => user.sshKeys.map(renderSshKey),
  create: ({ rack, user, params }) => {
    const key = params.required("key").trim();
    if (!/^(ssh-(rsa|ed25519|dss)|ecdsa-\S+) [A-Za-z0-9+/=]{16,}/.test(key)) {
      throw invalid({ key: ["Invalid SSH public key."] });
    }
    if (user.sshKeys.some((each) => each.key === key)) {
      throw invalid({ key: ["This key has already been added for this user."] });
    }
    const record = { id: nextNumber(rack.maas, "sshkey"), key, source: null };
    user.sshKeys.push(record);
    return renderSshKey(record);
  },
  import: () => {
    throw new MaasError(400, "Unable to import SSH keys. There are no SSH keys for that account.");
  },
};

export const sshkey: Handler = {
  read: ({ user, path: { id } }) => {
    const key = user.sshKeys.find((each) => String(each.id) === id);
    if (key === undefined) throw notFound("SSHKey");
    return renderSshKey(key);
  },
  delete: ({ user, path: { id } }) => {
    if (!user.sshKeys.some((each) => String(each.id) === id)) throw notFound("SSHKey");
    user.sshKeys = user.sshKeys.filter((each) => String(each.id) !== id);
    return EMPTY;
  },
};

const LEVELS = ["AUDIT", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

const renderEvent = (rack: Rack, event: MaasEvent) => {
  const machine = rack.maas.machines.find((each) => each.systemId === event.systemId);
  const text = new Date(event.at).toUTCString();
  return {
    username: event.username ?? "unknown",
    node: event.systemId,
    hostname: machine?.hostname ?? "",
    id: event.id,
    level: event.level,
    created: `${text.slice(0, 4)}${text.slice(4, 25)}`,
    type: event.type,
    description: event.description,
  };
};

export const events: Handler = {
  query: ({ rack, params }) => {
    const level = LEVELS.indexOf(params.get("level") ?? "INFO");
    if (level < 0) throw new MaasError(400, `Unrecognised log level: ${params.text("level")}`);
    const limit = Number(params.get("limit") ?? 100);
    if (limit > 1000) {
      throw new MaasError(400, `Requested number of events ${limit} is greater than limit: 1000`);
    }
    const ids = params.list("id");
    const hostnames = params.list("hostname");
    const before = Number(params.get("before") ?? Infinity);
    const after = Number(params.get("after") ?? -Infinity);
    const chosen = rack.maas.events.filter((event) => {
      const machine = rack.maas.machines.find((each) => each.systemId === event.systemId);
      return (
        LEVELS.indexOf(event.level) >= level &&
        event.id < before &&
        event.id > after &&
        (ids.length === 0 || ids.includes(event.systemId ?? "")) &&
        (hostnames.length === 0 || hostnames.includes(machine?.hostname ?? ""))
      );
    });
    return {
      count: Math.min(chosen.length, limit),
      events: chosen
        .slice(-limit)
        .reverse()
        .map((event) => renderEvent(rack, event)),
      next_uri: `${API}/events/?op=query&limit=${limit}`,
      prev_uri: `${API}/events/?op=query&limit=${limit}`,
    };
  },
};

const renderRack = (controller: RackController) => ({
  system_id: controller.systemId,
  hostname: controller.hostname,
  fqdn: `${controller.hostname}.maas`,
  ip_addresses: [controller.address],
  node_type: 4,
  node_type_name: "Region and rack controller",
  architecture: "amd64/generic",
  service_set: ["rackd", "http", "tftp", "dhcpd", "ntp_rack", "dns_rack", "proxy_rack"].map(
    (name) => ({
      name,
      status: "running",
      status_info: "",
    }),
  ),
  interface_set: [],
  resource_uri: `${API}/rackcontrollers/${controller.systemId}/`,
});

const rackOf = (call: Call): RackController => {
  const found = call.rack.maas.rackControllers.find(
    (each) => each.systemId === path(call, "system_id"),
  );
  if (found === undefined) throw notFound("RackController");
  return found;
};

export const rackControllers: Handler = {
  read: ({ rack }) => rack.maas.rackControllers.map(renderRack),
  "import-boot-images": () => new Text("Import of boot images started on all rack controllers"),
  "describe-power-types": () =>
    Object.entries(POWER_TYPES)
      .filter(([name]) => name !== "")
      .map(([name, fields]) => ({ name, description: name, fields })),
  "is-registered": () => false,
  "is-action-in-progress": () => false,
  "power-parameters": () => ({}),
  "set-zone": () => null,
};

export const rackController: Handler = {
  read: (call) => renderRack(rackOf(call)),
  update: (call) => renderRack(rackOf(call)),
  "list-boot-images": (call) => {
    rackOf(call);
    return { connected: true, status: "synced", images: [] };
  },
  "import-boot-images": (call) => {
    rackOf(call);
    return new Text("Import of boot images started");
  },
};

export const domains: Handler = {
  read: ({ rack }) => rack.maas.domains.map(renderDomain),
  create: ({ rack, params }) => {
    const name = params.required("name");
    if (rack.maas.domains.some((each) => each.name === name)) {
      throw invalid({ name: ["Domain with this Name already exists."] });
    }
    const domain = {
      id: nextNumber(rack.maas, "domain"),
      name,
      authoritative: params.flag("authoritative", true),
      ttl: params.has("ttl") ? Number(params.text("ttl")) : null,
    };
    rack.maas.domains.push(domain);
    return renderDomain(domain);
  },
  "set-serial": () => null,
};

const domainOf = (call: Call) => {
  const wanted = path(call, "id");
  const found = call.rack.maas.domains.find(
    (each) => String(each.id) === wanted || each.name === wanted,
  );
  if (found === undefined) throw notFound("Domain");
  return found;
};

export const domain: Handler = {
  read: (call) => renderDomain(domainOf(call)),
  update: (call) => {
    const found = domainOf(call);
    found.name = call.params.get("name") ?? found.name;
    return renderDomain(found);
  },
  "set-default": (call) => renderDomain(domainOf(call)),
  delete: (call) => {
    const found = domainOf(call);
    if (found.id === 0) {
      throw new MaasError(400, "This domain is the default domain, it cannot be deleted.");
    }
    call.rack.maas.domains = call.rack.maas.domains.filter((each) => each !== found);
    return EMPTY;
  },
};

const fileUri = (filename: string): string => `${API}/files/${encodeURIComponent(filename)}/`;

const fileOf = (call: Call, filename: string) => {
  const file = call.rack.maas.files.find(
    (each) => each.filename === filename && each.owner === call.user.username,
  );
  if (file === undefined) throw notFound("FileStorage");
  return file;
};

export const files: Handler = {
  read: ({ rack, user, params }) =>
    rack.maas.files
      .filter((each) => each.owner === user.username)
      .filter((each) => each.filename.startsWith(params.text("prefix")))
      .map(({ filename }) => ({
        filename,
        anon_resource_uri: fileUri(filename),
        resource_uri: fileUri(filename),
      })),
  create: ({ rack, user, params }) => {
    const filename = params.required("filename");
    rack.maas.files = rack.maas.files.filter(
      (each) => each.filename !== filename || each.owner !== user.username,
    );
    rack.maas.files.push({ filename, content: params.text("file"), owner: user.username });
    return { filename, resource_uri: fileUri(filename) };
  },
  get: (call) => new Text(fileOf(call, call.params.required("filename")).content),
  "get-by-key": (call) => new Text(fileOf(call, call.params.required("key")).content),
  delete: (call) => {
    const file = fileOf(call, call.params.required("filename"));
    call.rack.maas.files = call.rack.maas.files.filter((each) => each !== file);
    return EMPTY;
  },
};

export const file: Handler = {
  read: (call) => {
    const found = fileOf(call, path(call, "filename"));
    return {
      filename: found.filename,
      content: Buffer.from(found.content).toString("base64"),
      resource_uri: fileUri(found.filename),
    };
  },
  delete: (call) => {
    const found = fileOf(call, path(call, "filename"));
    call.rack.maas.files = call.rack.maas.files.filter((each) => each !== found);
    return EMPTY;
  },
};
