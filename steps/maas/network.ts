/** Bridges of machines that are not in use, and their links to subnets. */
import { StepError } from "../errors";
import type { MachineSpec } from "../specs";
import type { StepContext } from "../step";
import type { Maas } from "./cli";
import type { Pair } from "./fleet";
import { subnetsShape, type Interface, type Machine, type Subnet } from "./shapes";

type BridgeSpec = MachineSpec["bridges"][number];

/** Returns whether links have changed since machines were last read. */
export async function convergeBridges(
  context: StepContext,
  maas: Maas,
  free: () => Pair[],
  again: (changed: boolean) => Promise<void>,
): Promise<boolean> {
  let created = false;
  for (const { wanted, found } of free()) {
    for (const bridge of wanted.bridges) {
      const parent = parentOf(wanted, bridge, found);
      if (bridgeOf(wanted, bridge, found)) continue;
      context.progress(
        `${wanted.hostname}: bridge ${bridge.name} (${bridge.type}) on ${bridge.parent} is created`,
      );
      const fields = [`name=${bridge.name}`, `bridge_type=${bridge.type}`, `parent=${parent.id}`];
      await maas.change("interfaces", "create-bridge", found.system_id, ...fields);
      created = true;
    }
  }
  // MAAS moves some links to a new bridge by itself: what is there now decides.
  await again(created);
  let subnets: Subnet[] | undefined;
  let linked = false;
  for (const { wanted, found } of free()) {
    for (const bridge of wanted.bridges) {
      if (isLinked(wanted, bridge, found)) continue;
      subnets ??= await maas.read(subnetsShape, "subnets", "read");
      await link(context, maas, wanted, bridge, found, subnets);
      linked = true;
    }
  }
  return linked;
}

function parentOf(wanted: MachineSpec, bridge: BridgeSpec, found: Machine): Interface {
  const parent = found.interface_set.find(
    ({ name, type }) => name === bridge.parent && type !== "bridge",
  );
  if (parent) return parent;
  const names = found.interface_set.map(({ name }) => name).join(", ") || "none";
  throw new StepError(
    `${wanted.hostname}: has no interface ${bridge.parent} for bridge ${bridge.name}; MAAS found ${names}. ` +
      `Correct machines.${wanted.hostname}.bridges, or set kernel_opts to net.ifnames=0 and commission again if names of the form eth0 are expected; then run again.`,
  );
}

function bridgeOf(wanted: MachineSpec, bridge: BridgeSpec, found: Machine): Interface | undefined {
  const existing = found.interface_set.find(({ name }) => name === bridge.name);
  if (existing && (existing.type !== "bridge" || !existing.parents.includes(bridge.parent))) {
    throw new StepError(
      `${wanted.hostname}: ${bridge.name} exists as ${existing.type} on ${existing.parents.join(", ") || "nothing"}, ` +
        `wanted is a bridge on ${bridge.parent}. Delete it in MAAS, then run again.`,
    );
  }
  return existing;
}

function wantedLinks({ links }: Interface, bridge: BridgeSpec): Interface["links"] {
  const mode = bridge.linkMode.toLowerCase();
  return links.filter((link) => link.mode === mode && link.subnet?.cidr === bridge.subnetCidr);
}

/** Links of an interface to a subnet, with an address or the wish for one. */
function subnetLinks({ links }: Interface, cidr: string): Interface["links"] {
  return links.filter((link) => link.subnet?.cidr === cidr && link.mode !== "link_up");
}

function isLinked(wanted: MachineSpec, bridge: BridgeSpec, found: Machine): boolean {
  const existing = bridgeOf(wanted, bridge, found);
  const parent = parentOf(wanted, bridge, found);
  if (!existing) return false;
  const own = subnetLinks(existing, bridge.subnetCidr).length;
  return (
    wantedLinks(existing, bridge).length === 1 &&
    own <= 1 &&
    subnetLinks(parent, bridge.subnetCidr).length === 0
  );
}

async function link(
  context: StepContext,
  maas: Maas,
  wanted: MachineSpec,
  bridge: BridgeSpec,
  found: Machine,
  subnets: Subnet[],
): Promise<void> {
  const existing = bridgeOf(wanted, bridge, found);
  const subnet = subnets.find(({ cidr }) => cidr === bridge.subnetCidr);
  if (!existing || !subnet) {
    throw new StepError(
      `${wanted.hostname}: bridge ${bridge.name} cannot be linked to ${bridge.subnetCidr}: MAAS does not know ` +
        `${existing ? "that subnet" : "the bridge"}. Correct network.cidr, then run again.`,
    );
  }
  const parent = parentOf(wanted, bridge, found);
  const [keep] = wantedLinks(existing, bridge);
  // One address per bridge: a second one, also on the parent, breaks the tunnels between hypervisors.
  const surplus: [Interface, Interface["links"][number]][] = [
    ...subnetLinks(existing, subnet.cidr).map((link): [Interface, typeof link] => [existing, link]),
    ...subnetLinks(parent, subnet.cidr).map((link): [Interface, typeof link] => [parent, link]),
  ];
  for (const [holder, { id }] of surplus.filter(([, { id }]) => id !== keep?.id)) {
    context.progress(`${wanted.hostname}: ${holder.name} is unlinked from ${subnet.cidr}`);
    await maas.change("interface", "unlink-subnet", found.system_id, String(holder.id), `id=${id}`);
  }
  if (keep) return;
  context.progress(
    `${wanted.hostname}: ${bridge.name} is linked to ${subnet.cidr} (${bridge.linkMode})`,
  );
  const fields = [`mode=${bridge.linkMode.toUpperCase()}`, `subnet=${subnet.id}`];
  await maas.change("interface", "link-subnet", found.system_id, String(existing.id), ...fields);
}
