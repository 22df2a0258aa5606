/** What must hold between the values of a site. Each check runs when the sections that it compares have their shape. */
import {
  cidrRange,
  fromNumber,
  holds,
  inside,
  isAddress,
  isPrivate,
  overlaps,
  range,
  type NumberRange,
} from "./addresses";
import type { AddressRange, MachineConfig, Problem, SiteConfig } from "./types";

/** All faults between values. */
export function checkSite(site: Partial<SiteConfig>): Problem[] {
  return CHECKS.flatMap(({ needs, check }) =>
    needs.every((key) => site[key] !== undefined) ? check(site as SiteConfig) : [],
  );
}

interface Check {
  needs: (keyof SiteConfig)[];
  check: (site: SiteConfig) => Problem[];
}

const CHECKS: Check[] = [
  { needs: ["network"], check: ({ network }) => checkNetwork(network) },
  { needs: ["external"], check: ({ external }) => checkExternal(external) },
  { needs: ["network", "external"], check: checkRanges },
  { needs: ["machines"], check: ({ machines }) => checkDuplicates(machines) },
  { needs: ["machines", "network", "external"], check: checkPowerAddresses },
  { needs: ["machines", "maas"], check: checkZones },
  { needs: ["machines", "juju", "openstack"], check: checkTags },
  { needs: ["tenant"], check: ({ tenant }) => checkTenant(tenant) },
  { needs: ["tenant", "network", "external"], check: checkTenantApart },
  { needs: ["tenant", "app"], check: checkAppAddresses },
  { needs: ["app", "external"], check: checkFloatingIp },
  { needs: ["app", "flavors"], check: checkFlavors },
  { needs: ["app", "machines", "openstack"], check: checkSpread },
  { needs: ["vault"], check: ({ vault }) => checkVault(vault) },
];

const problem = (path: string, message: string): Problem => ({ path, message });
const words = ({ start, end }: AddressRange): string => `${start} to ${end}`;

/** The range itself, and that it lies in a network. */
function checkRange(path: string, value: AddressRange, cidr: string, cidrPath: string): Problem[] {
  const { first, last } = range(value);
  if (first > last)
    return [problem(path, `is ${words(value)}; the end comes before the start. Swap them.`)];
  return inside({ first, last }, cidrRange(cidr))
    ? []
    : [
        problem(
          path,
          `is ${words(value)}, which is not inside ${cidrPath} (${netText(cidr)}). Correct one of them.`,
        ),
      ];
}

function netText(cidr: string): string {
  const { first, last } = cidrRange(cidr);
  return `${cidr}, ${fromNumber(first)} to ${fromNumber(last)}`;
}

function checkGateway(path: string, gateway: string, cidr: string, cidrPath: string): Problem[] {
  return holds(cidrRange(cidr), gateway)
    ? []
    : [
        problem(
          path,
          `is ${gateway}, which is not inside ${cidrPath} (${netText(cidr)}). It must be the router's address there.`,
        ),
      ];
}

function checkNetwork(network: SiteConfig["network"]): Problem[] {
  const { cidr, gateway, dynamicRange, reserved } = network;
  return [
    ...checkGateway("network.gateway", gateway, cidr, "network.cidr"),
    ...checkRange("network.dynamicRange", dynamicRange, cidr, "network.cidr"),
    ...reserved.flatMap((each, index) =>
      checkRange(`network.reserved[${index}]`, each, cidr, "network.cidr"),
    ),
  ];
}

function checkExternal({ cidr, gateway, pool }: SiteConfig["external"]): Problem[] {
  const problems = [
    ...checkGateway("external.gateway", gateway, cidr, "external.cidr"),
    ...checkRange("external.pool", pool, cidr, "external.cidr"),
  ];
  if (holds(range(pool), gateway)) {
    problems.push(
      problem(
        "external.pool",
        `is ${words(pool)}, which holds the gateway ${gateway}: Neutron would give the router's address away. Leave it out.`,
      ),
    );
  }
  return problems;
}

/** Nobody gives out what somebody else gives out. */
function checkRanges({ network, external }: SiteConfig): Problem[] {
  const lan = cidrRange(network.cidr);
  const outside = cidrRange(external.cidr);
  const problems: Problem[] = [];
  if (overlaps(lan, outside) && external.cidr !== network.cidr) {
    problems.push(
      problem(
        "external.cidr",
        `is ${external.cidr} and overlaps network.cidr, ${network.cidr}. One network has one prefix: make them equal, or choose another range.`,
      ),
    );
  }
  const ranges: { path: string; value: AddressRange }[] = [
    { path: "network.dynamicRange", value: network.dynamicRange },
    ...network.reserved.map((value, index) => ({ path: `network.reserved[${index}]`, value })),
    { path: "external.pool", value: external.pool },
  ];
  for (const [index, a] of ranges.entries()) {
    for (const b of ranges.slice(index + 1)) {
      if (!overlaps(range(a.value), range(b.value))) continue;
      problems.push(
        problem(
          b.path,
          `is ${words(b.value)} and overlaps ${a.path}, ${words(a.value)}. An address may be given out by one of them only: shorten one.`,
        ),
      );
    }
  }
  if (holds(range(network.dynamicRange), network.gateway)) {
    problems.push(
      problem(
        "network.dynamicRange",
        `is ${words(network.dynamicRange)}, which holds the gateway ${network.gateway}. Leave it out.`,
      ),
    );
  }
  return problems;
}

