/** What must hold between the values of a site. Each check runs when the sections that it compares have their shape. */
import { cidrRange, fromNumber, holds, isPrivate, overlaps, range, usable } from "./addresses";
import { checkDuplicates, checkTags, checkZones, machinesTagged } from "./checkMachines";
import {
  checkExternal,
  checkNetwork,
  checkPowerAddresses,
  checkRange,
  checkRanges,
  netText,
  problem,
  words,
} from "./checkRanges";
import type { Problem, SiteConfig } from "./types";

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
  { needs: ["verification", "machines", "openstack"], check: checkHypervisors },
  { needs: ["juju"], check: ({ juju }) => checkDefaultBase(juju) },
  { needs: ["vault"], check: ({ vault }) => checkVault(vault) },
];

function checkTenant({ cidr, pool, operators }: SiteConfig["tenant"]): Problem[] {
  const problems = checkRange("tenant.pool", pool, cidr, "tenant.cidr");
  const router = routerOf(cidr);
  if (holds(range(pool), router)) {
    problems.push(
      problem(
        "tenant.pool",
        `is ${words(pool)}, which holds ${router}, the router's address. Leave it out.`,
      ),
    );
  }
  if (!isPrivate(cidr)) {
    problems.push({
      path: "tenant.cidr",
      message: `is ${cidr}, which belongs to somebody on the internet: they cannot be reached from there. Better a range of RFC 1918, e.g. 192.168.90.0/24.`,
      warning: true,
    });
  }
  for (const [index, operator] of operators.entries()) {
    const first = operators.indexOf(operator);
    if (first === index) continue;
    const path = `tenant.operators[${index}]`;
    problems.push(problem(path, `is ${operator}, as is tenant.operators[${first}]. Take one out.`));
  }
  return problems;
}

/** Neutron's router takes the first address of a subnet. */
const routerOf = (cidr: string): string => fromNumber(usable(cidr).first);

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
  const router = routerOf(tenant.cidr);
  const seen = new Map<string, string>();
  for (const [member, value] of all) {
    const path = `app.addresses.${member}`;
    if (!holds(usable(tenant.cidr), value)) {
      problems.push(
        problem(
          path,
          `is ${value}, which is no host's address inside tenant.cidr (${netText(tenant.cidr)}). Choose one between its first and its last.`,
        ),
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
    if (earlier !== undefined)
      problems.push(problem(path, `is ${value}, as is ${earlier}. Change one of them.`));
    seen.set(value, path);
  }
  return problems;
}

function checkFloatingIp({ app, external }: SiteConfig): Problem[] {
  const { first, last } = range(external.pool);
  if (first === last) {
    return [
      problem(
        "external.pool",
        `is ${words(external.pool)}, one address; the project's router needs one and the application another. Make it longer.`,
      ),
    ];
  }
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
      problem(
        `app.${member}`,
        `is ${app[member]}; there are ${Object.keys(flavors).join(", ")}. Choose one of those or add it to flavors.`,
      ),
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

/** A verification that waits for more than there can be fails at the very end. */
function checkHypervisors({ verification, machines, openstack }: SiteConfig): Problem[] {
  const hosts = machinesTagged(machines, openstack.hostTag).length;
  return verification.hypervisorsAtLeast <= hosts || hosts === 0
    ? []
    : [
        problem(
          "verification.hypervisorsAtLeast",
          `is ${verification.hypervisorsAtLeast}, and ${hosts} machines have the tag ${openstack.hostTag}, so there cannot be more hypervisors. Lower it or tag more machines.`,
        ),
      ];
}

function checkDefaultBase({ base, modelConfig }: SiteConfig["juju"]): Problem[] {
  const other = modelConfig["default-base"];
  return other === undefined || other === base
    ? []
    : [
        problem(
          "juju.modelConfig.default-base",
          `is ${other}, and juju.base, which it follows, is ${base}. Take it out, or change juju.base.`,
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
