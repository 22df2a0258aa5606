import { deviceFor } from "../devices";
import { conflict, invalid, notFound } from "../errors";
import { machineById, machineFor } from "../machines";
import { nextNumber } from "../numbers";
import { renderInterface } from "../render";
import { type Call, path } from "../request";
import { type Interface, type Link, Status } from "../state";
import { CHOICE } from "./networks";

const CHANGEABLE: readonly Status[] = [
  Status.New,
  Status.Ready,
  Status.FailedTesting,
  Status.Allocated,
  Status.Broken,
];

/** What has interfaces: a machine or a device. */
export interface Node {
  systemId: string;
  interfaces: Interface[];
}

/**
 * The node of the path. With `change` (what is to be done, for the refusal) it must be one that may be changed: a
 * machine by administrators, a device by its owner.
 */
export const nodeOf = (call: Call, change?: string): Node => {
  const { rack, user } = call;
  const systemId = path(call, "system_id");
  const permission = change === undefined ? "view" : "admin";
  if (machineById(rack, systemId) === undefined) return deviceFor(rack, user, systemId);
  const machine = machineFor(rack, user, systemId, permission);
  if (change !== undefined && !CHANGEABLE.includes(machine.status)) {
    throw conflict(
      `Cannot ${change} interface because the machine is not New, Ready, Allocated, or Broken.`,
    );
  }
  return machine;
};

export const nicOf = (call: Call, node: Node): Interface => {
  const wanted = path(call, "id");
  const nic = node.interfaces.find((each) => String(each.id) === wanted || each.name === wanted);
  if (nic === undefined) throw notFound("Interface");
  return nic;
};

export const answer = (call: Call, node: Node, nic: Interface) =>
  renderInterface(call.rack.maas, node.systemId, nic, node.interfaces);

export const vlanFrom = (call: Call, fallback: number | null): number | null => {
  const wanted = call.params.get("vlan");
  if (wanted === undefined) return fallback;
  if (wanted === "") return null;
  const vlan = call.rack.maas.vlans.find((each) => String(each.id) === wanted);
  if (vlan === undefined) throw invalid({ vlan: [CHOICE] });
  return vlan.id;
};

export const nameFrom = (call: Call, node: Node, fallback?: string): string => {
  const name = call.params.get("name") ?? fallback ?? call.params.required("name");
  if (name.length > 15) {
    throw invalid({ name: ["Ensure this value has at most 15 characters."] });
  }
  if (node.interfaces.some((each) => each.name === name)) {
    throw invalid({ name: [`Interface ${name} already exists.`] });
  }
  return name;
};

export const macFrom = (call: Call, fallback: string): string => {
  const mac = call.params.get("mac_address")?.toLowerCase();
  if (mac === undefined || mac === "") return fallback;
  if (!/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/.test(mac))
    throw invalid({ mac_address: [`'${mac}' is not a valid MAC address.`] });
  return mac;
};

const OPTIONS = [
  ...["bridge_type", "bridge_stp", "bridge_fd", "bond_mode", "bond_miimon"],
  ...["accept_ra", "mtu"],
];

export const optionsFrom = (call: Call): Record<string, string | number | boolean> => {
  const given = Object.entries(call.params.all()).filter(([name]) => OPTIONS.includes(name));
  const mtu = call.params.get("mtu");
  if (mtu !== undefined && !/^\d+$/.test(mtu)) throw invalid({ mtu: ["Enter a whole number."] });
  if (Number(mtu) < 552)
    throw invalid({ mtu: ["Ensure this value is greater than or equal to 552."] });
  return Object.fromEntries<string | number | boolean>(
    given.map(([name, value]): [string, string | number | boolean] => {
      if (/^(true|false)$/i.test(value)) return [name, value.toLowerCase() === "true"];
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    }),
  );
};

export const linkUp = (call: Call): Link => ({
  id: nextNumber(call.rack.maas, "link"),
  mode: "link_up",
  subnet: null,
  address: null,
});
