/** Shapes of all configuration keys. Unknown members are refused: they are misspelled ones. */
import { z } from "zod";

import { RELEASES } from "../bundle/channels";
import { cidrFault, isAddress } from "./addresses";
import type {
  AccessConfig,
  AddressRange,
  AppConfig,
  BastionConfig,
  ExternalConfig,
  FlavorConfig,
  ImageConfig,
  JujuConfig,
  MaasConfig,
  MachineConfig,
  NetworkConfig,
  OpenstackConfig,
  PatienceConfig,
  SiteConfig,
  TenantConfig,
  VaultConfig,
  VerificationConfig,
} from "./types";

const text = (what: string, pattern: RegExp = /./) =>
  z
    .string({ error: `must be ${what}; a number here needs quotes` })
    .regex(pattern, `must be ${what}`);
const whole = (from: number, to: number, unit = "") => {
  const error = `must be a whole number from ${from} to ${to}${unit}`;
  return z.number({ error }).int(error).min(from, error).max(to, error);
};
const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: `must be a list of ${what}` });
const oneOf = (values: string[]) =>
  z
    .string({ error: `must be one of ${values.join(", ")}; quote it` })
    .refine((value) => values.includes(value), `must be one of ${values.join(", ")}`);
const section = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "must be an object with named members",
  });

const address = z
  .string({ error: "must be an IPv4 address such as 172.16.0.1" })
  .refine(isAddress, "must be an IPv4 address such as 172.16.0.1");
const cidr = z
  .string({ error: "must be a network such as 172.16.0.0/20" })
  .superRefine((value, context) => {
    const fault = cidrFault(value);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });
const range: z.ZodType<AddressRange> = section({ start: address, end: address });

/** Name of a thing in MAAS or Juju: never something that a tool takes for an option. */
const name = text(
  "a name of letters, digits, dots, hyphens and underscores",
  /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
);
const lowerName = text(
  "a name of lower-case letters, digits and hyphens",
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
);
const texts = z.record(name, text("text"), { error: "must be an object of texts" });
const httpUrl = text(
  "a URL such as http://172.16.0.3:5240/MAAS",
  /^https?:\/\/[A-Za-z0-9.:[\]-]+(\/\S*)?$/,
);
const device = text("a device such as /dev/sdb", /^\/dev\/\S+$/);

