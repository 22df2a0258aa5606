import { invalid, MaasError, notFound } from "../errors";
import { inCidr, parseCidr, parseIp } from "../ipv4";
import { nextNumber } from "../numbers";
import { renderSubnet } from "../render";
import { type Call, EMPTY, type Handler, path } from "../request";
import type { MaasState, Subnet } from "../state";
import { CHOICE, newVlan } from "./networks";
import { relatedAddresses, reservedRanges, statistics, unreservedRanges } from "./subnetUse";

const subnetOf = (call: Call): Subnet => {
  const wanted = path(call, "id").replace(/^(cidr|name):/, "");
  const found = call.rack.maas.subnets.find(
    (each) => String(each.id) === wanted || each.cidr === wanted || each.name === wanted,
  );
  if (found === undefined) throw notFound("Subnet");
  return found;
};

/** The VLAN a subnet is put on: by `vlan`, by `fabric` and `vid`, or the untagged one of the first fabric. */
const vlanFrom = (call: Call, fallback: number | undefined): number => {
  const { maas } = call.rack;
  const { params } = call;
  const wanted = params.get("vlan");
  if (wanted !== undefined) {
    const found = maas.vlans.find((each) => String(each.id) === wanted);
    if (found === undefined) throw invalid({ vlan: [CHOICE] });
    return found.id;
  }
  const named = params.get("fabric");
  if (named === undefined && !params.has("vid") && fallback !== undefined) return fallback;
  const fabric = maas.fabrics.find((each) =>
    named === undefined ? true : String(each.id) === named || each.name === named,
  );
  if (fabric === undefined && named !== undefined) throw invalid({ fabric: [CHOICE] });
  if (fabric === undefined) return newVlan(maas, { fabric: makeFabric(maas) }).id;
  const vid = params.get("vid") ?? "0";
  const found = maas.vlans.find((each) => each.fabric === fabric.id && String(each.vid) === vid);
  if (found === undefined)
    throw invalid({ vid: [`No VLAN with vid ${vid} in fabric ${fabric.name}.`] });
  return found.id;
};

const makeFabric = (maas: MaasState): number => {
  const id = nextNumber(maas, "fabric");
  maas.fabrics.push({ id, name: `fabric-${id}`, class_type: null });
  return id;
};

const gatewayFrom = (call: Call, cidr: string, fallback: string | null): string | null => {
  const given = call.params.get("gateway_ip");
  if (given === undefined) return fallback;
  if (given === "") return null;
  if (parseIp(given) === undefined) {
    throw invalid({ gateway_ip: ["Enter a valid IPv4 or IPv6 address."] });
  }
  if (!inCidr(cidr, given))
    throw invalid({ gateway_ip: ["Gateway IP must be within CIDR range."] });
  return given;
};

const dnsFrom = (call: Call, fallback: string[]): string[] => {
  const given = call.params.get("dns_servers");
  if (given === undefined) return fallback;
  const servers = given.split(/[\s,]+/).filter((each) => each !== "");
  const wrong = servers.find((each) => parseIp(each) === undefined);
  if (wrong !== undefined) throw invalid({ dns_servers: [`Invalid IP address: ${wrong}.`] });
  return servers;
};

const fill = (call: Call, subnet: Subnet): Subnet => {
  const { params } = call;
  return {
    ...subnet,
    name: params.get("name") ?? subnet.name,
    description: params.get("description") ?? subnet.description,
    gateway: gatewayFrom(call, subnet.cidr, subnet.gateway),
    dnsServers: dnsFrom(call, subnet.dnsServers),
    allowDns: params.flag("allow_dns", subnet.allowDns),
    allowProxy: params.flag("allow_proxy", subnet.allowProxy),
    activeDiscovery: params.flag("active_discovery", subnet.activeDiscovery),
    managed: params.flag("managed", subnet.managed),
    rdnsMode: Number(params.get("rdns_mode") ?? subnet.rdnsMode),
    vlan: vlanFrom(call, subnet.vlan),
  };
};

const cidrFrom = (call: Call): string => {
  const cidr = parseCidr(call.params.required("cidr"));
  if (cidr === undefined) throw invalid({ cidr: ["Required format: <network>/<prefix length>."] });
  return cidr.text;
};

const refuseTwin = (maas: MaasState, cidr: string): void => {
  if (maas.subnets.some((each) => each.cidr === cidr)) {
    throw invalid({ cidr: ["Subnet with this Cidr already exists."] });
  }
};

export const subnets: Handler = {
  read: ({ rack }) => rack.maas.subnets.map((subnet) => renderSubnet(rack.maas, subnet)),
  create: (call) => {
    const { maas } = call.rack;
    const cidr = cidrFrom(call);
    refuseTwin(maas, cidr);
    const subnet = fill(call, {
      id: 0,
      name: cidr,
      description: "",
      vlan: vlanFrom(call, undefined),
      cidr,
      gateway: null,
      dnsServers: [],
      allowDns: true,
      allowProxy: true,
      activeDiscovery: false,
      managed: true,
      rdnsMode: 2,
    });
    subnet.id = nextNumber(maas, "subnet");
    maas.subnets.push(subnet);
    return renderSubnet(maas, subnet);
  },
};

export const subnet: Handler = {
  read: (call) => renderSubnet(call.rack.maas, subnetOf(call)),
  update: (call) => {
    const { maas } = call.rack;
    const found = subnetOf(call);
    if (call.params.has("cidr") && cidrFrom(call) !== found.cidr) {
      refuseTwin(maas, cidrFrom(call));
      found.cidr = cidrFrom(call);
    }
    Object.assign(found, fill(call, found));
    return renderSubnet(maas, found);
  },
  delete: (call) => {
    const { maas } = call.rack;
    const found = subnetOf(call);
    const inUse = maas.machines.some((machine) =>
      machine.interfaces.some((nic) =>
        nic.links.some((link) => link.subnet === found.id && link.address !== null),
      ),
    );
    if (inUse) throw new MaasError(400, "Cannot delete a subnet that is in use.");
    maas.subnets = maas.subnets.filter((each) => each !== found);
    maas.ranges = maas.ranges.filter((range) => range.subnet !== found.id);
    for (const nic of maas.machines.flatMap((machine) => machine.interfaces)) {
      nic.links = nic.links.filter((link) => link.subnet !== found.id);
    }
    return EMPTY;
  },
  statistics: (call) => statistics(call.rack.maas, subnetOf(call)),
  "ip-addresses": (call) => relatedAddresses(call.rack.maas, subnetOf(call), call.rack.now),
  "reserved-ip-ranges": (call) => reservedRanges(call.rack.maas, subnetOf(call)),
  "unreserved-ip-ranges": (call) => unreservedRanges(call.rack.maas, subnetOf(call)),
};
