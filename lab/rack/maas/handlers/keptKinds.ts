import { subnetOf } from "../addresses";
import { invalid } from "../errors";
import { inCidr, parseIp } from "../ipv4";
import { renderSubnet, renderUser } from "../render";
import { type Call, type Handler, Made, path } from "../request";
import type { PlainRecord } from "../state";
import {
  collection,
  type Field,
  find,
  flag,
  integer,
  item,
  json,
  type Kind,
  list,
  make,
  nullable,
  recordsOf,
  render,
  required,
  subnetId,
  text,
} from "./kept";
import { MAC } from "./machines";

/** What is kept of routes, snippets, notifications, repositories, image sources and reserved addresses. */

const shownSubnet = ({ rack: { maas } }: Call, id: unknown): object | null => {
  const found = maas.subnets.find((each) => each.id === id);
  return found === undefined ? null : renderSubnet(maas, found);
};

const address: Field = (call, name, before) => {
  const ip = String(required(call, name, before));
  if (parseIp(ip) === undefined) throw invalid({ [name]: ["Enter a valid IPv4 or IPv6 address."] });
  return ip;
};

const STATIC_ROUTE: Kind = {
  name: "static-route",
  model: "StaticRoute",
  fields: {
    source: subnetId(true),
    destination: subnetId(true),
    gateway_ip: address,
    metric: integer(0),
  },
  check: ({ rack: { maas } }, record) => {
    const source = maas.subnets.find((each) => each.id === record.source);
    if (source !== undefined && !inCidr(source.cidr, String(record.gateway_ip)))
      throw invalid({ gateway_ip: [`Enter an IP address in ${source.cidr}.`] });
  },
  show: (call, record) => ({
    source: shownSubnet(call, record.source),
    destination: shownSubnet(call, record.destination),
  }),
  place: ({ id }) => `static-routes/${id}/`,
};

/** Django's format of times in the middle of a text. */
const moment = (at: number): string => new Date(at).toUTCString().replace("GMT", "-0000");

interface Version {
  id: number;
  value: string;
  created: string;
}

const SNIPPET: Kind = {
  name: "dhcpsnippet",
  model: "DHCPSnippet",
  fields: {
    name: required,
    value: required,
    description: text(),
    enabled: flag(true),
    node: nullable,
    subnet: subnetId(false),
    global_snippet: flag(false),
    history: (call, _name, before) => {
      const versions = (before ?? []) as Version[];
      const value = call.params.get("value");
      if (value === undefined || value === versions[0]?.value) return versions;
      const id = (versions[0]?.id ?? 0) + 1;
      return [{ id, value, created: moment(call.rack.now) }, ...versions];
    },
  },
  show: (call, record) => ({
    subnet: shownSubnet(call, record.subnet),
    global_snippet: record.node === null && record.subnet === null,
  }),
  place: ({ id }) => `dhcp-snippets/${id}/`,
};

const NOTIFICATION: Kind = {
  name: "notification",
  model: "Notification",
  fields: {
    ident: nullable,
    user: nullable,
    users: flag(false),
    admins: flag(false),
    message: required,
    context: json,
    category: text("info"),
    dismissable: flag(true),
  },
  show: ({ rack }, { user }) => {
    const found = rack.maas.users.find((each) => each.username === user);
    return { user: found === undefined ? null : renderUser(found) };
  },
  hidden: ["dismissed"],
  place: ({ id }) => `notifications/${id}/`,
};

const REPOSITORY: Kind = {
  name: "package-repository",
  model: "PackageRepository",
  fields: {
    name: required,
    url: required,
    distributions: list(),
    disabled_pockets: list(),
    disabled_components: list(),
    disable_sources: flag(false),
    components: list(),
    arches: list(["amd64", "i386"]),
    key: text(),
    enabled: flag(true),
  },
  check: (_call, { name }, others) => {
    if (others.some((each) => each.name === name))
      throw invalid({ name: ["Package repository with this Name already exists."] });
  },
  place: ({ id }) => `package-repositories/${id}/`,
};

const djangoTime = (at: number): string => new Date(at).toISOString().slice(0, 23);

const SOURCE: Kind = {
  name: "boot-source",
  model: "BootSource",
  fields: {
    url: required,
    keyring_filename: text(),
    keyring_data: text(),
    created: ({ rack }, _name, before) => before ?? djangoTime(rack.now),
    updated: ({ rack }) => djangoTime(rack.now),
  },
  check: (_call, { url, keyring_filename: file, keyring_data: data }, others) => {
    if (others.some((each) => each.url === url))
      throw invalid({ url: ["Boot source with this Url already exists."] });
    if (file === "" && data === "")
      throw invalid({ __all__: ["Must provide either keyring_filename or keyring_data."] });
  },
  place: ({ id }) => `boot-sources/${id}/`,
};