const bastion: z.ZodType<BastionConfig> = section({
  host: text("a host name or address", /^[A-Za-z0-9][A-Za-z0-9.:-]*$/),
  port: whole(1, 65535),
  user: text("a user name", /^[A-Za-z_][A-Za-z0-9_.-]*$/),
  hostKey: text(
    "a public key such as ssh-ed25519 AAAA… (`ssh-keyscan -t ed25519 HOST` shows it)",
    /^[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$/,
  ),
});

const maas: z.ZodType<MaasConfig> = section({
  profile: name,
  url: httpUrl,
  settings: texts,
  zones: list(name, "zone names"),
  pools: list(name, "pool names"),
});

const network: z.ZodType<NetworkConfig> = section({
  cidr,
  gateway: address,
  dns: list(address, "addresses"),
  dynamicRange: range,
  reserved: list(section({ start: address, end: address, comment: text("text") }), "ranges"),
});

const bridge = section({
  name,
  type: oneOf(["ovs", "standard"]),
  parent: name,
  linkMode: oneOf(["auto", "dhcp", "static", "link_up"]).default("auto"),
});

const machine: z.ZodType<MachineConfig> = section({
  macs: list(
    text("a MAC address such as 52:54:00:16:00:01", /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i),
    "MAC addresses",
  ).min(1, "needs at least one MAC address"),
  architecture: text("an architecture such as amd64/generic", /^[a-z0-9]+\/[a-z0-9-]+$/).default(
    "amd64/generic",
  ),
  power: section({ type: name, address: text("an address"), parameters: texts.default({}) }),
  tags: list(name, "tags").default([]),
  zone: name.default("default"),
  pool: name.default("default"),
  bridges: list(bridge, "bridges").default([]),
  minimum: section({
    cores: whole(1, 1024).default(1),
    ramMiB: whole(512, 64 * 1024 * 1024, " MiB").default(1024),
    disks: whole(1, 256).default(1),
  }).prefault({}),
  bootDisk: device.default("/dev/sda"),
});

const juju: z.ZodType<JujuConfig> = section({
  controller: lowerName,
  cloud: name,
  credential: name,
  model: lowerName,
  base: text("a base such as ubuntu@22.04", /^ubuntu@\d\d\.\d\d$/),
  controllerTag: name,
  bootstrapTimeoutSeconds: whole(60, 24 * 3600, " seconds"),
  modelConfig: z.record(
    text("a model setting such as http-proxy", /^[a-z][a-z0-9-]*$/),
    z.string({ error: "must be text; quote it" }),
    { error: "must be an object of texts" },
  ),
});

const application = section({
  channel: text("a channel such as yoga/stable").optional(),
  revision: whole(0, 1e6).optional(),
  units: whole(0, 1000).optional(),
  to: list(text("a place such as 0 or lxd:0", /^(lxd:)?\d+$/), "places").optional(),
  options: z
    .record(name, z.union([z.string(), z.number(), z.boolean()]), {
      error: "must be an object of charm options",
    })
    .optional(),
  constraints: text("constraints such as arch=amd64").optional(),
  bindings: z.record(z.string(), z.string(), { error: "must be an object of spaces" }).optional(),
});

const openstack: z.ZodType<OpenstackConfig> = section({
  release: oneOf(Object.keys(RELEASES)),
  hostTag: name,
  architecture: name,
  osdDevices: list(device, "devices"),
  bridgeMappings: texts,
  bridgeInterfaces: z.record(name, text("an interface or MAC address"), {
    error: "must be an object of interfaces by bridge",
  }),
  flatNetworks: list(text("a physical network"), "physical networks"),
  dnsServers: list(address, "addresses"),
  virtType: oneOf(["kvm", "qemu"]),
  applications: z.record(name, application.nullable(), {
    error: "must be an object of changes by application",
  }),
  relations: list(
    z.tuple([text("application:endpoint"), text("application:endpoint")], {
      error: "must be a pair of endpoints, each application:endpoint",
    }),
    "pairs of endpoints",
  ),
});

const vault: z.ZodType<VaultConfig> = section({
  keyShares: whole(1, 255),
  keyThreshold: whole(1, 255),
  tokenTtl: text("a duration such as 50m", /^\d+[smh]$/),
  caCommonName: text("text"),
  caDays: whole(1, 36500, " days"),
});

const access: z.ZodType<AccessConfig> = section({
  authUrl: text(
    "Keystone's public URL over TLS, e.g. https://172.16.0.50:5000/v3",
    /^https:\/\/[A-Za-z0-9.:[\]-]+(\/\S*)?\/v3$/,
  ),
  region: name,
  user: name,
  project: name,
  domain: name,
});

const external: z.ZodType<ExternalConfig> = section({
  name,
  physnet: name,
  cidr,
  gateway: address,
  pool: range,
});

const image: z.ZodType<ImageConfig> = section({ name, file: text("the path of a qcow2 file") });

const flavor: z.ZodType<FlavorConfig> = section({
  vcpus: whole(1, 1024),
  // The unit is in the name because `1` was once meant as GiB.
  ramMiB: whole(64, 64 * 1024 * 1024, " MiB"),
  diskGiB: whole(1, 1024 * 1024, " GiB"),
});

const tenant: z.ZodType<TenantConfig> = section({
  project: name,
  cidr,
  pool: range,
  dns: list(address, "addresses"),
  operators: list(cidr, "networks").default([]),
  clients: z
    .string({ error: "must be a network such as 10.20.0.0/16" })
    .superRefine((value, context) => {
      const fault = value === "0.0.0.0/0" ? undefined : cidrFault(value);
      if (fault !== undefined)
        context.addIssue({ code: "custom", message: `${fault}; 0.0.0.0/0 is everybody` });
    }),
});

const app: z.ZodType<AppConfig> = section({
  name: lowerName,
  addresses: section({
    shared: address,
    balancers: list(address, "addresses").length(
      2,
      "must have two addresses: the pair that shares one",
    ),
    apis: list(address, "addresses").min(2, "needs two addresses or more"),
    database: address,
  }),
  floatingIp: address.optional(),
  flavor: name,
  databaseFlavor: name,
  databaseVolumeGiB: whole(1, 65536, " GiB"),
});

const verification: z.ZodType<VerificationConfig> = section({
  failover: z.boolean({ error: "must be true or false" }),
  hypervisorsAtLeast: whole(1, 10000),
  httpSeconds: whole(1, 24 * 3600, " seconds"),
  failoverSeconds: whole(1, 24 * 3600, " seconds"),
});

const seconds = z.number({ error: "must be a number of seconds" }).positive("must be above 0");
const patience: z.ZodType<PatienceConfig> = section({
  stallSeconds: seconds,
  ceilingSeconds: seconds,
  pollSeconds: seconds,
  quietSeconds: z.number({ error: "must be a number of seconds" }).min(0, "must not be negative"),
});

/** One schema per configuration key that holds an object. */
export const SECTIONS: { [Key in keyof SiteConfig]: z.ZodType<SiteConfig[Key]> } = {
  bastion,
  maas,
  network,
  machines: z.record(lowerName, machine, { error: "must be an object of machines by name" }),
  juju,
  openstack,
  vault,
  access,
  external,
  image,
  flavors: z.record(name, flavor, { error: "must be an object of flavors by name" }),
  tenant,
  app,
  verification,
  patience,
};
