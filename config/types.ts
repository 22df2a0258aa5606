/**
 * What a person may write about a stack, after the preset has filled in what was left out. Names are those of the keys in
 * the stack's configuration (namespace `private-cloud`), so an error's path can be looked for there.
 */
import type { ApplicationOverride, Relation } from "../bundle/types";

/** An inclusive range of IPv4 addresses. */
export interface AddressRange {
  start: string;
  end: string;
}

export interface ReservedRange extends AddressRange {
  /** Seen in MAAS; says whose addresses they are. */
  comment: string;
}

/** The machine on which `maas`, `juju`, `vault` and `openstack` are run, reached by SSH. */
export interface BastionConfig {
  host: string;
  port: number;
  user: string;
  /** The server's public key, e.g. `ssh-ed25519 AAAA…`: no other is talked to. `ssh-keyscan -t ed25519 HOST` shows it. */
  hostKey: string;
}

export interface MaasConfig {
  /** Name of the login that the `maas` command on the bastion keeps. */
  profile: string;
  /** As the bastion and the machines reach it, e.g. `http://172.16.0.3:5240/MAAS`. */
  url: string;
  /** Region settings by the names of `maas PROFILE maas set-config`. */
  settings: Record<string, string>;
  /** Zones and pools that exist beside `default`. */
  zones: string[];
  pools: string[];
}

/** The network of the machines. MAAS serves DHCP on it. */
export interface NetworkConfig {
  cidr: string;
  gateway: string;
  dns: string[];
  /** From here MAAS gives addresses to machines that boot. */
  dynamicRange: AddressRange;
  /** Nobody else may use these; the floating IPs of `external.pool` are reserved without being named here. */
  reserved: ReservedRange[];
}

export interface PowerConfig {
  /** MAAS power driver, e.g. `amt`, `ipmi`. */
  type: string;
  /** Address of the management controller. */
  address: string;
  /** Further parameters of the driver by MAAS's names, e.g. `power_user`. The password is `powerPassword`. */
  parameters: Record<string, string>;
}

export interface BridgeConfig {
  name: string;
  /** `ovs` or `standard`. */
  type: string;
  /** Interface below it. */
  parent: string;
  /** MAAS link mode to `network`: `auto`, `dhcp`, `static` or `link_up`. */
  linkMode: string;
}

export interface MachineConfig {
  /** Of the interface that boots, and of others that are known. */
  macs: string[];
  architecture: string;
  power: PowerConfig;
  /** Juju chooses machines by these. */
  tags: string[];
  zone: string;
  pool: string;
  bridges: BridgeConfig[];
  /** Less than this is refused when the machine has been commissioned. */
  minimum: { cores: number; ramMiB: number; disks: number };
  /** Never given to Ceph. */
  bootDisk: string;
}

export interface JujuConfig {
  controller: string;
  cloud: string;
  credential: string;
  model: string;
  /** Base of all machines, e.g. `ubuntu@22.04`. */
  base: string;
  /** MAAS tag of the controller's machine. */
  controllerTag: string;
  bootstrapTimeoutSeconds: number;
  /** Model options, e.g. `update-status-hook-interval`. `default-base` follows `base`. */
  modelConfig: Record<string, string>;
}

/** The charmed cloud, see {@link BundleSettings}. */
export interface OpenstackConfig {
  release: string;
  /** MAAS tag of the machines that carry it. */
  hostTag: string;
  architecture: string;
  osdDevices: string[];
  bridgeMappings: Record<string, string>;
  bridgeInterfaces: Record<string, string>;
  flatNetworks: string[];
  dnsServers: string[];
  virtType: string;
  applications: Record<string, ApplicationOverride | null>;
  relations: Relation[];
}

export interface VaultConfig {
  keyShares: number;
  /** So many of the key shares unseal it. */
  keyThreshold: number;
  /** Lifetime of the token that authorises the charm. */
  tokenTtl: string;
  /** Vault's intermediate CA, which the site's CA signs. */
  caCommonName: string;
  caDays: number;
}

/** How the cloud is reached once it runs. */
export interface AccessConfig {
  /** Keystone's public URL. It must be known beforehand, or no preview could be complete. */
  authUrl: string;
  region: string;
  /** The user that this program makes for itself; its password is `automationPassword`. */
  user: string;
  project: string;
  domain: string;
}

export interface ExternalConfig {
  name: string;
  /** Physical network, a key of `openstack.bridgeMappings`. */
  physnet: string;
  cidr: string;
  gateway: string;
  /** Floating IPs and routers get these. MAAS reserves them where the network is also that of the machines. */
  pool: AddressRange;
}

export interface ImageConfig {
  name: string;
  /** A qcow2 file, relative to the project's folder. */
  file: string;
}

export interface FlavorConfig {
  vcpus: number;
  ramMiB: number;
  diskGiB: number;
}

export interface TenantConfig {
  project: string;
  /** Private range (RFC 1918) of the project's network. */
  cidr: string;
  /** What DHCP gives out; the fixed addresses of `app` are outside. */
  pool: AddressRange;
  dns: string[];
  /** Who may open the application. */
  clients: string;
  /** Networks from which operators log in to the servers by SSH. */
  operators: string[];
}

export interface AppConfig {
  name: string;
  /** Fixed addresses in `tenant.cidr`. */
  addresses: { shared: string; balancers: string[]; apis: string[]; database: string };
  /** Absent: Neutron chooses one of `external.pool`. */
  floatingIp?: string | undefined;
  flavor: string;
  databaseFlavor: string;
  databaseVolumeGiB: number;
}

export interface VerificationConfig {
  /** Kill the load balancer that holds the shared address and measure the outage. Never on a cloud that somebody uses. */
  failover: boolean;
  hypervisorsAtLeast: number;
  httpSeconds: number;
  failoverSeconds: number;
}

/** When waiting for a model gives up. */
export interface PatienceConfig {
  stallSeconds: number;
  ceilingSeconds: number;
  pollSeconds: number;
  quietSeconds: number;
}

export interface SiteConfig {
  bastion: BastionConfig;
  maas: MaasConfig;
  network: NetworkConfig;
  machines: Record<string, MachineConfig>;
  juju: JujuConfig;
  openstack: OpenstackConfig;
  vault: VaultConfig;
  access: AccessConfig;
  external: ExternalConfig;
  image: ImageConfig;
  flavors: Record<string, FlavorConfig>;
  tenant: TenantConfig;
  app: AppConfig;
  verification: VerificationConfig;
  patience: PatienceConfig;
}

/** Switches that let something through which is refused otherwise; all false unless set. */
export interface Permissions {
  /** Plugins that were built from package registries, for the lab and CI. */
  allowStandInPlugins: boolean;
  /** Juju versions that delete machines from MAAS. */
  allowUnsafeJuju: boolean;
  /** Deleting what holds data: the controller with its machine, the model, the database. */
  allowDestroy: boolean;
}

/** Values that are never printed; each is one configuration key, set with `pulumi config set --secret`. */
export interface SiteSecrets {
  bastionPrivateKey: string;
  maasApiKey: string;
  caPrivateKeyPem: string;
  automationPassword: string;
  databasePassword: string;
  powerPassword: string;
}

/** Something wrong with the configuration. */
export interface Problem {
  /** Below the namespace, e.g. `network.cidr`. */
  path: string;
  message: string;
  /** Only told. */
  warning?: true;
}
