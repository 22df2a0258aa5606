/** What a settled model looks like, for the stack's outputs. */
import type { JujuBundleResult, UnitResult } from "../specs";
import type { Status } from "./shapes";
import { machineOf, unitsOf } from "./settle";

export function reportModel(status: Status, applications: string[]): JujuBundleResult {
  const sorted = [...applications].sort();
  return {
    applications: sorted.map((name) => {
      const application = status.applications[name];
      return {
        name,
        charm: application?.["charm-name"] ?? application?.charm ?? "",
        channel: application?.["charm-channel"] ?? "",
        revision: application?.["charm-rev"] ?? -1,
        status: application?.["application-status"].current ?? "unknown",
        units: unitsOf(status, name).map((unit) => reportUnit(status, unit)),
      };
    }),
    machines: Object.entries(status.machines).map(([id, machine]) => ({
      id,
      hostname: machine.hostname ?? "",
      systemId: machine["instance-id"] ?? "",
      status: machine["machine-status"].message ?? "",
      addresses: machine["ip-addresses"] ?? [],
    })),
    relations: relationCount(status),
  };
}

/** Each relation is listed at both of its applications; a peer relation only at its own, and is not counted. */
function relationCount(status: Status): number {
  const ends = Object.entries(status.applications).flatMap(([name, { relations }]) =>
    Object.values(relations ?? {})
      .flat()
      .filter((end) => end["related-application"] !== name),
  );
  return ends.length / 2;
}

function reportUnit(
  status: Status,
  { unit, facts, machine }: ReturnType<typeof unitsOf>[number],
): UnitResult {
  return {
    unit,
    machine,
    hostname: machineOf(status, machine.split("/")[0] ?? "")?.hostname ?? "",
    address: facts["public-address"] ?? machineOf(status, machine)?.["dns-name"] ?? "",
    workload: facts["workload-status"].current ?? "unknown",
    message: facts["workload-status"].message ?? "",
  };
}
