import { usedAddresses } from "../addresses";
import { invalid, notFound } from "../errors";
import { inCidr, parseIp } from "../ipv4";
import { nextNumber } from "../numbers";
import { renderRange } from "../render";
import { type Call, EMPTY, type Handler, path } from "../request";
import type { IpRange, MaasState } from "../state";
import { CHOICE } from "./networks";

const TYPES = ["dynamic", "reserved"];

const rangeFrom = (call: Call, before?: IpRange): Omit<IpRange, "id"> => {
  const { params, user } = call;
  const { maas } = call.rack;
  const type = before?.type ?? params.required("type");
  if (!TYPES.includes(type)) {
    throw invalid({
      type: [`Select a valid choice. ${type} is not one of the available choices.`],
    });
  }
  const start = params.get("start_ip") ?? before?.start ?? params.required("start_ip");
  const end = params.get("end_ip") ?? before?.end ?? params.required("end_ip");
  for (const [field, ip] of [
    ["start_ip", start],
    ["end_ip", end],
  ] as const) {
    if (parseIp(ip) === undefined)
      throw invalid({ [field]: ["Enter a valid IPv4 or IPv6 address."] });
  }
  const given = params.text("subnet");
  const wanted = given === "" ? undefined : given;
  const found = maas.subnets.find((each) =>
    wanted === undefined
      ? inCidr(each.cidr, start)
      : [String(each.id), each.cidr, each.name].includes(wanted),
  );
  if (found === undefined) {
    if (wanted !== undefined) throw invalid({ subnet: [CHOICE] });
    throw invalid({ subnet: ["This field is required."] });
  }
  if (!inCidr(found.cidr, start) || !inCidr(found.cidr, end)) {
    const field = inCidr(found.cidr, start) ? "end_ip" : "start_ip";
    throw invalid({
      [field]: [
        `${field === "end_ip" ? "End" : "Start"} IP address must be within subnet: ${found.cidr}.`,
      ],
    });
  }
  if ((parseIp(end) ?? 0) < (parseIp(start) ?? 0)) {
    const text = "End IP address must not be less than Start IP address.";
    throw invalid({ start_ip: [text], end_ip: [text] });
  }
  return {
    type: type === "dynamic" ? "dynamic" : "reserved",
    start,
    end,
    subnet: found.id,
    comment: params.get("comment") ?? before?.comment ?? "",
    user: before?.user ?? (type === "reserved" ? user.username : null),
  };
};

const refuseOverlap = (maas: MaasState, range: Omit<IpRange, "id">, self?: IpRange): void => {
  const start = parseIp(range.start) ?? 0;
  const end = parseIp(range.end) ?? 0;
  const overlaps = maas.ranges.some(
    (each) =>
      each !== self &&
      each.subnet === range.subnet &&
      (parseIp(each.start) ?? 0) <= end &&
      (parseIp(each.end) ?? 0) >= start,
  );
  const subnet = maas.subnets.find((each) => each.id === range.subnet);
  const held =
    range.type === "dynamic" &&
    subnet !== undefined &&
    [...usedAddresses(maas, subnet)].some((ip) => {
      const value = parseIp(ip) ?? -1;
      return value >= start && value <= end;
    });
  if (!overlaps && !held) return;
  const what = range.type === "dynamic" ? "IP address or range" : "range";
  const text = `Requested ${range.type} range conflicts with an existing ${what}.`;
  throw invalid({ start_ip: [text], end_ip: [text] });
};

const rangeOf = (call: Call): IpRange => {
  const found = call.rack.maas.ranges.find((each) => String(each.id) === path(call, "id"));
  if (found === undefined) throw notFound("IPRange");
  return found;
};

export const ipranges: Handler = {
  read: ({ rack }) => rack.maas.ranges.map((range) => renderRange(rack.maas, range)),
  create: (call) => {
    const { maas } = call.rack;
    const fields = rangeFrom(call);
    refuseOverlap(maas, fields);
    const range = { ...fields, id: nextNumber(maas, "range") };
    maas.ranges.push(range);
    return renderRange(maas, range);
  },
};

export const iprange: Handler = {
  read: (call) => renderRange(call.rack.maas, rangeOf(call)),
  update: (call) => {
    const { maas } = call.rack;
    const found = rangeOf(call);
    const fields = rangeFrom(call, found);
    refuseOverlap(maas, fields, found);
    Object.assign(found, fields);
    return renderRange(maas, found);
  },
  delete: (call) => {
    const { maas } = call.rack;
    const found = rangeOf(call);
    maas.ranges = maas.ranges.filter((each) => each !== found);
    return EMPTY;
  },
};
