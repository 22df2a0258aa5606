import { PythonFloat } from "./python";
import type {
  Fabric,
  Interface,
  IpRange,
  Link,
  MaasState,
  Space,
  Subnet,
  Tag,
  User,
  Vlan,
  Zone,
} from "./state";

export const API = "/MAAS/api/2.0";

const spaceName = (maas: MaasState, vlan: Vlan): string =>
  maas.spaces.find((space) => space.id === vlan.space)?.name ?? "undefined";

export const renderVlan = (maas: MaasState, vlan: Vlan) => ({
  vid: vlan.vid,
  mtu: vlan.mtu,
  dhcp_on: vlan.dhcpOn,
  external_dhcp: null,
  relay_vlan: vlan.relayVlan,
  space: spaceName(maas, vlan),
  fabric: maas.fabrics.find((fabric) => fabric.id === vlan.fabric)?.name ?? "",
  id: vlan.id,
  primary_rack: vlan.primaryRack,
  secondary_rack: vlan.secondaryRack,
  name: vlan.name,
  fabric_id: vlan.fabric,
  resource_uri: `${API}/vlans/${vlan.id}/`,
});

export const renderFabric = (maas: MaasState, fabric: Fabric) => ({
  class_type: fabric.class_type,
  name: fabric.name,
  id: fabric.id,
  vlans: maas.vlans
    .filter((vlan) => vlan.fabric === fabric.id)
    .map((vlan) => renderVlan(maas, vlan)),
  resource_uri: `${API}/fabrics/${fabric.id}/`,
});

export const renderSubnet = (maas: MaasState, subnet: Subnet) => {
  const vlan = maas.vlans.find((each) => each.id === subnet.vlan);
  return {
    name: subnet.name,
    description: subnet.description,
    vlan: vlan === undefined ? null : renderVlan(maas, vlan),
    cidr: subnet.cidr,
    rdns_mode: subnet.rdnsMode,
    gateway_ip: subnet.gateway,
    dns_servers: subnet.dnsServers,
    allow_dns: subnet.allowDns,
    allow_proxy: subnet.allowProxy,
    active_discovery: subnet.activeDiscovery,
    managed: subnet.managed,
    disabled_boot_architectures: [],
    space: vlan === undefined ? "undefined" : spaceName(maas, vlan),
    id: subnet.id,
    resource_uri: `${API}/subnets/${subnet.id}/`,
  };
};

const spaceOn = (
  maas: MaasState,
  { id, name, description }: Space,
  vlans: Vlan[],
  reference: string,
) => {
  const ids = vlans.map((vlan) => vlan.id);
  return {
    description,
    id,
    subnets: maas.subnets
      .filter((subnet) => ids.includes(subnet.vlan))
      .map((subnet) => renderSubnet(maas, subnet)),
    resource_uri: `${API}/spaces/${reference}/`,
    vlans: vlans.map((vlan) => renderVlan(maas, vlan)),
    name,
  };
};

export const renderSpace = (maas: MaasState, space: Space) =>
  spaceOn(
    maas,
    space,
    maas.vlans.filter((vlan) => vlan.space === space.id),
    String(space.id),
  );

const UNDEFINED_SPACE: Space = {
  id: -1,
  name: "undefined",
  description:
    "Backward compatibility object to ensure objects not associated with a space can be found.",
};

/** What VLANs without a space are listed under, with their subnets: Juju finds these nowhere else. */
export const renderUndefinedSpace = (maas: MaasState) =>
  spaceOn(
    maas,
    UNDEFINED_SPACE,
    maas.vlans.filter((vlan) => vlan.space === null),
    UNDEFINED_SPACE.name,
  );

export const renderUser = (user: User) => ({
  username: user.username,
  email: user.email,
  is_local: true,
  is_superuser: user.superuser,
  resource_uri: `${API}/users/${user.username}/`,
});

export const renderRange = (maas: MaasState, range: IpRange) => {
  const subnet = maas.subnets.find((each) => each.id === range.subnet);
  const owner = maas.users.find((user) => user.username === range.user);
  return {
    subnet: subnet === undefined ? null : renderSubnet(maas, subnet),
    type: range.type,
    start_ip: range.start,
    end_ip: range.end,
    user: owner === undefined ? null : renderUser(owner),
    comment: range.comment,
    id: range.id,
    resource_uri: `${API}/ipranges/${range.id}/`,
  };
};

