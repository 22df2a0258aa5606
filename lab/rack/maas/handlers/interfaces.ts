import { allocateAddress } from "../addresses";
import { conflict, invalid, notFound } from "../errors";
import { newInterface } from "../hardware";
import { inCidr } from "../ipv4";
import { machineFor } from "../machines";
import { nextNumber } from "../numbers";
import { renderInterface } from "../render";
import { type Call, EMPTY, type Handler, path } from "../request";
import { type Interface, type Link, type Machine, Status } from "../state";
import { CHOICE } from "./networks";

const CHANGEABLE: readonly Status[] = [
  Status.New,
  Status.Ready,
  Status.FailedTesting,
  Status.Allocated,
  Status.Broken,
];

const machineOf = (call: Call, change?: string): Machine => {
  const machine = machineFor(
    call.rack,
    call.user,
    path(call, "system_id"),
    change === undefined ? "view" : "edit",
  );
  if (change !== undefined && !CHANGEABLE.includes(machine.status)) {
    throw conflict(
      `Cannot ${change} interface because the machine is not New, Ready, Allocated, or Broken.`,
    );
  }
  return machine;
};

const nicOf = (call: Call, machine: Machine): Interface => {
  const wanted = path(call, "id");
  const nic = machine.interfaces.find((each) => String(each.id) === wanted || each.name === wanted);
  if (nic === undefined) throw notFound("Interface");
  return nic;
};

const answer = (call: Call, machine: Machine, nic: Interface) =>
  renderInterface(call.rack.maas, machine.systemId, nic, machine.interfaces);

const vlanFrom = (call: Call, fallback: number | null): number | null => {
  const wanted = call.params.get("vlan");
  if (wanted === undefined) return fallback;
  if (wanted === "") return null;
  const vlan = call.rack.maas.vlans.find((each) => String(each.id) === wanted);
  if (vlan === undefined) throw invalid({ vlan: [CHOICE] });
  return vlan.id;
};

const parentsFrom = (call: Call, machine: Machine, field: "parent" | "parents"): Interface[] => {
  const wanted = call.params.list(field);
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
    const parent = machine.interfaces.find(
      (each) => String(each.id) === text || each.name === text,
    );
    if (parent === undefined) throw invalid({ [field]: [CHOICE] });
    return parent;
  });
};

const nameFrom = (call: Call, machine: Machine, fallback?: string): string => {
  const name = call.params.get("name") ?? fallback ?? call.params.required("name");
  if (name.length > 15) {
    throw invalid({ name: ["Ensure this value has at most 15 characters."] });
  }
  if (machine.interfaces.some((each) => each.name === name)) {
    throw invalid({ name: [`Interface ${name} already exists.`] });
  }
  return name;
};

const OPTIONS = ["bridge_type", "bridge_stp", "bridge_fd", "bond_mode", "bond_miimon", "accept_ra"];

const optionsFrom = (call: Call): Record<string, string | number | boolean> => {
  const given = Object.entries(call.params.all()).filter(([name]) => OPTIONS.includes(name));
  return Object.fromEntries<string | number | boolean>(
    given.map(([name, value]): [string, string | number | boolean] => {
      if (/^(true|false)$/i.test(value)) return [name, value.toLowerCase() === "true"];
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    }),
  );
};

const linkUp = (call: Call): Link => ({
  id: nextNumber(call.rack.maas, "link"),
  mode: "link_up",
  subnet: null,
  address: null,
});

/** Links of the parents go: addresses belong to what is on top (maas:src/maasserver/models/signals/interfaces.py). */
const stack = (
  call: Call,
  machine: Machine,
  type: Interface["type"],
  parents: Interface[],
  fields: Partial<Interface>,
) => {
  const [first] = parents;
  const nic = newInterface(call.rack, {
    type,
    mac: call.params.get("mac_address")?.toLowerCase() ?? first?.mac ?? "",
    vlan: vlanFrom(call, first?.vlan ?? null),
    parents: parents.map((parent) => parent.id),
    tags: call.params.list("tags"),
    mtu: Number(call.params.get("mtu") ?? 1500),
    links: [linkUp(call)],
    ...fields,
  });
  if (type !== "vlan") for (const parent of parents) parent.links = [];
  machine.interfaces.push(nic);
  return answer(call, machine, nic);
};

