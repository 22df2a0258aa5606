/**
 * What each step is told and what it reports: the only thing that components know of steps.
 *
 * A spec is plain JSON without secrets. It is the resource's `stdin`, so a preview shows its structured difference.
 * Secrets travel apart, as one JSON object in the environment variable {@link SECRETS_VARIABLE}.
 */

import type { Bundle } from "../bundle/types";

/** Environment variable that carries a step's secrets: JSON of the step's `…Secrets` and {@link BastionSecrets}. */
export const SECRETS_VARIABLE = "PRIVATE_CLOUD_SECRETS";

/** Where the command plugin gives a step what it printed the last time, if its resource asks for that. */
export const EARLIER_VARIABLE = "PULUMI_COMMAND_STDOUT";

/** Where the remote tools run: MAAS, Juju, Vault and OpenStack clients are on this machine's PATH. */
export interface BastionSpec {
  host: string;
  port: number;
  user: string;
  /** One known_hosts key without the host, e.g. `ssh-ed25519 AAAA…`. Connections to any other key are refused. */
  hostKey: string;
}

export interface BastionSecrets {
  /** OpenSSH private key, PEM text. */
  bastionPrivateKey: string;
}

/** Members that every step's spec has. */
export interface StepSpec {
  bastion: BastionSpec;
}

/** How the MAAS region is reached from the bastion. */
export interface MaasAccessSpec {
  /** Name of the `maas login` profile that the step uses. */
  profile: string;
  /** e.g. `http://172.16.0.3:5240/MAAS`. */
  url: string;
}

export interface MaasSecrets {
  maasApiKey: string;
}

export interface AddressRange {
  start: string;
  end: string;
  comment: string;
}

/** A step that looks at what the bundle made. */
export interface AfterBundleSpec extends StepSpec {
  /** Digest of the bundle: when it changes, what the step saw may be so no longer, and the step runs again. */
  bundleDigest?: string | undefined;
}

// ---- maas/site ------------------------------------------------------------------------------------------------------

export interface MaasSiteSpec extends StepSpec {
  maas: MaasAccessSpec;
  /** Region settings as `maas set-config` names them, e.g. `upstream_dns`, `kernel_opts`. */
  settings: Record<string, string>;
  zones: string[];
  pools: string[];
  subnets: {
    cidr: string;
    gateway: string;
    dns: string[];
    /** DHCP of MAAS on the subnet's VLAN; absent: as it is. */
    dhcp?: { dynamicRange: AddressRange };
    reserved: AddressRange[];
  }[];
}

export interface MaasSiteResult {
  version: string;
  subnets: { cidr: string; id: number; fabric: string; vid: number; space: string }[];
}

// ---- maas/fleet -----------------------------------------------------------------------------------------------------

export interface MachineSpec {
  hostname: string;
  macAddresses: string[];
  architecture: string;
  /** MAAS power driver, e.g. `amt`, and its parameters without secrets (`power_address`, …). */
  power: { type: string; parameters: Record<string, string> };
  tags: string[];
  zone: string;
  pool: string;
  bridges: { name: string; type: string; parent: string; subnetCidr: string; linkMode: string }[];
  /** Smallest hardware that commissioning may find. */
  minimum: { cores: number; ramMiB: number; disks: number };
}

export interface MaasFleetSpec extends StepSpec {
  maas: MaasAccessSpec;
  machines: MachineSpec[];
}

export interface MaasFleetSecrets extends MaasSecrets {
  /** Secret power parameters by hostname, e.g. `{"server1": {"power_pass": "…"}}`. */
  powerSecrets: Record<string, Record<string, string>>;
}

export interface MaasFleetResult {
  machines: {
    hostname: string;
    systemId: string;
    status: string;
    tags: string[];
    zone: string;
    pool: string;
    cores: number;
    ramMiB: number;
    disks: number;
    macAddresses: string[];
  }[];
}

// ---- juju/controller ------------------------------------------------------------------------------------------------

export interface JujuControllerSpec extends StepSpec {
  controller: string;
  cloud: { name: string; endpoint: string };
  credential: string;
  /** e.g. `ubuntu@22.04`. */
  base: string;
  /** Bootstrap constraints, e.g. `tags=controller arch=amd64`. */
  constraints: string;
  bootstrapTimeoutSeconds: number;
  /** Juju versions that delete machines from MAAS are refused unless this is true (docs/adr/0004-juju-versions.md). */
  allowUnsafeJuju: boolean;
  /** The MAAS profile with which machines of a half-made controller are found again. */
  maas: MaasAccessSpec;
  /** Removing the controller releases its machine: refused unless this is true. */
  allowDestroy: boolean;
}

export type JujuControllerSecrets = MaasSecrets;

export interface JujuControllerResult {
  controller: string;
  uuid: string;
  apiEndpoints: string[];
  jujuVersion: string;
  /** With MAAS's status of it. */
  machine: { hostname: string; systemId: string; status: string };
}

// ---- juju/model -----------------------------------------------------------------------------------------------------

export interface JujuModelSpec extends StepSpec {
  controller: string;
  model: string;
  cloud: string;
  credential: string;
  /** Model configuration, e.g. `default-base`. */
  config: Record<string, string>;
  /** Where the model's machines are looked for when it has been destroyed. */
  maas: MaasAccessSpec;
  /** As for the controller: a dangerous Juju destroys no model. */
  allowUnsafeJuju: boolean;
  /** Removing the model releases its machines and loses its data: refused unless this is true. */
  allowDestroy: boolean;
}

export type JujuModelSecrets = MaasSecrets;

