/** Judges what the cloud and the application said. Pure functions: a check names what is wrong, or says what was seen. */
import type { VerificationCheck, VerificationResult, VerificationSpec } from "../specs";
import type { Agents, Catalogue, ComputeServices, Hypervisors, Servers } from "./shapes";

type Server = VerificationResult["servers"][number];

function check(name: string, faults: string[], fine: string): VerificationCheck {
  return { name, ok: faults.length === 0, detail: faults.length === 0 ? fine : faults.join("; ") };
}

/** Every wanted type of service has a public endpoint in the region. */
export function checkCatalogue(
  catalogue: Catalogue,
  wanted: string[],
  region: string,
): VerificationCheck {
  const reachable = (type: string): boolean =>
    catalogue.some(
      ({ Type, Endpoints }) =>
        Type === type && Endpoints.some((e) => e.interface === "public" && e.region === region),
    );
  const faults = wanted
    .filter((type) => !reachable(type))
    .map((type) => `no public endpoint of type ${type} in ${region}`);
  return check("services", faults, `${wanted.join(", ")} have public endpoints in ${region}`);
}

/** One whose compute service somebody disabled may be down; it does not count as up. */
export function checkHypervisors(
  hypervisors: Hypervisors,
  services: ComputeServices,
  atLeast: number,
): VerificationCheck {
  const disabled = services
    .filter(({ Binary, Status }) => Binary === "nova-compute" && Status === "disabled")
    .map(({ Host }) => shortName(Host));
  const inUse = hypervisors.filter((h) => !disabled.includes(shortName(h["Hypervisor Hostname"])));
  const names = (up: boolean) =>
    inUse.filter(({ State }) => (State === "up") === up).map((h) => h["Hypervisor Hostname"]);
  const up = names(true);
  const faults = names(false).map((name) => `${name} is down`);
  if (up.length < atLeast) faults.push(`${up.length} of at least ${atLeast} are up`);
  return check("hypervisors", faults, `${up.join(", ")} are up`);
}

/** Nova's service and hypervisor of one machine may differ in the domain. */
const shortName = (host: string): string => host.split(".")[0] ?? host;

/** A disabled service is somebody's decision and not a fault. */
export function checkAgents(services: ComputeServices, agents: Agents): VerificationCheck {
  const faults = [
    ...services
      .filter(({ Status, State }) => Status === "enabled" && State !== "up")
      .map(({ Binary, Host }) => `${Binary} on ${Host} is down`),
    ...agents
      .filter(({ Alive, State }) => State && !Alive)
      .map((agent) => `${agent["Agent Type"]} on ${agent.Host} is not alive`),
  ];
  return check(
    "agents",
    faults,
    `${services.length} compute services and ${agents.length} network agents are up`,
  );
}

/** The application's servers in the order of the spec; one that does not exist has the status MISSING. */
export function findServers(servers: Servers, app: VerificationSpec["app"]): Server[] {
  return [...app.loadBalancers, ...app.apiServers, app.databaseServer].map((name) => {
    const found = servers.find(({ Name }) => Name === name);
    return {
      name,
      status: found?.Status ?? "MISSING",
      hypervisor: found?.Host ?? "",
      fixedIp: Object.values(found?.Networks ?? {}).flat()[0] ?? "",
    };
  });
}

export function checkServers(servers: Server[]): VerificationCheck {
  const faults = servers
    .filter(({ status }) => status !== "ACTIVE")
    .map(({ name, status }) => `${name} is ${status}`);
  return check("servers", faults, `${servers.length} servers are active`);
}

/** No two servers of a tier share a hypervisor. */
export function checkSpread(tier: string, servers: Server[], names: string[]): VerificationCheck {
  const members = servers.filter(({ name }) => names.includes(name));
  const hosts = new Map<string, string[]>();
  for (const { name, hypervisor } of members) {
    hosts.set(hypervisor, [...(hosts.get(hypervisor) ?? []), name]);
  }
  const faults = [...hosts]
    .filter(([host, those]) => host === "" || those.length > 1)
    .map(
      ([host, those]) =>
        `${those.join(" and ")} ${host === "" ? "are nowhere" : `are both on ${host}`}`,
    );
  return check(
    `spread of ${tier}`,
    faults,
    members.map(({ name, hypervisor }) => `${name} on ${hypervisor}`).join(", "),
  );
}

/** Each instance had at least half of its share of the answers. */
export function checkAlternation(order: string[], instances: string[]): VerificationCheck {
  const share = order.length / instances.length / 2;
  const counted = instances.map((name) => ({
    name,
    count: order.filter((instance) => instance === name).length,
  }));
  const faults = counted
    .filter(({ count }) => count < share)
    .map(({ name, count }) => `${name} gave ${count} of ${order.length} answers`);
  const fine = counted.map(({ name, count }) => `${name} ${count}`).join(", ");
  return check("alternation", faults, `${order.length} answers: ${fine}`);
}

export function checkReadBack(
  result: { id: number; writer: string; reader: string } | { error: string },
): VerificationCheck {
  return "error" in result
    ? check("read back", [result.error], "")
    : check(
        "read back",
        [],
        `note ${result.id}, written by ${result.writer}, read by ${result.reader}`,
      );
}
