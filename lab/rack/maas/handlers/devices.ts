import type { Rack } from "../../core/rack";
import { machineAddresses } from "../addresses";
import { bson } from "../bson";
import { blankDevice, deviceFor, macHolder, mayUse } from "../devices";
import { invalid } from "../errors";
import { newInterface } from "../hardware";
import { API, renderInterface, renderZone } from "../render";
import { renderDomain } from "../renderMachine";
import { type Answer, type Call, EMPTY, type Handler, type Params, path, Text } from "../request";
import type { Device, User } from "../state";
import { HOSTNAME, MAC, placeholderName } from "./machines";
import { CHOICE } from "./networks";

export const renderDevice = (rack: Rack, device: Device) => {
  const { maas } = rack;
  const domain = maas.domains.find((each) => each.id === device.domain);
  const zone = maas.zones.find((each) => each.name === device.zone);
  return {
    system_id: device.systemId,
    hostname: device.hostname,
    description: device.description,
    domain: domain === undefined ? {} : renderDomain(domain),
    fqdn: `${device.hostname}.${domain?.name ?? "maas"}`,
    owner: device.owner,
    owner_data: { ...device.ownerData },
    workload_annotations: { ...device.ownerData },
    parent: device.parent,
    tag_names: [...device.tags],
    address_ttl: null,
    ip_addresses: machineAddresses(device),
    interface_set: device.interfaces.map((nic) =>
      renderInterface(maas, device.systemId, nic, device.interfaces),
    ),
    zone: zone === undefined ? {} : renderZone(zone),
    node_type: 1,
    node_type_name: "Device",
    resource_uri: `${API}/devices/${device.systemId}/`,
  };
};

const FILTERS: Record<string, (rack: Rack, device: Device, values: string[]) => boolean> = {
  hostname: (_rack, device, values) => values.includes(device.hostname),
  id: (_rack, device, values) => values.includes(device.systemId),
  mac_address: (_rack, device, values) =>
    device.interfaces.some((nic) => values.some((mac) => mac.toLowerCase() === nic.mac)),
  zone: (_rack, device, values) => values.includes(device.zone),
  pool: (rack, device, values) =>
    rack.maas.pools.some((pool) => pool.id === device.pool && values.includes(pool.name)),
  domain: (rack, device, values) =>
    rack.maas.domains.some((domain) => domain.id === device.domain && values.includes(domain.name)),
  // Devices have none: asking for one finds nothing.
  agent_name: (_rack, _device, values) => values.includes(""),
};

/** Devices that the user sees and every given filter keeps. */
export const filterDevices = (rack: Rack, user: User, params: Params): Device[] =>
  rack.maas.devices
    .filter((device) => mayUse(user, device))
    .filter((device) =>
      [...params.values].every(([name, values]) => FILTERS[name]?.(rack, device, values) ?? true),
    );

const hostnameFrom = (rack: Rack, params: Params, self?: Device): string => {
  const hostname = params.get("hostname") ?? self?.hostname ?? "";
  if (hostname === "") return placeholderName(rack);
  if (!HOSTNAME.test(hostname)) throw invalid({ hostname: ["Invalid hostname."] });
  const taken = [...rack.maas.machines, ...rack.maas.devices].some(
    (each) => each !== self && each.hostname === hostname,
  );
  if (taken) throw invalid({ hostname: ["Node with this Hostname already exists."] });
  return hostname;
};

/** A parameter that names something by name or id; where it names nothing, the refusal of a choice. */
const chosen = <T>(
  params: Params,
  field: string,
  list: readonly T[],
  names: (each: T) => string[],
): T | undefined => {
  const wanted = params.get(field);
  if (wanted === undefined || wanted === "") return undefined;
  const found = list.find((each) => names(each).includes(wanted));
  if (found === undefined) throw invalid({ [field]: [CHOICE] });
  return found;
};

const fill = (rack: Rack, params: Params, device: Device): void => {
  const { maas } = rack;
  const domain = chosen(params, "domain", maas.domains, ({ id, name }) => [String(id), name]);
  const zone = chosen(params, "zone", maas.zones, ({ name }) => [name]);
  const parent = chosen(params, "parent", maas.machines, ({ systemId }) => [systemId]);
  device.domain = domain?.id ?? parent?.domain ?? device.domain;
  device.zone = zone?.name ?? device.zone;
  device.parent = params.get("parent") === "" ? null : (parent?.systemId ?? device.parent);
  device.description = params.get("description") ?? device.description;
};

const macsFrom = (rack: Rack, params: Params): string[] => {
  const macs = params.list("mac_addresses").map((mac) => mac.toLowerCase());
  if (macs.length === 0) throw invalid({ mac_addresses: ["This field is required."] });
  for (const mac of macs) {
    if (!MAC.test(mac)) throw invalid({ mac_addresses: [`'${mac}' is not a valid MAC address.`] });
    const holder = macHolder(rack.maas, mac);
    if (holder !== undefined)
      throw invalid({
        mac_addresses: [`MAC address ${mac} already in use on ${holder.hostname}.`],
      });
  }
  return macs;
};

export const devices: Handler = {
  read: ({ rack, user, params }) =>
    filterDevices(rack, user, params).map((device) => renderDevice(rack, device)),
  create: ({ rack, user, params }) => {
    const macs = macsFrom(rack, params);
    const device = blankDevice(rack, {
      hostname: hostnameFrom(rack, params),
      owner: user.username,
    });
    fill(rack, params, device);
    // Where they are plugged in is not known before somebody says so.
    device.interfaces = macs.map((mac, index) =>
      newInterface(rack, { mac, name: `eth${index}`, vlan: null, links: [] }),
    );
    rack.maas.devices.push(device);
    return renderDevice(rack, device);
  },
  "is-registered": ({ rack, params }) =>
    macHolder(rack.maas, params.required("mac_address").toLowerCase()) !== undefined,
  "is-action-in-progress": () => false,
  "set-zone": ({ rack, user, params }) => {
    params.required("zone");
    const zone = chosen(params, "zone", rack.maas.zones, ({ name }) => [name]);
    for (const id of params.list("nodes")) deviceFor(rack, user, id).zone = zone?.name ?? "default";
    return null;
  },
};

const on =
  (operation: (device: Device, call: Call) => Answer | void) =>
  (call: Call): Answer => {
    const device = deviceFor(call.rack, call.user, path(call, "system_id"));
    const answer = operation(device, call);
    return answer === undefined ? renderDevice(call.rack, device) : answer;
  };

const annotate = on((device, { params }) => {
  for (const [key, value] of Object.entries(params.all())) {
    if (value === "") delete device.ownerData[key];
    else device.ownerData[key] = value;
  }
});

export const device: Handler = {
  read: on(() => undefined),
  update: on((found, { rack, params }) => {
    found.hostname = hostnameFrom(rack, params, found);
    fill(rack, params, found);
  }),
  delete: on((found, { rack }) => {
    rack.maas.devices = rack.maas.devices.filter((each) => each !== found);
    return EMPTY;
  }),
  details: on(() => new Text(bson({ lshw: null, lldp: null }), "application/bson")),
  "power-parameters": on(() => ({})),
  "restore-default-configuration": on(() => undefined),
  "restore-networking-configuration": on(() => undefined),
  "set-owner-data": annotate,
  "set-workload-annotations": annotate,
};