export interface JujuModelResult {
  controller: string;
  model: string;
  uuid: string;
}

// ---- juju/bundle ----------------------------------------------------------------------------------------------------

/** What an application may look like while the model is waited for: regular expressions on the workload message. */
export interface AllowedStatus {
  application: string;
  workload: string;
  message: string;
}

/** When the wait for a model gives up. */
export interface PatienceSpec {
  /** No status changed for so long. */
  stallSeconds: number;
  ceilingSeconds: number;
  pollSeconds: number;
  /** Everything must have stayed settled for so long. */
  quietSeconds: number;
}

export type BundleSpec = Bundle;

export interface JujuBundleSpec extends StepSpec {
  controller: string;
  model: string;
  bundle: BundleSpec;
  /** Statuses that count as settled at this gate although they are not active, e.g. a Vault that waits to be initialised. */
  allowed: AllowedStatus[];
  patience: PatienceSpec;
}

export interface UnitResult {
  unit: string;
  machine: string;
  hostname: string;
  address: string;
  workload: string;
  message: string;
}

export interface JujuBundleResult {
  applications: {
    name: string;
    charm: string;
    channel: string;
    revision: number;
    status: string;
    units: UnitResult[];
  }[];
  /** With MAAS's status of each, as Juju's MAAS provider tells it. */
  machines: {
    id: string;
    hostname: string;
    systemId: string;
    status: string;
    addresses: string[];
  }[];
  relations: number;
}

// ---- vault/ready ----------------------------------------------------------------------------------------------------

export interface VaultSpec extends AfterBundleSpec {
  controller: string;
  model: string;
  application: string;
  keyShares: number;
  keyThreshold: number;
  tokenTtl: string;
  /** Subject and lifetime of Vault's intermediate CA, which the site's CA signs. */
  ca: { certificatePem: string; commonName: string; days: number };
  /** Applications that are not yet active when Vault is, see {@link AllowedStatus}. */
  patience: PatienceSpec;
}

export interface VaultSecrets {
  /** Private key of the site's CA, PEM text; it never leaves the machine on which the step runs. */
  caPrivateKeyPem: string;
}

export interface VaultResult {
  address: string;
  initialized: boolean;
  sealed: boolean;
  threshold: number;
  /** Secret. */
  unsealKeys: string[];
  /** Secret. */
  rootToken: string;
  /** PEM of the intermediate CA and its end. */
  intermediatePem: string;
  expires: string;
}

// ---- vault/unsealed -------------------------------------------------------------------------------------------------

/** Not part of a stack: `npm run unseal` runs it when Vault has sealed itself. */
export interface VaultUnsealedSpec extends StepSpec {
  controller: string;
  model: string;
  application: string;
  /** Where its units were last; asked before Juju is. */
  addresses: string[];
}

export interface VaultUnsealedSecrets {
  unsealKeys: string[];
  rootToken: string;
}

export interface VaultUnsealedResult {
  /** Units that were sealed. */
  unsealed: string[];
}

// ---- juju/settled ---------------------------------------------------------------------------------------------------

export interface JujuSettledSpec extends AfterBundleSpec {
  controller: string;
  model: string;
  /** Applications with the number of principal units each must have; subordinates with 0. */
  applications: Record<string, number>;
  allowed: AllowedStatus[];
  patience: PatienceSpec;
}

export type JujuSettledResult = JujuBundleResult;

// ---- keystone/access ------------------------------------------------------------------------------------------------

export interface KeystoneAccessSpec extends AfterBundleSpec {
  controller: string;
  model: string;
  keystoneApplication: string;
  /** As configuration and the provider know it; Keystone's catalogue must name the same address as its public one. */
  authUrl: string;
  region: string;
  caCertificatePem: string;
  /**
   * The user whose password configuration knows: made in `domain` with role admin on `project`, on `domain` and, inherited,
   * on every project of `domain` (`openstack role add … --domain D admin`, the same with `--inherited`). So the program can
   * make a project and scope a provider to it without looking up an id in a cloud that a preview cannot reach.
   */
  automation: { user: string; project: string; domain: string };
}

export interface KeystoneAccessSecrets {
  automationPassword: string;
}

export interface KeystoneAccessResult {
  authUrl: string;
  region: string;
  adminUser: string;
  adminProject: string;
  adminDomain: string;
  /** Secret. */
  adminPassword: string;
  services: { name: string; type: string }[];
}

// ---- openstack/verify -----------------------------------------------------------------------------------------------

export interface VerificationSpec extends AfterBundleSpec {
  authUrl: string;
  region: string;
  caCertificatePem: string;
  automation: { user: string; project: string; domain: string };
  /** Service types that the catalogue must have. */
  services: string[];
  hypervisorsAtLeast: number;
  /** The project whose servers are looked at. */
  project: string;
  app: {
    /** URL at the shared address, as seen from the bastion. */
    url: string;
    apiServers: string[];
    loadBalancers: string[];
    databaseServer: string;
  };
  /** False in a lab without real virtual machines: HTTP checks and the failover are left out, and the report says so. */
  realMachines: boolean;
  failover: boolean;
  patience: { httpSeconds: number; failoverSeconds: number };
}

export interface VerificationSecrets {
  automationPassword: string;
}

export interface VerificationCheck {
  name: string;
  ok: boolean;
  detail: string;
}

export interface VerificationResult {
  at: string;
  ok: boolean;
  checks: VerificationCheck[];
  /** Names of what was left out, with the reason. */
  leftOut: string[];
  servers: { name: string; status: string; hypervisor: string; fixedIp: string }[];
  failover?: { owner: string; newOwner: string; outageSeconds: number; at: string };
}
