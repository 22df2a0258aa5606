/** Shapes of this folder: what is asked for, and the Juju bundle that comes of it. */

/** Value of a charm option. */
export type OptionValue = string | number | boolean;

/** One application, in the shape of a bundle's YAML. */
export interface Application {
  charm: string;
  /** Track and risk, e.g. `yoga/stable`. */
  channel: string;
  revision?: number;
  /** Absent for subordinates. */
  num_units?: number;
  /** One place per unit: a machine of the bundle (`0`) or a new container on it (`lxd:0`). */
  to?: string[];
  options?: Record<string, OptionValue>;
  constraints?: string;
  bindings?: Record<string, string>;
}

/** Two endpoints, each `application:endpoint`. */
export type Relation = [string, string];

/** A Juju bundle as data; what `juju deploy` takes. */
export interface Bundle {
  machines: Record<string, { constraints?: string }>;
  applications: Record<string, Application>;
  relations: Relation[];
  "default-base": string;
}

/** Changes to one application of the topology; what is absent stays as it is. */
export interface ApplicationOverride {
  channel?: string | undefined;
  revision?: number | undefined;
  /** Units of a principal. Places beyond those of the topology must be given in `to`. */
  units?: number | undefined;
  to?: string[] | undefined;
  options?: Record<string, OptionValue> | undefined;
  constraints?: string | undefined;
  bindings?: Record<string, string> | undefined;
}

/** What a person says about the charmed cloud. */
export interface BundleSettings {
  /** OpenStack release; decides all channels. */
  release: string;
  /** Base of all machines, e.g. `ubuntu@22.04`. */
  base: string;
  /** Machines that carry everything. */
  hosts: number;
  /** MAAS tag that the machines must have. */
  hostTag: string;
  architecture: string;
  /** Block devices that Ceph takes whole on every host; those that do not exist are ignored. */
  osdDevices: string[];
  /** OVN: bridge by physical network, e.g. `physnet1: br-ex`. */
  bridgeMappings: Record<string, string>;
  /** OVN: interface (name or MAC address) by bridge, e.g. `br-ex: eth0`. */
  bridgeInterfaces: Record<string, string>;
  /** Physical networks on which Neutron may make flat networks. */
  flatNetworks: string[];
  /** Name servers that OVN's DHCP tells the guests. */
  dnsServers: string[];
  /** Hypervisor of Nova: `kvm` or `qemu`. */
  virtType: string;
  /** By application; null leaves it out with all its relations. */
  overrides: Record<string, ApplicationOverride | null>;
  /** Relations beside those of the topology. */
  relations: Relation[];
}
