/** Faults of the machines and of their tags. */
import { problem } from "./checkRanges";
import type { MachineConfig, Problem, SiteConfig } from "./types";

export function checkDuplicates(machines: Record<string, MachineConfig>): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  const once = (path: string, key: string, what: string): void => {
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, path);
    else
      problems.push(
        problem(
          path,
          `is ${what}, as is ${earlier}. Two machines cannot have the same: change one of them.`,
        ),
      );
  };
  for (const [name, { macs, power }] of Object.entries(machines)) {
    for (const [index, mac] of macs.entries()) {
      once(`machines.${name}.macs[${index}]`, mac.toLowerCase(), mac);
    }
    once(`machines.${name}.power.address`, `${power.type} ${power.address}`, power.address);
  }
  return problems;
}

export function checkZones({ machines, maas }: SiteConfig): Problem[] {
  const known = { zone: ["default", ...maas.zones], pool: ["default", ...maas.pools] };
  return Object.entries(machines).flatMap(([name, machine]) =>
    (["zone", "pool"] as const)
      .filter((member) => !known[member].includes(machine[member]))
      .map((member) =>
        problem(
          `machines.${name}.${member}`,
          `is ${machine[member]}; there are ${known[member].join(", ")}. Add it to maas.${member}s or choose one of those.`,
        ),
      ),
  );
}

/** Machine names that carry a tag. */
export function machinesTagged(machines: Record<string, MachineConfig>, tag: string): string[] {
  return Object.keys(machines).filter((name) => machines[name]?.tags.includes(tag));
}

export function checkTags({ machines, juju, openstack }: SiteConfig): Problem[] {
  const wanted = [
    { path: "juju.controllerTag", tag: juju.controllerTag, what: "the Juju controller" },
    { path: "openstack.hostTag", tag: openstack.hostTag, what: "the cloud" },
  ];
  const problems = wanted
    .filter(({ tag }) => machinesTagged(machines, tag).length === 0)
    .map(({ path, tag, what }) =>
      problem(
        path,
        `is ${tag}, and no machine has that tag, so ${what} would wait for one for ever. Tags in use: ${allTags(machines)}. Tag a machine or name another tag.`,
      ),
    );
  const both = machinesTagged(machines, juju.controllerTag).filter((name) =>
    machines[name]?.tags.includes(openstack.hostTag),
  );
  for (const name of both) {
    problems.push(
      problem(
        `machines.${name}.tags`,
        `has both ${juju.controllerTag} and ${openstack.hostTag}: the controller would take a machine that the cloud counts on. Keep one.`,
      ),
    );
  }
  return problems;
}

function allTags(machines: Record<string, MachineConfig>): string {
  return [...new Set(Object.values(machines).flatMap(({ tags }) => tags))].join(", ") || "none";
}
