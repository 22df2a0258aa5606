import { invalid, MaasError, notFound } from "../errors";
import { nextNumber } from "../numbers";
import { renderFabric, renderSpace, renderUndefinedSpace, renderVlan } from "../render";
import { type Call, EMPTY, type Handler, path } from "../request";
import type { Fabric, MaasState, Space, Vlan } from "../state";

const CHOICE = "Select a valid choice. That choice is not one of the available choices.";

const takenName = (
  call: Call,
  list: readonly { name: string }[],
  what: string,
  fallback: string,
): string => {
  const name = call.params.get("name") ?? fallback;
  if (!/^[\w.][\w .-]*$/.test(name)) throw invalid({ name: ["Enter a valid value."] });
  if (list.some((each) => each.name === name)) {
    throw invalid({ name: [`${what} with this Name already exists.`] });
  }
  return name;
};

export const newVlan = (maas: MaasState, fields: Partial<Vlan>): Vlan => {
  const vlan: Vlan = {
    id: nextNumber(maas, "vlan"),
    vid: 0,
    fabric: 0,
    name: "untagged",
    mtu: 1500,
    dhcpOn: false,
    primaryRack: null,
    secondaryRack: null,
    relayVlan: null,
    space: null,
    ...fields,
  };
  maas.vlans.push(vlan);
  return vlan;
};

const findFabric = (maas: MaasState, specifier: string): Fabric => {
  const wanted = specifier.replace(/^(fabric|name):/, "");
  const fabric = maas.fabrics.find((each) => String(each.id) === wanted || each.name === wanted);
  if (fabric === undefined) throw notFound("Fabric");
  return fabric;
};

export const fabrics: Handler = {
  read: ({ rack }) => rack.maas.fabrics.map((fabric) => renderFabric(rack.maas, fabric)),
  create: (call) => {
    const { maas } = call.rack;
    const upcoming = (maas.numbers.fabric ?? 0) + 1;
    const name = takenName(call, maas.fabrics, "Fabric", `fabric-${upcoming}`);
    const fabric = {
      id: nextNumber(maas, "fabric"),
      name,
      class_type: call.params.get("class_type") ?? null,
    };
    maas.fabrics.push(fabric);
    newVlan(maas, { fabric: fabric.id });
    return renderFabric(maas, fabric);
  },
};

export const fabric: Handler = {
  read: (call) => renderFabric(call.rack.maas, findFabric(call.rack.maas, path(call, "id"))),
  update: (call) => {
    const { maas } = call.rack;
    const found = findFabric(maas, path(call, "id"));
    if (call.params.has("name") && call.params.get("name") !== found.name) {
      found.name = takenName(call, maas.fabrics, "Fabric", found.name);
    }
    found.class_type = call.params.get("class_type") ?? found.class_type;
    return renderFabric(maas, found);
  },
  delete: (call) => {
    const { maas } = call.rack;
    const found = findFabric(maas, path(call, "id"));
    if (found.id === 0)
      throw new MaasError(400, "This fabric is the default fabric, it cannot be deleted.");
    const vlans = maas.vlans.filter((vlan) => vlan.fabric === found.id);
    const used = vlans.some((vlan) => maas.subnets.some((subnet) => subnet.vlan === vlan.id));
    if (used) throw new MaasError(400, `Can't delete fabric; the following subnets are connected.`);
    maas.vlans = maas.vlans.filter((vlan) => !vlans.includes(vlan));
    maas.fabrics = maas.fabrics.filter((each) => each !== found);
    return EMPTY;
  },
};

const findVlan = (call: Call): Vlan => {
  const { maas } = call.rack;
  const owner = findFabric(maas, path(call, "fabric_id"));
  const vid = path(call, "vid") === "untagged" ? "0" : path(call, "vid");
  const vlan = maas.vlans.find((each) => each.fabric === owner.id && String(each.vid) === vid);
  if (vlan === undefined) throw notFound("VLAN");
  return vlan;
};

const vidFrom = (call: Call, fallback: string): number => {
  const text = call.params.get("vid") ?? fallback;
  if (!/^\d+$/.test(text)) throw invalid({ vid: ["Enter a whole number."] });
  if (Number(text) > 4094) throw invalid({ vid: ["VID must be between 0 and 4094."] });
  return Number(text);
};

const spaceFrom = (call: Call, fallback: number | null): number | null => {
  const wanted = call.params.get("space");
  if (wanted === undefined) return fallback;
  if (wanted === "" || wanted === "undefined" || wanted === "-1") return null;
  const space = call.rack.maas.spaces.find(
    (each) => each.name === wanted || String(each.id) === wanted,
  );
  if (space === undefined) throw invalid({ space: [CHOICE] });
  return space.id;
};

const refuseTwin = (maas: MaasState, fabricId: number, vid: number, self?: Vlan): void => {
  if (maas.vlans.some((each) => each !== self && each.fabric === fabricId && each.vid === vid)) {
    throw invalid({
      __all__: ["A VLAN with the specified VID already exists in the destination fabric."],
    });
  }
};

const mtuFrom = (call: Call, fallback: number): number => {
  const mtu = Number(call.params.get("mtu") ?? fallback);
  if (!Number.isInteger(mtu)) throw invalid({ mtu: ["Enter a whole number."] });
  if (mtu < 552) throw invalid({ mtu: ["Ensure this value is greater than or equal to 552."] });
  if (mtu > 65535) throw invalid({ mtu: ["Ensure this value is less than or equal to 65535."] });
  return mtu;
};

