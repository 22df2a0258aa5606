import type { Call, Handler } from "../request";
import { EMPTY } from "../request";
import { linkSubnet, unlinkSubnet } from "./links";
import { answer, macFrom, nameFrom, nicOf, nodeOf, optionsFrom, vlanFrom } from "./onInterface";

const update = (call: Call) => {
  const node = nodeOf(call, "update");
  const nic = nicOf(call, node);
  // A refusal is an answer, and what was changed before it would be kept.
  const options = optionsFrom(call);
  const mac = macFrom(call, nic.mac);
  const name = call.params.get("name");
  const renamed = name !== undefined && name !== nic.name ? nameFrom(call, node) : nic.name;
  const vlan = vlanFrom(call, nic.vlan);
  nic.name = renamed;
  if (vlan !== nic.vlan) {
    nic.vlan = vlan;
    nic.links = nic.links.filter((link) => link.subnet === null);
  }
  nic.mac = mac;
  nic.enabled = call.params.flag("enabled", nic.enabled);
  if (call.params.has("tags")) nic.tags = call.params.list("tags");
  nic.params = { ...nic.params, ...options };
  return answer(call, node, nic);
};

const tagging = (change: (tags: string[], tag: string) => string[]) => (call: Call) => {
  const node = nodeOf(call, "tag");
  const nic = nicOf(call, node);
  nic.tags = change(nic.tags, call.params.required("tag"));
  return answer(call, node, nic);
};

export const iface: Handler = {
  read: (call) => {
    const node = nodeOf(call);
    return answer(call, node, nicOf(call, node));
  },
  update,
  delete: (call) => {
    const node = nodeOf(call, "delete");
    const nic = nicOf(call, node);
    node.interfaces = node.interfaces
      .filter((each) => each !== nic)
      .map((each) => ({ ...each, parents: each.parents.filter((id) => id !== nic.id) }));
    return EMPTY;
  },
  "link-subnet": linkSubnet,
  "unlink-subnet": unlinkSubnet,
  disconnect: (call) => {
    const node = nodeOf(call, "disconnect");
    const nic = nicOf(call, node);
    nic.vlan = null;
    nic.links = [];
    return answer(call, node, nic);
  },
  "set-default-gateway": (call) => {
    const node = nodeOf(call, "set default gateway");
    nicOf(call, node);
    return answer(call, node, nicOf(call, node));
  },
  "add-tag": tagging((tags, tag) => (tags.includes(tag) ? tags : [...tags, tag])),
  "remove-tag": tagging((tags, tag) => tags.filter((each) => each !== tag)),
};
