import type { Rack } from "../core/rack";
import { allocateAddress } from "./addresses";
import { notFound } from "./errors";
import { newInterface } from "./hardware";
import { nextNumber } from "./numbers";
import type { Device, Interface, MaasState, Subnet, User } from "./state";

/** What holds a MAC address: a machine's or a device's interface. */
export const macHolder = (
  maas: MaasState,
  mac: string,
): { hostname: string; interfaces: Interface[] } | undefined =>
  [...maas.machines, ...maas.devices].find((node) =>
    node.interfaces.some((nic) => nic.mac === mac),
  );

export const mayUse = (user: User, device: Device): boolean =>
  user.superuser || device.owner === null || device.owner === user.username;

/** The device, where the user may see it. */
export const deviceFor = (rack: Rack, user: User, systemId: string): Device => {
  const device = rack.maas.devices.find((each) => each.systemId === systemId);
  if (device === undefined || !mayUse(user, device)) throw notFound("Device");
  return device;
};

export const newSystemId = (rack: Rack): string => {
  const { machines, devices } = rack.maas;
  for (let attempt = 0; ; attempt++) {
    const key = `system-id:${machines.length + devices.length}:${rack.now}:${attempt}`;
    const id = rack.rng(key).letters(6, "abcdefghkmnpqrstwxy34678");
    if (![...machines, ...devices].some((node) => node.systemId === id)) return id;
  }
};

export const blankDevice = (rack: Rack, fields: Partial<Device>): Device => ({
  systemId: newSystemId(rack),
  hostname: "",
  description: "",
  domain: 0,
  owner: null,
  parent: null,
  zone: "default",
  pool: 0,
  tags: [],
  ownerData: {},
  interfaces: [],
  ...fields,
});

/** A device of a parent machine with one static address, as Juju's provider makes one for each container. */
export const addContainer = (
  rack: Rack,
  request: { hostname: string; parent: string | null; mac: string; subnet: Subnet; owner: string },
): Device => {
  const { hostname, parent, mac, subnet, owner } = request;
  const device = blankDevice(rack, { hostname, parent, owner });
  const link = {
    id: nextNumber(rack.maas, "link"),
    mode: "static" as const,
    subnet: subnet.id,
    address: allocateAddress(rack.maas, subnet),
  };
  device.interfaces = [newInterface(rack, { mac, vlan: subnet.vlan, links: [link] })];
  rack.maas.devices.push(device);
  return device;
};

export const removeDevice = (rack: Rack, hostname: string): void => {
  rack.maas.devices = rack.maas.devices.filter((each) => each.hostname !== hostname);
};

/** A machine's devices go when it is released or deleted. */
export const removeChildren = (rack: Rack, systemId: string): void => {
  rack.maas.devices = rack.maas.devices.filter((each) => each.parent !== systemId);
};
