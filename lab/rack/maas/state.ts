import type { Fabric, Interface, IpRange, Space, Subnet, Vlan } from "./network";
import type { Status } from "./status";

export * from "./network";
export { Status, STATUS_NAMES } from "./status";

export interface ApiKey {
  name: string;
  consumer: string;
  token: string;
  secret: string;
  expired?: boolean;
}

export interface User {
  username: string;
  email: string;
  superuser: boolean;
  keys: ApiKey[];
  sshKeys: { id: number; key: string; source: string | null }[];
}

export interface Zone {
  id: number;
  name: string;
  description: string;
}

export interface Tag {
  name: string;
  definition: string;
  comment: string;
  kernel_opts: string;
}

export interface Filesystem {
  fstype: string;
  label: string;
  uuid: string;
  mountPoint: string | null;
  mountOptions?: string | null;
}

export interface Partition {
  id: number;
  uuid: string;
  size: number;
  bootable: boolean;
  filesystem: Filesystem | null;
  tags?: string[];
}

export interface BlockDevice {
  id: number;
  name: string;
  model: string;
  serial: string;
  idPath: string;
  size: number;
  blockSize: number;
  tags: string[];
  partitions: Partition[];
  filesystem: Filesystem | null;
}

/** A change that comes by itself. */
export interface Transition {
  at: number;
  started: number;
  /** What ends: the handler in transitions.ts. */
  kind: "commission" | "test" | "deploy" | "release" | "erase" | "enter-rescue" | "exit-rescue";
  /** Why it will fail; null if it will not. */
  failure: string | null;
}

export interface Machine {
  systemId: string;
  hostname: string;
  description: string;
  domain: number;
  architecture: string;
  status: Status;
  previousStatus: Status;
  /** What it goes back to when it leaves rescue mode or a test. */
  resumeStatus: Status;
  statusMessage: string;
  statusAction: string;
  errorDescription: string;
  owner: string | null;
  agentName: string;
  ownerData: Record<string, string>;
  locked: boolean;
  zone: string;
  pool: number;
  tags: string[];
  powerType: string;
  powerParameters: Record<string, string>;
  powerState: "on" | "off" | "unknown" | "error";
  cpuCount: number;
  cpuSpeed: number;
  memory: number;
  osystem: string;
  distroSeries: string;
  hweKernel: string | null;
  minHweKernel: string;
  netboot: boolean;
  ephemeralDeploy: boolean;
  enableHwSync: boolean;
  userData: string | null;
  swapSize: number | null;
  /** Have commissioning scripts ever passed? Without, a release ends in New. */
  commissioned: boolean;
  bootDisk: number | null;
  bootInterface: number | null;
  interfaces: Interface[];
  blockDevices: BlockDevice[];
  hardwareInfo: Record<string, string>;
  hardwareUuid: string | null;
  /** Virtual host that the machine was composed on. */
  pod: number | null;
  transition: Transition | null;
}

/** Something with addresses that MAAS does not install: a container, a switch. */
export interface Device {
  systemId: string;
  hostname: string;
  description: string;
  domain: number;
  owner: string | null;
  /** System id of the machine it lives on. */
  parent: string | null;
  zone: string;
  pool: number;
  tags: string[];
  ownerData: Record<string, string>;
  interfaces: Interface[];
}

/** A machine in the rack that MAAS does not know until somebody creates it by its MAC address. */
export interface Hardware {
  mac: string;
  nic: string;
  cores: number;
  memoryMiB: number;
  /** Bytes of each disk. */
  disks: number[];
  /** Address of its BMC. */
  bmc: string;
  vendor: string;
  product: string;
}

export interface MaasEvent {
  id: number;
  at: number;
  level: "AUDIT" | "DEBUG" | "INFO" | "WARNING" | "ERROR";
  type: string;
  description: string;
  systemId: string | null;
  username: string | null;
}

export interface BootResource {
  id: number;
  type: "Synced" | "Uploaded";
  name: string;
  architecture: string;
  subarches: string;
  /** Of uploaded ones. */
  title?: string;
}

export interface RackController {
  systemId: string;
  hostname: string;
  address: string;
}

/** Records of handlers that MAAS only keeps: what was given is what is read. */
export interface PlainRecord {
  id: number;
  [field: string]: unknown;
}

export interface MaasState {
  /** Last number given, per kind of object. */
  numbers: Record<string, number>;
  url: string;
  config: Record<string, unknown>;
  users: User[];
  zones: Zone[];
  pools: Zone[];
  tags: Tag[];
  domains: { id: number; name: string; authoritative: boolean; ttl: number | null }[];
  fabrics: Fabric[];
  vlans: Vlan[];
  spaces: Space[];
  subnets: Subnet[];
  ranges: IpRange[];
  /** Addresses that users hold by `ipaddresses reserve`. */
  reservedAddresses: { ip: string; subnet: number; user: string; created: number }[];
  bootResources: BootResource[];
  /** Until when images are being imported (virtual time). */
  importingUntil: number;
  rackControllers: RackController[];
  machines: Machine[];
  devices: Device[];
  hardware: Hardware[];
  events: MaasEvent[];
  /** `content` in base64. */
  files: { filename: string; content: string; owner: string }[];
  plain: Record<string, PlainRecord[]>;
}
