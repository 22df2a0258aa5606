import { subnetOf } from "../addresses";
import { invalid, MaasError, notFound } from "../errors";
import { parseIp } from "../ipv4";
import { API, renderReserved } from "../render";
import { type Call, EMPTY, type Handler, Params } from "../request";
import type { PlainRecord } from "../state";
import {
  collection,
  type Field,
  find,
  integer,
  item,
  type Kind,
  make,
  recordsOf,
  render,
} from "./kept";

/** Names in MAAS's own DNS: resources with addresses, and records of other types under them. */

const domainOf = (call: Call, wanted: string): { id: number; name: string } => {
  const found = call.rack.maas.domains.find(
    (each) => each.name === wanted || String(each.id) === wanted,
  );
  if (found === undefined) throw notFound("Domain");
  return found;
};

/** Name and domain as the request gives them, apart or as `fqdn`. */
const named = (call: Call): { name?: string | undefined; domain?: string | undefined } => {
  const { params } = call;
  const [name, domain, fqdn] = [params.get("name"), params.get("domain"), params.get("fqdn")];
  if (name !== undefined || domain !== undefined || fqdn === undefined) return { name, domain };
  const domains = call.rack.maas.domains.filter((each) => fqdn.endsWith(`.${each.name}`));
  const [longest] = domains.sort((a, b) => b.name.length - a.name.length);
  const dot = fqdn.indexOf(".");
  if (longest === undefined) return { name: fqdn.slice(0, dot), domain: fqdn.slice(dot + 1) };
  return { name: fqdn.slice(0, -longest.name.length - 1), domain: longest.name };
};

const LABEL = /^[a-z0-9_@*]([\w.-]*[a-z0-9])?$/i;

const nameField: Field = (call, _name, before) => {
  const name = named(call).name ?? before;
  if (name === undefined || name === "") throw invalid({ name: ["This field is required."] });
  if (typeof name !== "string" || !LABEL.test(name))
    throw invalid({ name: ["Invalid dnsresource name: must be a DNS label."] });
  return name;
};

const domainField: Field = (call, _name, before) => {
  const { domain } = named(call);
  if (domain !== undefined) return domainOf(call, domain).id;
  if (before === undefined) throw invalid({ domain: ["This field is required."] });
  return before;
};

const addressesField: Field = (call, name, before) => {
  const given = call.params.get(name);
  if (given === undefined) return before ?? [];
  const ips = given.split(/[\s,]+/).filter((each) => each !== "");
  const wrong = ips.find((each) => parseIp(each) === undefined);
  if (wrong !== undefined) throw invalid({ [name]: [`Invalid IP address: ${wrong}.`] });
  return ips;
};

const fqdnOf = (call: Call, resource: PlainRecord): string => {
  const domain = call.rack.maas.domains.find((each) => each.id === resource.domain)?.name ?? "maas";
  return resource.name === "@" ? domain : `${String(resource.name)}.${domain}`;
};

const shownAddress = (call: Call, ip: string): object => {
  const { maas, now } = call.rack;
  const held = maas.reservedAddresses.find((each) => each.ip === ip);
  const subnet = subnetOf(maas, ip)?.id ?? 0;
  return renderReserved(maas, held ?? { ip, subnet, user: call.user.username, created: now });
};

const RESOURCE: Kind = {
  name: "dnsresource",
  model: "DNSResource",
  fields: {
    name: nameField,
    domain: domainField,
    address_ttl: integer(null),
    ip_addresses: addressesField,
  },
  show: (call, resource) => ({
    fqdn: fqdnOf(call, resource),
    ip_addresses: (resource.ip_addresses as string[]).map((ip) => shownAddress(call, ip)),
    resource_records: recordsOf(call, RECORD.name)
      .filter((each) => each.resource === resource.id)
      .map((each) => render(call, RECORD, each)),
  }),
  hidden: ["name", "domain"],
  place: ({ id }) => `dnsresources/${id}/`,
};

const resourceOf = (call: Call, id: unknown): PlainRecord | undefined =>
  recordsOf(call, RESOURCE.name).find((each) => each.id === id);

/** The resource of a new record: the one of that name, or one made for it. */
const resourceField: Field = (call, _name, before) => {
  if (before !== undefined) return before;
  const { name, domain } = named(call);
  if (name === undefined || domain === undefined)
    throw new MaasError(400, "Either name and domain (or fqdn) must be specified");
  const { id } = domainOf(call, domain);
  const known = recordsOf(call, RESOURCE.name).find(
    (each) => each.name === name && each.domain === id,
  );
  return (known ?? make(call, RESOURCE)).id;
};

const TYPES = ["CNAME", "MX", "NS", "SRV", "SSHFP", "TXT"];

const needed: Field = (call, name, before) => {
  const given = call.params.get(name) ?? before;
  if (given === undefined) throw new MaasError(400, `${name} must be provided.`);
  return given;
};

