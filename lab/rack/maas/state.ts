/** Machine statuses (maas:src/maascommon/enums/node.py): the number and text that answers carry. */
export const Status = {
  New: 0,
  Commissioning: 1,
  FailedCommissioning: 2,
  Missing: 3,
  Ready: 4,
  Reserved: 5,
  Deployed: 6,
  Retired: 7,
  Broken: 8,
  Deploying: 9,
  Allocated: 10,
  FailedDeployment: 11,
  Releasing: 12,
  ReleasingFailed: 13,
  DiskErasing: 14,
  FailedDiskErasing: 15,
  RescueMode: 16,
  EnteringRescueMode: 17,
  FailedEnteringRescueMode: 18,
  ExitingRescueMode: 19,
  FailedExitingRescueMode: 20,
  Testing: 21,
  FailedTesting: 22,
} as const;

export type Status = (typeof Status)[keyof typeof Status];

export const STATUS_NAMES: readonly string[] = [
  "New",
  "Commissioning",
  "Failed commissioning",
  "Missing",
  "Ready",
  "Reserved",
  "Deployed",
  "Retired",
  "Broken",
  "Deploying",
  "Allocated",
  "Failed deployment",
  "Releasing",
  "Releasing failed",
  "Disk erasing",
  "Failed disk erasing",
  "Rescue mode",
  "Entering rescue mode",
  "Failed to enter rescue mode",
  "Exiting rescue mode",
  "Failed to exit rescue mode",
  "Testing",
  "Failed testing",
];

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

export interface Fabric {
  id: number;
  name: string;
  class_type: string | null;
}

export interface Vlan {
  id: number;
  vid: number;
  fabric: number;
  name: string;
  mtu: number;
  dhcpOn: boolean;
  primaryRack: string | null;
  secondaryRack: string | null;
  relayVlan: number | null;
  space: number | null;
}

export interface Space {
  id: number;
  name: string;
  description: string;
}

export interface Subnet {
  id: number;
  name: string;
  description: string;
  vlan: number;
  cidr: string;
  gateway: string | null;
  dnsServers: string[];
  allowDns: boolean;
  allowProxy: boolean;
  activeDiscovery: boolean;
  managed: boolean;
  rdnsMode: number;
}

export interface IpRange {
  id: number;
  type: "dynamic" | "reserved";
  start: string;
  end: string;
  subnet: number;
  comment: string;
  user: string | null;
}

export interface Link {
  id: number;
  mode: "auto" | "dhcp" | "static" | "link_up";
  subnet: number | null;
  /** Set for static links; for auto links only while the machine is deploying or deployed. */
  address: string | null;
}

export interface Interface {
  id: number;
  name: string;
  type: "physical" | "bond" | "bridge" | "vlan";
  mac: string;
  vlan: number | null;
  enabled: boolean;
  tags: string[];
  parents: number[];
  links: Link[];
  params: Record<string, string | number | boolean>;
  /** What DHCP gave it when it last booted into the ephemeral system. */
  discovered: string | null;
  mtu: number;
}

export interface Filesystem {
  fstype: string;
  label: string;
  uuid: string;
  mountPoint: string | null;
}

export interface Partition {
  id: number;
  uuid: string;
  size: number;
  bootable: boolean;
  filesystem: Filesystem | null;
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
  reservedAddresses: { ip: string; subnet: number; user: string }[];
  bootResources: BootResource[];
  /** Until when images are being imported (virtual time). */
  importingUntil: number;
  rackControllers: RackController[];
  machines: Machine[];
  hardware: Hardware[];
  events: MaasEvent[];
  files: { filename: string; content: string; owner: string }[];
  plain: Record<string, PlainRecord[]>;
}
