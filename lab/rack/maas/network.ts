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
}
