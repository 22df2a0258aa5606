import { allocateAddress, subnetOf, usedAddresses } from "../addresses";
import { invalid, MaasError } from "../errors";
import { parseIp } from "../ipv4";
import { renderReserved } from "../render";
import { type Call, EMPTY, type Handler } from "../request";
import type { MaasState, Subnet } from "../state";
import { holdAddress } from "./dns";

/** Addresses that users hold for something that MAAS does not know. */

const wantedSubnet = (call: Call, ip: string | undefined): Subnet => {
  const { maas } = call.rack;
  const given = call.params.get("subnet");
  if (ip !== undefined) {
    if (parseIp(ip) === undefined)
      throw invalid({ ip_address: ["Enter a valid IPv4 or IPv6 address."] });
    const found = subnetOf(maas, ip);
    if (found === undefined) throw new MaasError(400, `No known subnet for IP address: ${ip}.`);
    return found;
  }
  if (given === undefined)
    throw new MaasError(400, "Must supply either the 'subnet' or the 'ip' parameter.");
  const wanted = given.replace(/^(cidr|name|id):/, "");
  const found = maas.subnets.find((each) =>
    [String(each.id), each.cidr, each.name].includes(wanted),
  );
  if (found === undefined) throw new MaasError(400, `Unable to identify subnet: ${given}.`);
  return found;
};

const refuseTaken = (maas: MaasState, subnet: Subnet, ip: string): void => {
  const value = parseIp(ip) ?? 0;
  const dynamic = maas.ranges.some(
    (each) =>
      each.type === "dynamic" &&
      value >= (parseIp(each.start) ?? Infinity) &&
      value <= (parseIp(each.end) ?? -Infinity),
  );
  if (dynamic)
    throw new MaasError(
      403,
      `IP address ${ip} belongs to an existing dynamic range. To reserve this IP address, a MAC address is required. (Create a device instead.)`,
    );
  if (usedAddresses(maas, subnet).has(ip))
    throw new MaasError(404, `The IP address ${ip} is already in use.`);
};

const reserve = (call: Call) => {
  const { maas } = call.rack;
  const wanted = call.params.get("ip") ?? call.params.get("ip_address");
  const subnet = wantedSubnet(call, wanted);
  if (wanted !== undefined) refuseTaken(maas, subnet, wanted);
  const ip = wanted ?? allocateAddress(maas, subnet);
  const held = { ip, subnet: subnet.id, user: call.user.username, created: call.rack.now };
  maas.reservedAddresses.push(held);
  const hostname = call.params.text("hostname");
  if (hostname !== "") holdAddress(call, hostname, ip);
  return renderReserved(maas, held);
};

const release = (call: Call): typeof EMPTY => {
  const { maas } = call.rack;
  const ip = call.params.required("ip");
  const force = call.params.flag("force");
  if (force && !call.user.superuser)
    throw new MaasError(403, "Force-releasing an IP address requires admin privileges.");
  const found = maas.reservedAddresses.find(
    (each) => each.ip === ip && (force || each.user === call.user.username),
  );
  if (found === undefined)
    throw new MaasError(
      400,
      force
        ? `IP address ${ip} does not exist.`
        : `IP address ${ip} does not exist, is not the correct type of address, or does not belong to the requesting user.\nIf you are sure you want to release this address, use force=true as a MAAS administrator.`,
    );
  maas.reservedAddresses = maas.reservedAddresses.filter((each) => each !== found);
  return EMPTY;
};

const read = (call: Call) => {
  const { params, user, rack } = call;
  const [all, owner, ip] = [params.flag("all"), params.get("owner"), params.get("ip")];
  if (all && !user.superuser)
    throw new MaasError(403, "Listing all IP addresses requires admin privileges.");
  if (owner !== undefined && !user.superuser)
    throw new MaasError(403, "Listing another user's IP addresses requires admin privileges.");
  return rack.maas.reservedAddresses
    .filter((each) => all || each.user === (owner ?? user.username))
    .filter((each) => ip === undefined || each.ip === ip)
    .map((each) => renderReserved(rack.maas, each));
};

export const ipaddresses: Handler = { read, reserve, release };