const SELECTION: Kind = {
  name: "boot-source-selection",
  model: "BootSourceSelection",
  keys: ["boot_source_id", "id"],
  fields: {
    boot_source_id: (call) =>
      find({ ...call, path: { id: path(call, "boot_source_id") } }, SOURCE).id,
    os: text("ubuntu"),
    release: text(),
    arches: list(["*"]),
    subarches: list(["*"]),
    labels: list(["*"]),
  },
  place: ({ boot_source_id: source, id }) => `boot-sources/${String(source)}/selections/${id}/`,
};

const RESERVED_IP: Kind = {
  name: "reserved-ip",
  model: "ReservedIP",
  fields: {
    ip: address,
    subnet: (call, name, before) =>
      subnetId(false)(call, name, before) ??
      subnetOf(call.rack.maas, call.params.text("ip"))?.id ??
      null,
    mac_address: required,
    comment: text(),
  },
  check: ({ rack: { maas } }, { ip, mac_address: mac, subnet }, others) => {
    if (!MAC.test(String(mac)))
      throw invalid({ mac_address: ["Enter a valid MAC address (e.g. AA:BB:CC:DD:EE:FF)."] });
    const found = maas.subnets.find((each) => each.id === subnet);
    if (found === undefined)
      throw invalid({
        subnet: [`There is no subnet for ${String(ip)}. Create the subnet and try again.`],
      });
    if (!inCidr(found.cidr, String(ip)))
      throw invalid({ ip: [`${String(ip)} is not part of the subnet.`] });
    if (others.some((each) => each.ip === ip))
      throw invalid({ ip: ["Reserved IP with this IP address already exists."] });
  },
  show: (call, record) => ({ subnet: shownSubnet(call, record.subnet) }),
  place: ({ id }) => `reservedips/${id}/`,
};

const LICENSE: Kind = {
  name: "license-key",
  model: "LicenseKey",
  keys: ["osystem", "distro_series"],
  fields: { osystem: required, distro_series: required, license_key: required },
  hidden: ["id"],
  place: ({ osystem, distro_series: series }) => `license-key/${String(osystem)}/${String(series)}`,
};

const revert = (call: Call) => {
  const snippet = find(call, SNIPPET);
  const versions = snippet.history as Version[];
  const to = call.params.required("to");
  const position = /^-\d+$/.test(to)
    ? Math.min(-Number(to), versions.length - 1)
    : versions.findIndex((each) => String(each.id) === to);
  const version = versions[position];
  if (version === undefined) throw invalid({ to: [`${to} not found in history`] });
  Object.assign(snippet, { value: version.value, history: versions.slice(position) });
  return render(call, SNIPPET, snippet);
};

const dismissedBy = (record: PlainRecord): string[] => (record.dismissed ?? []) as string[];

const notification: Handler = {
  ...item(NOTIFICATION),
  dismiss: (call) => {
    const found = find(call, NOTIFICATION);
    found.dismissed = [...dismissedBy(found), call.user.username];
    return null;
  },
};

/** Handlers by their names in the table of commands. */
export const KEPT: Record<string, Handler> = {
  "boot-source": item(SOURCE),
  "boot-sources": {
    ...collection(SOURCE),
    create: (call) => new Made(render(call, SOURCE, make(call, SOURCE))),
  },
  "boot-source-selection": item(SELECTION),
  "boot-source-selections": collection(SELECTION),
  dhcpsnippet: { ...item(SNIPPET), revert },
  dhcpsnippets: collection(SNIPPET),
  "license-key": item(LICENSE),
  "license-keys": collection(LICENSE),
  notification,
  notifications: {
    ...collection(NOTIFICATION),
    read: (call) =>
      recordsOf(call, NOTIFICATION.name)
        .filter((each) => !dismissedBy(each).includes(call.user.username))
        .map((each) => render(call, NOTIFICATION, each)),
  },
  "package-repositories": collection(REPOSITORY),
  "package-repository": item(REPOSITORY),
  "reserved-ip": item(RESERVED_IP),
  "reserved-ips": collection(RESERVED_IP),
  "static-route": item(STATIC_ROUTE),
  "static-routes": collection(STATIC_ROUTE),
};