function checkDuplicates(machines: Record<string, MachineConfig>): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  const once = (path: string, key: string, what: string): void => {
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, path);
    else
      problems.push(
        problem(path, `is ${what}, as is ${earlier}. Two machines cannot have the same.`),
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

function checkPowerAddresses({ machines, network, external }: SiteConfig): Problem[] {
  const given: { path: string; range: NumberRange }[] = [
    { path: "network.dynamicRange", range: range(network.dynamicRange) },
    { path: "external.pool", range: range(external.pool) },
  ];
  return Object.entries(machines).flatMap(([name, { power }]) =>
    given
      .filter((each) => isAddress(power.address) && holds(each.range, power.address))
      .map(({ path }) =>
        problem(
          `machines.${name}.power.address`,
          `is ${power.address}, which ${path} gives to others. Change one of them.`,
        ),
      ),
  );
}

function checkZones({ machines, maas }: SiteConfig): Problem[] {
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

function checkTags({ machines, juju, openstack }: SiteConfig): Problem[] {
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

function checkTenant({ cidr, pool }: SiteConfig["tenant"]): Problem[] {
  const problems = checkRange("tenant.pool", pool, cidr, "tenant.cidr");
  if (!isPrivate(cidr)) {
    problems.push({
      path: "tenant.cidr",
      message: `is ${cidr}, which belongs to somebody on the internet: they cannot be reached from there. Better a range of RFC 1918, e.g. 192.168.90.0/24.`,
      warning: true,
    });
  }
  return problems;
}

function checkTenantApart({ tenant, network, external }: SiteConfig): Problem[] {
  const others = { "network.cidr": network.cidr, "external.cidr": external.cidr };
  return Object.entries(others)
    .filter(([, cidr]) => overlaps(cidrRange(cidr), cidrRange(tenant.cidr)))
    .map(([path, cidr]) =>
      problem(
        "tenant.cidr",
        `is ${tenant.cidr} and overlaps ${path}, ${cidr}: its servers could not reach that network. Choose another range.`,
      ),
    );
}

function checkAppAddresses({ tenant, app }: SiteConfig): Problem[] {
  const problems: Problem[] = [];
  const { shared, balancers, apis, database } = app.addresses;
  const all: [string, string][] = [
    ["shared", shared],
    ...balancers.map((value, index): [string, string] => [`balancers[${index}]`, value]),
    ...apis.map((value, index): [string, string] => [`apis[${index}]`, value]),
    ["database", database],
  ];
  const router = fromNumber(cidrRange(tenant.cidr).first + 1);
  const seen = new Map<string, string>();
  for (const [member, value] of all) {
    const path = `app.addresses.${member}`;
    if (!holds(cidrRange(tenant.cidr), value)) {
      problems.push(
        problem(path, `is ${value}, which is not inside tenant.cidr (${netText(tenant.cidr)}).`),
      );
    } else if (holds(range(tenant.pool), value)) {
      problems.push(
        problem(
          path,
          `is ${value}, which tenant.pool (${words(tenant.pool)}) gives to others. Choose one outside of it.`,
        ),
      );
    } else if (value === router) {
      problems.push(problem(path, `is ${value}, the router's address. Choose another.`));
    }
    const earlier = seen.get(value);
    if (earlier !== undefined) problems.push(problem(path, `is ${value}, as is ${earlier}.`));
    seen.set(value, path);
  }
  return problems;
}

function checkFloatingIp({ app, external }: SiteConfig): Problem[] {
  return app.floatingIp === undefined || holds(range(external.pool), app.floatingIp)
    ? []
    : [
        problem(
          "app.floatingIp",
          `is ${app.floatingIp}, which is not in external.pool (${words(external.pool)}). Choose one of those or take it out.`,
        ),
      ];
}

function checkFlavors({ app, flavors }: SiteConfig): Problem[] {
  return (["flavor", "databaseFlavor"] as const)
    .filter((member) => flavors[app[member]] === undefined)
    .map((member) =>
      problem(`app.${member}`, `is ${app[member]}; there are ${Object.keys(flavors).join(", ")}.`),
    );
}

/** The APIs are in strict anti-affinity. */
function checkSpread({ app, machines, openstack }: SiteConfig): Problem[] {
  const hosts = machinesTagged(machines, openstack.hostTag).length;
  return app.addresses.apis.length <= hosts || hosts === 0
    ? []
    : [
        problem(
          "app.addresses.apis",
          `has ${app.addresses.apis.length} servers, each on a hypervisor of its own, and ${hosts} machines have the tag ${openstack.hostTag}. Take some out or tag more machines.`,
        ),
      ];
}

function checkVault({ keyShares, keyThreshold }: SiteConfig["vault"]): Problem[] {
  const alone = keyShares > 1 && keyThreshold === 1;
  if (keyThreshold > keyShares) {
    return [
      problem(
        "vault.keyThreshold",
        `is ${keyThreshold} of ${keyShares} key shares: Vault could never be unsealed. Lower it.`,
      ),
    ];
  }
  return alone
    ? [
        problem(
          "vault.keyThreshold",
          `is 1 of ${keyShares} key shares, which Vault refuses. Make it 2 or more, or keyShares 1.`,
        ),
      ]
    : [];
}