const BRIDGE_TYPES = ["standard", "ovs"];

const createBridge = (call: Call) => {
  const machine = machineOf(call, "create bridge");
  const name = nameFrom(call, machine);
  const parents = parentsFrom(call, machine, "parent");
  const type = call.params.get("bridge_type") ?? "standard";
  if (!BRIDGE_TYPES.includes(type)) {
    throw invalid({
      bridge_type: [`Select a valid choice. ${type} is not one of the available choices.`],
    });
  }
  const defaults = { bridge_type: type, bridge_stp: false, bridge_fd: 15 };
  return stack(call, machine, "bridge", parents, {
    name,
    params: { ...defaults, ...optionsFrom(call) },
  });
};

const createBond = (call: Call) => {
  const machine = machineOf(call, "create bond");
  const name = nameFrom(call, machine);
  const parents = parentsFrom(call, machine, "parents");
  const defaults = { bond_mode: "balance-rr", bond_miimon: 100 };
  return stack(call, machine, "bond", parents, {
    name,
    params: { ...defaults, ...optionsFrom(call) },
  });
};

const createVlan = (call: Call) => {
  const machine = machineOf(call, "create VLAN");
  const [parent] = parentsFrom(call, machine, "parent");
  const vlan = call.rack.maas.vlans.find((each) => each.id === vlanFrom(call, null));
  if (parent === undefined || vlan === undefined) {
    throw invalid({ vlan: ["A VLAN interface must be connected to a tagged VLAN."] });
  }
  const name = nameFrom(call, machine, `${parent.name}.${vlan.vid}`);
  return stack(call, machine, "vlan", [parent], { name, vlan: vlan.id });
};

const createPhysical = (call: Call) => {
  const machine = machineOf(call, "create physical");
  const mac = call.params.required("mac_address").toLowerCase();
  const holder = call.rack.maas.machines.find((each) =>
    each.interfaces.some((nic) => nic.mac === mac),
  );
  if (holder !== undefined) {
    throw invalid({ mac_address: ["This MAC address is already in use by another interface."] });
  }
  const name = nameFrom(call, machine, `eth${machine.interfaces.length}`);
  const nic = newInterface(call.rack, {
    mac,
    name,
    vlan: vlanFrom(call, null),
    tags: call.params.list("tags"),
  });
  machine.interfaces.push(nic);
  return answer(call, machine, nic);
};

const update = (call: Call) => {
  const machine = machineOf(call, "update");
  const nic = nicOf(call, machine);
  const name = call.params.get("name");
  if (name !== undefined && name !== nic.name) nic.name = nameFrom(call, machine);
  const vlan = vlanFrom(call, nic.vlan);
  if (vlan !== nic.vlan) {
    nic.vlan = vlan;
    nic.links = nic.links.filter((link) => link.subnet === null);
  }
  nic.mac = call.params.get("mac_address")?.toLowerCase() ?? nic.mac;
  nic.enabled = call.params.flag("enabled", nic.enabled);
  nic.mtu = Number(call.params.get("mtu") ?? nic.mtu);
  if (call.params.has("tags")) nic.tags = call.params.list("tags");
  nic.params = { ...nic.params, ...optionsFrom(call) };
  return answer(call, machine, nic);
};

const MODES = ["auto", "dhcp", "static", "link_up"] as const;

const modeFrom = (call: Call): Link["mode"] => {
  const given = call.params.required("mode");
  const mode = MODES.find((each) => each === given.toLowerCase());
  if (mode !== undefined) return mode;
  const choices = MODES.map((each) => `'${each.toUpperCase()}'`).join(", ");
  throw invalid({
    mode: [`'${given}' is not a valid mode.  It should be one of: ${choices}.`],
  });
};

