import { MaasError, notFound } from "./errors";
import { inCidr, parseCidr } from "./ipv4";
import type { Interface, MaasState, Machine, Space, Subnet } from "./state";

/**
 * How constraints name parts of the network: `KIND:VALUE` or a value alone for subnets, `KIND=VALUE` for interfaces.
 * A space, a fabric, a VLAN or a subnet may be given by its id or its name: Juju gives ids
 * (maas:src/maasserver/models/subnet.py, interface.py).
 */

const called = ({ id, name }: { id: number; name: string }, value: string): boolean =>
  String(id) === value || name === value;

const UNDEFINED = "undefined";

const spaceId = (maas: MaasState, value: string): Space["id"] | null => {
  if (value === UNDEFINED) return null;
  const found = maas.spaces.find((each) => called(each, value));
  if (found === undefined) throw notFound("Space");
  return found.id;
};

const vidOf = (value: string): number => (value === "untagged" ? 0 : Number(value));

const vlanOf = (maas: MaasState, id: number | null) => maas.vlans.find((each) => each.id === id);

const fabricOf = (maas: MaasState, vlan: number | null) =>
  maas.fabrics.find((each) => each.id === vlanOf(maas, vlan)?.fabric);

/** Is the thing on this VLAN of the space? */
const inSpace = (maas: MaasState, vlan: number | null, value: string): boolean => {
  const wanted = spaceId(maas, value);
  const found = vlanOf(maas, vlan);
  return found === undefined ? wanted === null : found.space === wanted;
};

const isVlan = (maas: MaasState, vlan: number | null, value: string): boolean => {
  const found = vlanOf(maas, vlan);
  if (found === undefined) return false;
  return called({ id: found.id, name: found.name }, value.replace(/^id:/, ""));
};

type Fits<T> = (maas: MaasState, each: T, value: string) => boolean;

const ofFabric: Fits<{ vlan: number | null }> = (maas, { vlan }, value) => {
  const fabric = fabricOf(maas, vlan);
  return fabric !== undefined && called(fabric, value);
};

const SUBNETS: Record<string, Fits<Subnet>> = {
  id: (_maas, subnet, value) => String(subnet.id) === value,
  cidr: (_maas, subnet, value) => subnet.cidr === parseCidr(value)?.text,
  ip: (_maas, subnet, value) => inCidr(subnet.cidr, value),
  name: (_maas, subnet, value) => subnet.name === value,
  space: (maas, subnet, value) => inSpace(maas, subnet.vlan, value),
  vid: (maas, subnet, value) => vlanOf(maas, subnet.vlan)?.vid === vidOf(value),
  vlan: (maas, subnet, value) => isVlan(maas, subnet.vlan, value),
  fabric: ofFabric,
};

const bySubnet: Fits<Subnet> = (maas, subnet, specifier) => {
  const [, kind = "", value = ""] = /^([a-z]+):(.*)$/.exec(specifier) ?? [];
  const fits = Object.hasOwn(SUBNETS, kind) ? SUBNETS[kind] : undefined;
  if (fits !== undefined) return fits(maas, subnet, value);
  const network = parseCidr(specifier);
  return network === undefined ? called(subnet, specifier) : subnet.cidr === network.text;
};

/** The subnets that any of the specifiers means; a space that does not exist is refused with 404. */
export const subnetsBy = (maas: MaasState, specifiers: string[]): Subnet[] =>
  maas.subnets.filter((subnet) => specifiers.some((each) => bySubnet(maas, subnet, each)));

interface Placed {
  machine: Machine;
  nic: Interface;
}

const linked = (maas: MaasState, { nic }: Placed): Subnet[] =>
  maas.subnets.filter((subnet) => nic.links.some((link) => link.subnet === subnet.id));

const INTERFACES: Record<string, Fits<Placed>> = {
  id: (_maas, { nic }, value) => String(nic.id) === value,
  name: (_maas, { nic }, value) => nic.name === value,
  type: (_maas, { nic }, value) => nic.type === value,
  tag: (_maas, { nic }, value) => nic.tags.includes(value),
  hostname: (_maas, { machine }, value) => machine.hostname === value,
  ip: (_maas, { nic }, value) => nic.links.some((link) => link.address === value),
  mode: (_maas, { nic }) => nic.links.every((link) => link.mode === "link_up"),
  space: (maas, { nic }, value) => inSpace(maas, nic.vlan, value),
  vid: (maas, { nic }, value) => vlanOf(maas, nic.vlan)?.vid === vidOf(value),
  vlan: (maas, { nic }, value) => isVlan(maas, nic.vlan, value),
  fabric: (maas, { nic }, value) => ofFabric(maas, nic, value),
  fabric_class: (maas, { nic }, value) => fabricOf(maas, nic.vlan)?.class_type === value,
  subnet: (maas, placed, value) => linked(maas, placed).some((each) => bySubnet(maas, each, value)),
  subnet_cidr: (maas, placed, value) => linked(maas, placed).some(({ cidr }) => cidr === value),
  link_speed: (_maas, { nic }, value) => nic.type === "physical" && Number(value) <= 1000,
};

/** Has MAAS a constraint on interfaces of that name? */
export const isInterfaceKind = (name: string): boolean =>
  Object.hasOwn(INTERFACES, name.replace(/^not_/, ""));

/** Does the interface keep the wish `kind`: one of its values, with `not_` none of them? */
export const interfaceFits = (
  maas: MaasState,
  placed: Placed,
  kind: string,
  values: string[],
): boolean => {
  const fits = INTERFACES[kind.replace(/^not_/, "")];
  if (fits === undefined) throw new MaasError(400, `Unknown interfaces constraint: '${kind}`);
  const some = values.some((value) => fits(maas, placed, value));
  return kind.startsWith("not_") ? !some : some;
};
