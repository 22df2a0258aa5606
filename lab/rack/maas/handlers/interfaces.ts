import { macHolder } from "../devices";
import { invalid } from "../errors";
import { newInterface } from "../hardware";
import type { Call, Handler } from "../request";
import type { Interface } from "../state";
import { CHOICE } from "./networks";
import {
  answer,
  linkUp,
  macFrom,
  nameFrom,
  type Node,
  nodeOf,
  optionsFrom,
  vlanFrom,
} from "./onInterface";

const parentsFrom = (call: Call, node: Node, field: "parent" | "parents"): Interface[] => {
  const given = call.params.list(field);
  // A bridge's or a VLAN's parent may be given under either name.
  const wanted = given.length === 0 ? call.params.list("parents") : given;
  if (wanted.length === 0) {
    throw invalid({
      [field]: [
        field === "parent"
          ? "A bridge interface must have exactly one parent."
          : "This field is required.",
      ],
    });
  }
  return wanted.map((text) => {
    const parent = node.interfaces.find((each) => String(each.id) === text || each.name === text);
    if (parent === undefined) throw invalid({ [field]: [CHOICE] });
    return parent;
  });
};

/** Links of the parents go: addresses belong to what is on top (maas:src/maasserver/models/signals/interfaces.py). */
const stack = (
  call: Call,
  node: Node,
  type: Interface["type"],
  parents: Interface[],
  fields: Partial<Interface>,
) => {
  const [first] = parents;
  const nic = newInterface(call.rack, {
    type,
    mac: macFrom(call, first?.mac ?? ""),
    vlan: vlanFrom(call, first?.vlan ?? null),
    parents: parents.map((parent) => parent.id),
    tags: call.params.list("tags"),
    links: [linkUp(call)],
    ...fields,
  });
  if (type !== "vlan") for (const parent of parents) parent.links = [];
  node.interfaces.push(nic);
  return answer(call, node, nic);
};

const BRIDGE_TYPES = ["standard", "ovs"];

const createBridge = (call: Call) => {
  const node = nodeOf(call, "create bridge");
  const name = nameFrom(call, node);
  const parents = parentsFrom(call, node, "parent");
  const type = call.params.get("bridge_type") ?? "standard";
  if (!BRIDGE_TYPES.includes(type)) {
    throw invalid({
      bridge_type: [`Select a valid choice. ${type} is not one of the available choices.`],
    });
  }
  const defaults = { bridge_type: type, bridge_stp: false, bridge_fd: 15 };
  return stack(call, node, "bridge", parents, {
    name,
    params: { ...defaults, ...optionsFrom(call) },
  });
};

const createBond = (call: Call) => {
  const node = nodeOf(call, "create bond");
  const name = nameFrom(call, node);
  const parents = parentsFrom(call, node, "parents");
  const defaults = { bond_mode: "balance-rr", bond_miimon: 100 };
  return stack(call, node, "bond", parents, {
    name,
    params: { ...defaults, ...optionsFrom(call) },
  });
};

const createVlan = (call: Call) => {
  const node = nodeOf(call, "create VLAN");
  const [parent] = parentsFrom(call, node, "parent");
  const vlan = call.rack.maas.vlans.find((each) => each.id === vlanFrom(call, null));
  if (parent === undefined || vlan === undefined) {
    throw invalid({ vlan: ["A VLAN interface must be connected to a tagged VLAN."] });
  }
  const name = nameFrom(call, node, `${parent.name}.${vlan.vid}`);
  return stack(call, node, "vlan", [parent], { name, vlan: vlan.id });
};

const createPhysical = (call: Call) => {
  const node = nodeOf(call, "create physical");
  call.params.required("mac_address");
  const mac = macFrom(call, "");
  if (macHolder(call.rack.maas, mac) !== undefined) {
    throw invalid({ mac_address: ["This MAC address is already in use by another interface."] });
  }
  const name = nameFrom(call, node, `eth${node.interfaces.length}`);
  const nic = newInterface(call.rack, {
    mac,
    name,
    vlan: vlanFrom(call, null),
    tags: call.params.list("tags"),
    enabled: call.params.flag("enabled", true),
    params: optionsFrom(call),
    links: [linkUp(call)],
  });
  node.interfaces.push(nic);
  return answer(call, node, nic);
};

export const interfaces: Handler = {
  read: (call) => {
    const node = nodeOf(call);
    return node.interfaces.map((nic) => answer(call, node, nic));
  },
  "create-bridge": createBridge,
  "create-bond": createBond,
  "create-vlan": createVlan,
  "create-physical": createPhysical,
};