const linkSubnet = (call: Call) => {
  const { maas } = call.rack;
  const machine = machineOf(call, "link subnet");
  const nic = nicOf(call, machine);
  const mode = modeFrom(call);
  const wanted = call.params.get("subnet");
  const subnet = maas.subnets.find((each) =>
    [String(each.id), each.cidr, each.name, `cidr:${each.cidr}`].includes(wanted ?? ""),
  );
  if (wanted !== undefined && wanted !== "" && subnet === undefined)
    throw invalid({ subnet: [CHOICE] });
  if (subnet === undefined && (mode === "auto" || mode === "static")) {
    throw invalid({ subnet: ["This field is required."] });
  }
  if (subnet !== undefined && nic.vlan !== null && subnet.vlan !== nic.vlan)
    throw invalid({ subnet: [CHOICE] });
  const given = call.params.get("ip_address");
  if (given !== undefined && subnet !== undefined && !inCidr(subnet.cidr, given)) {
    throw invalid({ ip_address: ["IP address is not in the given subnet."] });
  }
  if (given !== undefined && heldElsewhere(call, given)) {
    throw invalid({ ip_address: ["IP address is already in use."] });
  }
  const address =
    mode === "static" && subnet !== undefined ? (given ?? allocateAddress(maas, subnet)) : null;
  nic.vlan ??= subnet?.vlan ?? null;
  nic.links = call.params.flag("force") ? [] : nic.links.filter((link) => link.mode !== "link_up");
  nic.links.push({ id: nextNumber(maas, "link"), mode, subnet: subnet?.id ?? null, address });
  return answer(call, machine, nic);
};

const heldElsewhere = (call: Call, ip: string): boolean =>
  call.rack.maas.machines.some((machine) =>
    machine.interfaces.some((nic) => nic.links.some((link) => link.address === ip)),
  );

const unlinkSubnet = (call: Call) => {
  const machine = machineOf(call, "unlink subnet");
  const nic = nicOf(call, machine);
  const id = call.params.required("id");
  if (!nic.links.some((link) => String(link.id) === id)) throw invalid({ id: [CHOICE] });
  nic.links = nic.links.filter((link) => String(link.id) !== id);
  if (nic.links.length === 0) nic.links = [linkUp(call)];
  return answer(call, machine, nic);
};

export const interfaces: Handler = {
  read: (call) => {
    const machine = machineOf(call);
    return machine.interfaces.map((nic) => answer(call, machine, nic));
  },
  "create-bridge": createBridge,
  "create-bond": createBond,
  "create-vlan": createVlan,
  "create-physical": createPhysical,
};

const tagging = (change: (tags: string[], tag: string) => string[]) => (call: Call) => {
  const machine = machineOf(call, "tag");
  const nic = nicOf(call, machine);
  nic.tags = change(nic.tags, call.params.required("tag"));
  return answer(call, machine, nic);
};

export const iface: Handler = {
  read: (call) => {
    const machine = machineOf(call);
    return answer(call, machine, nicOf(call, machine));
  },
  update,
  delete: (call) => {
    const machine = machineOf(call, "delete");
    const nic = nicOf(call, machine);
    machine.interfaces = machine.interfaces
      .filter((each) => each !== nic)
      .map((each) => ({ ...each, parents: each.parents.filter((id) => id !== nic.id) }));
    return EMPTY;
  },
  "link-subnet": linkSubnet,
  "unlink-subnet": unlinkSubnet,
  disconnect: (call) => {
    const machine = machineOf(call, "disconnect");
    const nic = nicOf(call, machine);
    nic.vlan = null;
    nic.links = [];
    return answer(call, machine, nic);
  },
  "set-default-gateway": (call) => {
    const machine = machineOf(call, "set default gateway");
    nicOf(call, machine);
    return answer(call, machine, nicOf(call, machine));
  },
  "add-tag": tagging((tags, tag) => (tags.includes(tag) ? tags : [...tags, tag])),
  "remove-tag": tagging((tags, tag) => tags.filter((each) => each !== tag)),
};