const USER_RESERVED = 4;

/** An address that a user holds. */
export const renderReserved = (
  maas: MaasState,
  { ip, subnet, user, created }: MaasState["reservedAddresses"][number],
) => {
  const found = maas.subnets.find((each) => each.id === subnet);
  const owner = maas.users.find((each) => each.username === user);
  return {
    alloc_type: USER_RESERVED,
    alloc_type_name: "User reserved",
    created: new Date(created).toISOString().slice(0, 23),
    ip,
    owner: owner === undefined ? null : renderUser(owner),
    interface_set: [],
    subnet: found === undefined ? null : renderSubnet(maas, found),
    resource_uri: `${API}/ipaddresses/`,
  };
};

export const renderZone = (zone: Zone) => ({
  name: zone.name,
  description: zone.description,
  id: zone.id,
  resource_uri: `${API}/zones/${zone.name}/`,
});

export const renderPool = (pool: Zone) => ({
  name: pool.name,
  description: pool.description,
  id: pool.id,
  resource_uri: `${API}/resourcepool/${pool.id}/`,
});

export const renderTag = (tag: Tag) => ({
  name: tag.name,
  definition: tag.definition,
  comment: tag.comment,
  kernel_opts: tag.kernel_opts,
  resource_uri: `${API}/tags/${tag.name}/`,
});

const renderLink = (maas: MaasState, link: Link) => {
  const subnet = maas.subnets.find((each) => each.id === link.subnet);
  return {
    id: link.id,
    mode: link.mode,
    ...(link.address === null ? {} : { ip_address: link.address }),
    ...(subnet === undefined ? {} : { subnet: renderSubnet(maas, subnet) }),
  };
};

const DEFAULT_MTU = 1500;

/** An interface's own MTU, else its VLAN's; no less than that of what is stacked on it. */
const effectiveMtu = (maas: MaasState, nic: Interface, siblings: readonly Interface[]): number => {
  const own = nic.params.mtu ?? maas.vlans.find((each) => each.id === nic.vlan)?.mtu;
  const above = siblings
    .filter((each) => each.parents.includes(nic.id))
    .map((each) => effectiveMtu(maas, each, siblings));
  return Math.max(Number(own ?? DEFAULT_MTU), ...above);
};

export const renderInterface = (
  maas: MaasState,
  systemId: string,
  nic: Interface,
  siblings: readonly Interface[],
) => {
  const vlan = maas.vlans.find((each) => each.id === nic.vlan);
  const subnet = maas.subnets.find((each) => each.vlan === nic.vlan);
  return {
    id: nic.id,
    product: null,
    link_speed: nic.type === "physical" ? 1000 : 0,
    name: nic.name,
    interface_speed: nic.type === "physical" ? 1000 : 0,
    discovered:
      nic.discovered === null || subnet === undefined
        ? null
        : [{ subnet: renderSubnet(maas, subnet), ip_address: nic.discovered }],
    params: nic.params,
    enabled: nic.enabled,
    mac_address: nic.mac,
    type: nic.type,
    firmware_version: null,
    system_id: systemId,
    link_connected: true,
    children: siblings.filter((each) => each.parents.includes(nic.id)).map((each) => each.name),
    vendor: null,
    vlan: vlan === undefined ? null : renderVlan(maas, vlan),
    effective_mtu: effectiveMtu(maas, nic, siblings),
    links: nic.links.map((link) => renderLink(maas, link)),
    tags: nic.tags,
    numa_node: 0,
    parents: siblings.filter((each) => nic.parents.includes(each.id)).map((each) => each.name),
    sriov_max_vf: 0,
    resource_uri: `${API}/nodes/${systemId}/interfaces/${nic.id}/`,
  };
};

/** Bytes as the decimal megabytes of `storage`. */
export const megabytes = (bytes: number): PythonFloat => new PythonFloat(bytes / 1e6);
