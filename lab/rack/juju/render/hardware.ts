import type { Rack } from "../../core/rack";
import { subnetOf } from "../../maas/addresses";
import { isContainer, maasMachineOf } from "../engine/find";
import { isLxd, LXD } from "../engine/lxd";
import type { JujuMachine, Model } from "../state";

/** What Juju knows of a machine's hardware and network. */

export const spaceOf = (rack: Rack, ip: string): string => {
  const subnet = subnetOf(rack.maas, ip);
  const vlan = rack.maas.vlans.find((each) => each.id === subnet?.vlan);
  return rack.maas.spaces.find((each) => each.id === vlan?.space)?.name ?? "alpha";
};

const prefixOf = (rack: Rack, ip: string): string =>
  subnetOf(rack.maas, ip)?.cidr.split("/")[1] ?? "24";

const gatewayOf = (rack: Rack, ip: string): string => subnetOf(rack.maas, ip)?.gateway ?? "";

const nic = (rack: Rack, ip: string, mac: string, withPrefix: boolean): Record<string, unknown> => {
  const gateway = gatewayOf(rack, ip);
  return {
    "ip-addresses": [withPrefix ? `${ip}/${prefixOf(rack, ip)}` : ip],
    "mac-address": mac,
    ...(gateway === "" ? {} : { gateway }),
    space: spaceOf(rack, ip),
    "is-up": true,
  };
};

const macOf = (rack: Rack, machine: JujuMachine): string =>
  `00:16:3e:${rack.rng(`mac:${machine.instance}`).hex(6).match(/../g)?.join(":") ?? ""}`;

/** `withPrefix`: do addresses tell the size of their subnet, as since Juju 4? */
export const networkInterfaces = (
  rack: Rack,
  model: Model,
  machine: JujuMachine,
  withPrefix: boolean,
): Record<string, unknown> => {
  if (machine.addresses.length === 0 || machine.agent.current === "pending") return {};
  if (isLxd(model)) {
    const [ip = ""] = machine.addresses;
    return {
      eth0: {
        "ip-addresses": [withPrefix ? `${ip}/${LXD.cidr.split("/")[1] ?? "24"}` : ip],
        "mac-address": macOf(rack, machine),
        gateway: LXD.gateway,
        space: "alpha",
        "is-up": true,
      },
    };
  }
  if (isContainer(machine.id)) {
    const [ip = ""] = machine.addresses;
    return { eth0: nic(rack, ip, macOf(rack, machine), withPrefix) };
  }
  const there = maasMachineOf(rack, machine);
  const shown: Record<string, unknown> = {};
  for (const each of there?.interfaces ?? []) {
    const address = each.links.find((link) => link.address !== null)?.address ?? each.discovered;
    if (address !== null && machine.addresses.includes(address))
      shown[each.name] = nic(rack, address, each.mac, withPrefix);
  }
  return shown;
};

export const hardwareText = (rack: Rack, model: Model, machine: JujuMachine): string => {
  if (isLxd(model))
    return machine.instance === ""
      ? ""
      : `arch=amd64 cores=0 mem=0M availability-zone=${LXD.zone} virt-type=container`;
  const zone = rack.maas.zones[0]?.name ?? "default";
  if (isContainer(machine.id)) return machine.instance === "" ? "" : `availability-zone=${zone}`;
  const there = maasMachineOf(rack, machine);
  if (there === undefined) return "";
  const arch = there.architecture.split("/")[0] ?? "amd64";
  const tags = there.tags.length === 0 ? "" : ` tags=${there.tags.join(",")}`;
  return `arch=${arch} cores=${there.cpuCount} mem=${there.memory}M${tags} availability-zone=${there.zone}`;
};