const typeField: Field = (call, name, before) => {
  const type = String(needed(call, name, before)).toUpperCase();
  if (!TYPES.includes(type))
    throw invalid({ rrtype: [`${type} is not one of ${TYPES.join(", ")}.`] });
  return type;
};

const RECORD: Kind = {
  name: "dnsresource-record",
  model: "DNSData",
  fields: { rrtype: typeField, rrdata: needed, resource: resourceField, ttl: integer(null) },
  show: (call, record) => {
    const resource = resourceOf(call, record.resource);
    return { fqdn: resource === undefined ? "" : fqdnOf(call, resource) };
  },
  hidden: ["resource"],
  place: ({ id }) => `dnsresourcerecords/${id}/`,
};

const chosen = (call: Call, resource: PlainRecord | undefined): boolean => {
  const { name, domain } = named(call);
  if (resource === undefined) return false;
  if (name !== undefined && resource.name !== name) return false;
  return domain === undefined || resource.domain === domainOf(call, domain).id;
};

const typeWanted = (call: Call): string | undefined => call.params.get("rrtype")?.toUpperCase();

/** Names of machines and devices, which are listed with `all`. */
const implied = (call: Call): object[] => {
  const { maas } = call.rack;
  if (!call.params.flag("all") || (typeWanted(call) ?? "A") !== "A") return [];
  return [...maas.machines, ...maas.devices].flatMap((node) => {
    const addresses = node.interfaces.flatMap((nic) =>
      nic.links.flatMap(({ address }) => (address === null ? [] : [address])),
    );
    const resource = { id: -1, name: node.hostname, domain: node.domain };
    if (addresses.length === 0 || !chosen(call, resource)) return [];
    const records = addresses.map((ip) => ({
      system_id: node.systemId,
      node_type: "status" in node ? 0 : 1,
      user_id: null,
      dnsresource_id: null,
      ttl: null,
      rrtype: "A",
      rrdata: ip,
      dnsdata_id: null,
    }));
    return [
      {
        address_ttl: null,
        id: -1,
        ip_addresses: null,
        resource_records: records,
        fqdn: fqdnOf(call, resource),
        resource_uri: `${API}/dnsresources/-1/`,
      },
    ];
  });
};

const readResources = (call: Call): object[] => {
  const type = typeWanted(call);
  const records = recordsOf(call, RECORD.name);
  const kept = recordsOf(call, RESOURCE.name)
    .filter((each) => chosen(call, each))
    .filter(
      ({ id }) =>
        type === undefined || records.some((each) => each.resource === id && each.rrtype === type),
    );
  return [...implied(call), ...kept.map((each) => render(call, RESOURCE, each))];
};

const drop = (call: Call, name: string, gone: (each: PlainRecord) => boolean): void => {
  call.rack.maas.plain[name] = recordsOf(call, name).filter((each) => !gone(each));
};

const deleteRecord = (call: Call): typeof EMPTY => {
  const record = find(call, RECORD);
  drop(call, RECORD.name, (each) => each === record);
  const left = recordsOf(call, RECORD.name).some((each) => each.resource === record.resource);
  const empty = (each: PlainRecord): boolean =>
    each.id === record.resource && (each.ip_addresses as string[]).length === 0;
  if (!left) drop(call, RESOURCE.name, empty);
  return EMPTY;
};

/** Gives an address a name; without a domain it is one of the default domain's. */
export const holdAddress = (call: Call, hostname: string, ip: string): void => {
  const [name = "", ...rest] = hostname.split(".");
  const domain = rest.length === 0 ? 0 : domainOf(call, rest.join(".")).id;
  const known = recordsOf(call, RESOURCE.name).find(
    (each) => each.name === name && each.domain === domain,
  );
  const resource =
    known ?? make({ ...call, params: Params.of({ name, domain: String(domain) }) }, RESOURCE);
  resource.ip_addresses = [...(resource.ip_addresses as string[]), ip];
};

export const dnsresources: Handler = { ...collection(RESOURCE), read: readResources };

export const dnsresource: Handler = {
  ...item(RESOURCE),
  delete: (call) => {
    const found = find(call, RESOURCE);
    drop(call, RESOURCE.name, (each) => each === found);
    drop(call, RECORD.name, (each) => each.resource === found.id);
    return EMPTY;
  },
};

export const dnsresourceRecords: Handler = {
  ...collection(RECORD),
  read: (call) =>
    recordsOf(call, RECORD.name)
      .filter((each) => chosen(call, resourceOf(call, each.resource)))
      .filter((each) => (typeWanted(call) ?? each.rrtype) === each.rrtype)
      .map((each) => render(call, RECORD, each)),
};

export const dnsresourceRecord: Handler = { ...item(RECORD), delete: deleteRecord };
