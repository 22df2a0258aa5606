/** Creates machines that MAAS does not know, and brings name and power settings of the others to configuration. */
import type { MachineSpec } from "../specs";
import type { StepContext } from "../step";
import type { Maas } from "./cli";
import { findByMac } from "./fleet";
import { held } from "./judge";
import { powerShape, type Machine } from "./shapes";

type PowerSecrets = Record<string, Record<string, string>>;

/** Returns whether it changed anything. */
export async function enlist(
  context: StepContext,
  maas: Maas,
  wanted: MachineSpec[],
  machines: Machine[],
  secrets: PowerSecrets,
): Promise<boolean> {
  const known = wanted.filter((machine) => findByMac(machine, machines));
  const power = known.length > 0 ? await maas.read(powerShape, "machines", "power-parameters") : {};
  let changed = false;
  for (const machine of wanted) {
    const found = findByMac(machine, machines);
    const secret = secrets[machine.hostname] ?? {};
    if (!found) {
      context.progress(
        `${machine.hostname}: MAAS does not know ${machine.macAddresses.join(", ")}; it is created`,
      );
      await create(context, maas, machine, secret);
      changed = true;
    } else {
      // Power is how MAAS reaches the machine, whoever uses it; its name is its user's.
      const rename = !held(found) && found.hostname !== machine.hostname;
      const renamed = rename ? [`hostname=${machine.hostname}`] : [];
      const powered = powerDiffers(machine, secret, found, power[found.system_id] ?? {});
      if (renamed.length === 0 && !powered) continue;
      context.progress(
        `${machine.hostname}: name or power settings in MAAS (${found.hostname}) are brought up to date`,
      );
      const fields = [...renamed, ...(powered ? powerFields(machine) : [])];
      await withSecrets(context, powered ? secret : {}, (files) =>
        maas.change("machine", "update", found.system_id, ...fields, ...files),
      );
      changed = true;
    }
  }
  return changed;
}

async function create(
  context: StepContext,
  maas: Maas,
  machine: MachineSpec,
  secret: Record<string, string>,
): Promise<void> {
  const fields = [
    `hostname=${machine.hostname}`,
    `architecture=${machine.architecture}`,
    ...machine.macAddresses.map((mac) => `mac_addresses=${mac.toLowerCase()}`),
    ...powerFields(machine),
    // Commissioning is started apart, so that a kill between the two leaves a machine that is found again.
    "commission=false",
  ];
  await withSecrets(context, secret, (files) =>
    maas.change("machines", "create", ...fields, ...files),
  );
}

function powerFields({ power }: MachineSpec): string[] {
  const parameters = Object.entries(power.parameters);
  return [
    `power_type=${power.type}`,
    ...parameters.map(([key, value]) => `power_parameters_${key}=${value}`),
  ];
}

function powerDiffers(
  { power }: MachineSpec,
  secret: Record<string, string>,
  found: Machine,
  now: Record<string, unknown>,
): boolean {
  const wanted = Object.entries({ ...power.parameters, ...secret });
  return found.power_type !== power.type || wanted.some(([key, value]) => now[key] !== value);
}

/** Gives `call` the words `key@=FILE` for secret power parameters; the files live as long as the call. */
function withSecrets(
  { bastion }: StepContext,
  secret: Record<string, string>,
  call: (words: string[]) => Promise<unknown>,
): Promise<unknown> {
  const names = Object.keys(secret);
  return bastion.withFiles(Object.values(secret), (paths) =>
    call(names.map((name, index) => `power_parameters_${name}@=${paths[index]}`)),
  );
}