const rackFrom = (
  call: Call,
  field: "primary_rack" | "secondary_rack",
  fallback: string | null,
) => {
  const wanted = call.params.get(field);
  if (wanted === undefined) return fallback;
  if (wanted === "") return null;
  const found = call.rack.maas.rackControllers.find(
    (each) => each.systemId === wanted || each.hostname === wanted,
  );
  if (found === undefined) throw invalid({ [field]: [CHOICE] });
  return found.systemId;
};

const updateVlan = (call: Call) => {
  const { rack, params } = call;
  const { maas } = rack;
  const vlan = findVlan(call);
  const next: Vlan = {
    ...vlan,
    name: params.get("name") ?? vlan.name,
    vid: vidFrom(call, String(vlan.vid)),
    mtu: mtuFrom(call, vlan.mtu),
    space: spaceFrom(call, vlan.space),
    primaryRack: rackFrom(call, "primary_rack", vlan.primaryRack),
    secondaryRack: rackFrom(call, "secondary_rack", vlan.secondaryRack),
    dhcpOn: params.flag("dhcp_on", vlan.dhcpOn),
  };
  if (params.has("relay_vlan")) {
    next.relayVlan = params.text("relay_vlan") === "" ? null : Number(params.text("relay_vlan"));
  }
  refuseTwin(maas, next.fabric, next.vid, vlan);
  if (next.dhcpOn && !vlan.dhcpOn) {
    if (next.primaryRack === null) {
      throw invalid({
        __all__: ["dhcp can only be turned on when a primary rack controller is set."],
      });
    }
    const subnets = maas.subnets.filter((subnet) => subnet.vlan === vlan.id).map(({ id }) => id);
    if (!maas.ranges.some((range) => range.type === "dynamic" && subnets.includes(range.subnet))) {
      throw invalid({
        dhcp_on: ["dhcp can only be turned on when a dynamic IP range is defined."],
      });
    }
  }
  Object.assign(vlan, next);
  return renderVlan(maas, vlan);
};

export const vlans: Handler = {
  read: (call) => {
    const { maas } = call.rack;
    const owner = findFabric(maas, path(call, "fabric_id"));
    return maas.vlans
      .filter((vlan) => vlan.fabric === owner.id)
      .map((vlan) => renderVlan(maas, vlan));
  },
  create: (call) => {
    const { maas } = call.rack;
    const owner = findFabric(maas, path(call, "fabric_id"));
    if (!call.params.has("vid")) throw invalid({ vid: ["This field is required."] });
    const vid = vidFrom(call, "");
    refuseTwin(maas, owner.id, vid);
    const space = spaceFrom(call, null);
    const mtu = mtuFrom(call, 1500);
    const name = call.params.get("name") ?? String(vid);
    return renderVlan(maas, newVlan(maas, { fabric: owner.id, vid, space, mtu, name }));
  },
};

export const vlan: Handler = {
  read: (call) => renderVlan(call.rack.maas, findVlan(call)),
  update: updateVlan,
  delete: (call) => {
    const { maas } = call.rack;
    const found = findVlan(call);
    if (found.vid === 0) {
      throw new MaasError(
        400,
        "This VLAN is the default VLAN in the fabric, it cannot be deleted.",
      );
    }
    maas.vlans = maas.vlans.filter((each) => each !== found);
    return EMPTY;
  },
};

const spaceOf = (call: Call): Space => {
  const wanted = path(call, "id");
  const found = call.rack.maas.spaces.find(
    (each) => String(each.id) === wanted || each.name === wanted,
  );
  if (found === undefined) throw notFound("Space");
  return found;
};

export const spaces: Handler = {
  read: ({ rack }) => {
    const { maas } = rack;
    return [
      ...maas.spaces.map((space) => renderSpace(maas, space)),
      ...(maas.vlans.some((each) => each.space === null) ? [renderUndefinedSpace(maas)] : []),
    ];
  },
  create: (call) => {
    const { maas } = call.rack;
    const upcoming = (maas.numbers.space ?? 0) + 1;
    const name = takenName(call, maas.spaces, "Space", `space-${upcoming}`);
    const space = {
      id: nextNumber(maas, "space"),
      name,
      description: call.params.text("description"),
    };
    maas.spaces.push(space);
    return renderSpace(maas, space);
  },
};

const isUndefined = (call: Call): boolean => ["undefined", "-1"].includes(path(call, "id"));

const refuseUndefined = (call: Call, what: string): void => {
  if (isUndefined(call)) throw new MaasError(400, `Space cannot be ${what}: undefined`);
};

export const space: Handler = {
  read: (call) =>
    isUndefined(call)
      ? renderUndefinedSpace(call.rack.maas)
      : renderSpace(call.rack.maas, spaceOf(call)),
  update: (call) => {
    refuseUndefined(call, "modified");
    const found = spaceOf(call);
    found.name = call.params.get("name") ?? found.name;
    found.description = call.params.get("description") ?? found.description;
    return renderSpace(call.rack.maas, found);
  },
  delete: (call) => {
    refuseUndefined(call, "deleted");
    const { maas } = call.rack;
    const found = spaceOf(call);
    maas.spaces = maas.spaces.filter((each) => each !== found);
    for (const each of maas.vlans) if (each.space === found.id) each.space = null;
    return EMPTY;
  },
};

export { CHOICE };
