import type { Rack } from "../../core/rack";
import { subnetOf } from "../../maas/addresses";
import { isContainer, maasMachineOf } from "../engine/find";
import type { JujuMachine } from "../state";

/** What Juju knows of a machine's hardware and network. */

export const spaceOf = (rack: Rack, ip: string): string => {
  const subnet = subnetOf(rack.maas, ip);
  const vlan = rack.maas.vlans.find((each) => each.id === subnet?.vlan);
  return rack.maas.spaces.find((each) => each.id === vlan?.space)?.name ?? "alpha";
};

const prefixOf = (rack: Rack, ip: string): string =>
  subnetOf(rack.maas, ip)?.cidr.split("/")[1] ?? "24";

const gatewayOf = (rack: Rack, ip: string): string => subnetOf(rack.maas, ip)?.gateway ?? "";

const nic = (rack: Rack, ip: string, mac: string): Record<string, unknown> => {
  const gateway = gatewayOf(rack, ip);
  return {
    "ip-addresses": [`${ip}/${prefixOf(rack, ip)}`],
    "mac-address": mac,
    ...(gateway === "" ? {} : { gateway }),
    space: spaceOf(rack, ip),
    "is-up": true,
  };
};

export const networkInterfaces = (rack: Rack, machine: JujuMachine): Record<string, unknown> => {
  if (machine.addresses.length === 0 || machine.agent.current === "pending") return {};
  if (isContainer(machine.id)) {
    const [ip = ""] = machine.addresses;
    const mac = `00:16:3e:${rack.rng(`mac:${machine.instance}`).hex(6).match(/../g)?.join(":") ?? ""}`;
    return { eth0: nic(rack, ip, mac) };
  }
  const there = maasMachineOf(rack, machine);
  const shown: Record<string, unknown> = {};
  for (const each of there?.interfaces ?? []) {
    const address = each.links.find((link) => link.address !== null)?.address ?? each.discovered;
    if (address !== null && machine.addresses.includes(address))
      shown[each.name] = nic(rack, address, each.mac);
  }
  return shown;
};

export const hardwareText = (rack: Rack, machine: JujuMachine): string => {
  const zone = rack.maas.zones[0]?.name ?? "default";
  if (isContainer(machine.id)) return machine.instance === "" ? "" : `availability-zone=${zone}`;
  const there = maasMachineOf(rack, machine);
  if (there === undefined) return "";
  const arch = there.architecture.split("/")[0] ?? "amd64";
  const tags = there.tags.length === 0 ? "" : ` tags=${there.tags.join(",")}`;
  return `arch=${arch} cores=${there.cpuCount} mem=${there.memory}M${tags} availability-zone=${there.zone}`;
};
