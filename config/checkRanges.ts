/** Faults of the LAN, of the external network, and between all that gives addresses out. */
import {
  cidrRange,
  fromNumber,
  holds,
  inside,
  isAddress,
  overlaps,
  range,
  usable,
  type NumberRange,
} from "./addresses";
import type { AddressRange, Problem, SiteConfig } from "./types";

export const problem = (path: string, message: string): Problem => ({ path, message });
export const words = ({ start, end }: AddressRange): string => `${start} to ${end}`;

/** The range itself, and that it lies in a network. */
export function checkRange(
  path: string,
  value: AddressRange,
  cidr: string,
  cidrPath: string,
): Problem[] {
  const { first, last } = range(value);
  if (first > last)
    return [problem(path, `is ${words(value)}; the end comes before the start. Swap them.`)];
  if (!inside({ first, last }, cidrRange(cidr))) {
    return [
      problem(
        path,
        `is ${words(value)}, which is not inside ${cidrPath} (${netText(cidr)}). Correct one of them.`,
      ),
    ];
  }
  return inside({ first, last }, usable(cidr))
    ? []
    : [
        problem(
          path,
          `is ${words(value)}, which holds ${cidrPath}'s first or last address; those are no host's. Leave ${holds({ first, last }, fromNumber(cidrRange(cidr).first)) ? "the first" : "the last"} out.`,
        ),
      ];
}

export function netText(cidr: string): string {
  const { first, last } = cidrRange(cidr);
  return `${cidr}, ${fromNumber(first)} to ${fromNumber(last)}`;
}

function checkGateway(path: string, gateway: string, cidr: string, cidrPath: string): Problem[] {
  return holds(usable(cidr), gateway)
    ? []
    : [
        problem(
          path,
          `is ${gateway}, which is no host's address inside ${cidrPath} (${netText(cidr)}). It must be the router's address there.`,
        ),
      ];
}

export function checkNetwork(network: SiteConfig["network"]): Problem[] {
  const { cidr, gateway, dynamicRange, reserved } = network;
  return [
    ...checkGateway("network.gateway", gateway, cidr, "network.cidr"),
    ...checkRange("network.dynamicRange", dynamicRange, cidr, "network.cidr"),
    ...reserved.flatMap((each, index) =>
      checkRange(`network.reserved[${index}]`, each, cidr, "network.cidr"),
    ),
  ];
}

export function checkExternal({ cidr, gateway, pool }: SiteConfig["external"]): Problem[] {
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
export function checkRanges({ network, external }: SiteConfig): Problem[] {
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

export function checkPowerAddresses({ machines, network, external }: SiteConfig): Problem[] {
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
