import { addressHolder, allocateAddress } from "../addresses";
import { invalid } from "../errors";
import { inCidr } from "../ipv4";
import { nextNumber } from "../numbers";
import type { Call } from "../request";
import type { Link } from "../state";
import { CHOICE } from "./networks";
import { answer, linkUp, nicOf, nodeOf } from "./onInterface";

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

export const linkSubnet = (call: Call) => {
  const { maas } = call.rack;
  const node = nodeOf(call, "link subnet");
  const nic = nicOf(call, node);
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
  if (given !== undefined && addressHolder(maas, given) !== undefined) {
    throw invalid({ ip_address: ["IP address is already in use."] });
  }
  const address =
    mode === "static" && subnet !== undefined ? (given ?? allocateAddress(maas, subnet)) : null;
  nic.vlan ??= subnet?.vlan ?? null;
  nic.links = call.params.flag("force") ? [] : nic.links.filter((link) => link.mode !== "link_up");
  nic.links.push({ id: nextNumber(maas, "link"), mode, subnet: subnet?.id ?? null, address });
  return answer(call, node, nic);
};

export const unlinkSubnet = (call: Call) => {
  const node = nodeOf(call, "unlink subnet");
  const nic = nicOf(call, node);
  const id = call.params.required("id");
  if (!nic.links.some((link) => String(link.id) === id)) throw invalid({ id: [CHOICE] });
  nic.links = nic.links.filter((link) => String(link.id) !== id);
  if (nic.links.length === 0) nic.links = [linkUp(call)];
  return answer(call, node, nic);
};
