/**
 * `maas/fleet`: makes the configured machines known to MAAS, commissioned, tagged and bridged, so that Juju can take them by
 * their tags. It never allocates one: an allocated machine is invisible to Juju. Machines that Juju holds stay as they are.
 */
import { z } from "zod";

import { bastionSpec, maasAccess, maasSecrets, toolName } from "../schema";
import type { MachineSpec, MaasFleetResult, MaasFleetSecrets, MaasFleetSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { Maas } from "./cli";
import { commissionAll } from "./commission";
import { enlist } from "./enlist";
import { held, minimumFaults } from "./judge";
import { convergeBridges } from "./network";
import { machinesShape, type Machine, namedShape } from "./shapes";
import { StepError } from "../errors";

const machine: z.ZodType<MachineSpec> = z.strictObject({
  hostname: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  macAddresses: z.array(z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i)).min(1),
  architecture: z.string().min(1),
  power: z.strictObject({ type: toolName, parameters: z.record(toolName, z.string()) }),
  tags: z.array(toolName),
  zone: toolName,
  pool: toolName,
  bridges: z.array(
    z.strictObject({
      name: toolName,
      type: toolName,
      parent: toolName,
      subnetCidr: z.union([z.cidrv4(), z.cidrv6()]),
      linkMode: toolName,
    }),
  ),
  minimum: z.strictObject({ cores: z.number(), ramMiB: z.number(), disks: z.number() }),
});

const spec: z.ZodType<MaasFleetSpec> = z.strictObject({
  bastion: bastionSpec,
  maas: maasAccess,
  machines: z.array(machine),
});

const secrets: z.ZodType<MaasFleetSecrets> = z.intersection(
  maasSecrets,
  z.object({ powerSecrets: z.record(z.string(), z.record(z.string(), z.string())) }),
);

/** A configured machine and what MAAS knows of it. */
export interface Pair {
  wanted: MachineSpec;
  found: Machine;
}

async function converge(
  context: StepContext,
  spec: MaasFleetSpec,
  secrets: MaasFleetSecrets,
): Promise<MaasFleetResult> {
  const maas = await Maas.login(context.bastion, spec.maas, secrets.maasApiKey);
  const read = (): Promise<Machine[]> => maas.read(machinesShape, "machines", "read");
  let machines = await read();
  const again = async (changed: boolean): Promise<void> => {
    if (changed) machines = await read();
  };
  await again(await enlist(context, maas, spec.machines, machines, secrets.powerSecrets));
  await again(await commissionAll(context, maas, spec.machines, machines, read));
  checkMinimum(pairs(spec.machines, machines));
  const free = (): Pair[] => pairs(spec.machines, machines).filter(({ found }) => !held(found));
  await again(await convergePlace(context, maas, free()));
  await again(await convergeBridges(context, maas, free, again));
  // Tags come last: by them Juju takes a machine, which must then be complete.
  await again(await convergeTags(context, maas, spec.machines, free()));
  return { machines: pairs(spec.machines, machines).map(({ found }) => report(found)) };
}

/** Finds each configured machine by its MAC addresses. */
export function pairs(wanted: MachineSpec[], machines: Machine[]): Pair[] {
  return wanted.flatMap((machine) => {
    const found = findByMac(machine, machines);
    return found ? [{ wanted: machine, found }] : [];
  });
}

/** The machine of MAAS that has one of the configured MAC addresses. */
export function findByMac(wanted: MachineSpec, machines: Machine[]): Machine | undefined {
  const addresses = new Set(wanted.macAddresses.map((mac) => mac.toLowerCase()));
  const found = machines.filter(({ interface_set }) =>
    interface_set.some(
      ({ mac_address }) => mac_address && addresses.has(mac_address.toLowerCase()),
    ),
  );
  if (found.length > 1) {
    throw new StepError(
      `${wanted.hostname}: its MAC addresses belong to several machines of MAAS: ${found.map(({ hostname }) => hostname).join(", ")}. ` +
        `Correct machines.${wanted.hostname}.macs, or delete the machine that was enlisted twice in MAAS.`,
    );
  }
  return found[0];
}

function checkMinimum(all: Pair[]): void {
  const faults = all.flatMap(({ wanted, found }) => minimumFaults(wanted, found));
  if (faults.length > 0) {
    throw new StepError(
      `${faults.join("; ")}. Repair the hardware and commission the machine again in MAAS, or lower its minimum in the configuration; then run again.`,
    );
  }
}

async function convergePlace(context: StepContext, maas: Maas, free: Pair[]): Promise<boolean> {
  let changed = false;
  for (const { wanted, found } of free) {
    const fields: string[] = [];
    if (found.zone.name !== wanted.zone) fields.push(`zone=${wanted.zone}`);
    if (found.pool.name !== wanted.pool) fields.push(`pool=${wanted.pool}`);
    if (fields.length === 0) continue;
    context.progress(`${wanted.hostname}: ${fields.join(" ")}`);
    await maas.change("machine", "update", found.system_id, ...fields);
    changed = true;
  }
  return changed;
}

/** Of the tags that configuration names anywhere, each machine gets exactly its own; other tags are not touched. */
async function convergeTags(
  context: StepContext,
  maas: Maas,
  wanted: MachineSpec[],
  free: Pair[],
): Promise<boolean> {
  const managed = [...new Set(wanted.flatMap(({ tags }) => tags))];
  const changes = managed.map((tag) => ({
    tag,
    add: free.filter(
      ({ wanted, found }) => wanted.tags.includes(tag) && !found.tag_names.includes(tag),
    ),
    remove: free.filter(
      ({ wanted, found }) => !wanted.tags.includes(tag) && found.tag_names.includes(tag),
    ),
  }));
  const needed = changes.filter(({ add, remove }) => add.length + remove.length > 0);
  if (needed.length === 0) return false;
  const existing = new Set((await maas.read(namedShape, "tags", "read")).map(({ name }) => name));
  for (const { tag, add, remove } of needed) {
    if (!existing.has(tag)) await maas.change("tags", "create", `name=${tag}`);
    const names = (pairs: Pair[]): string => pairs.map(({ found }) => found.hostname).join(", ");
    if (add.length > 0) context.progress(`tag ${tag} is given to ${names(add)}`);
    if (remove.length > 0) context.progress(`tag ${tag} is taken from ${names(remove)}`);
    const words = [
      ...add.map(({ found }) => `add=${found.system_id}`),
      ...remove.map(({ found }) => `remove=${found.system_id}`),
    ];
    await maas.change("tag", "update-nodes", tag, ...words);
  }
  return true;
}

function report(machine: Machine): MaasFleetResult["machines"][number] {
  return {
    hostname: machine.hostname,
    systemId: machine.system_id,
    status: machine.status_name,
    tags: [...machine.tag_names].sort(),
    zone: machine.zone.name,
    pool: machine.pool.name,
    cores: machine.cpu_count,
    ramMiB: machine.memory,
    disks: machine.physicalblockdevice_set.length,
    macAddresses: machine.interface_set.flatMap(({ type, mac_address }) =>
      type === "physical" && mac_address ? [mac_address] : [],
    ),
  };
}

export const maasFleet: Step<MaasFleetSpec, MaasFleetSecrets, MaasFleetResult> = {
  name: "maas/fleet",
  spec,
  secrets,
  lock: () => "maas-fleet",
  converge,
};
