import type { Rack } from "../../core/rack";
import type { Charm, Condition, Count, Needs, Rung, Workload } from "../../charms/types";
import type { Application, Model, Unit } from "../state";
import {
  charmOf,
  findMachine,
  hostOf,
  isContainer,
  maasMachineOf,
  optionOf,
  relationsOf,
} from "./find";

/** Number of disks of the unit's machine that the option names; the disk the system boots from does not count. */
const disksOf = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  key: string,
): number => {
  const wanted = String(optionOf(application, key) ?? "")
    .split(/\s+/)
    .filter((device) => device !== "");
  const machine = findMachine(model, hostOf(unit.machine));
  const hardware = machine === undefined ? undefined : maasMachineOf(rack, machine);
  if (hardware === undefined) return 0;
  const boot = hardware.bootDisk ?? hardware.blockDevices[0]?.id;
  return hardware.blockDevices.filter(
    (disk) =>
      disk.id !== boot &&
      disk.partitions.length === 0 &&
      wanted.some((device) => device === `/dev/${disk.name}` || device === disk.idPath),
  ).length;
};

const limitOf = (application: Application, from: Count = 1): number =>
  typeof from === "object" ? Number(optionOf(application, from.config) ?? 1) : from;

const startedOf = (application: Application): number =>
  application.units.filter((each) => each.started).length;

export const holds = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  condition: Condition,
): boolean => {
  const again = (inner: Condition): boolean => holds(rack, model, application, unit, inner);
  if ("all" in condition) return condition.all.every(again);
  if ("any" in condition) return condition.any.some(again);
  if ("not" in condition) return !again(condition.not);
  if ("leader" in condition) return unit.leader === condition.leader;
  if ("flag" in condition)
    return unit.flags.includes(condition.flag) || application.flags.includes(condition.flag);
  if ("disks" in condition) return disksOf(rack, model, application, unit, condition.disks) > 0;
  if ("units" in condition) return startedOf(application) >= limitOf(application, condition.units);
  if ("related" in condition)
    return relationsOf(model, application.name, condition.related).length > 0;
  if ("received" in condition) {
    const seen = unit.received[condition.received]?.length ?? 0;
    return seen >= limitOf(application, condition.from);
  }
  const value = optionOf(application, condition.config);
  if (condition.is !== undefined) return value === condition.is;
  return value !== undefined && value !== "";
};

interface Shown {
  status: Workload;
  message: string;
}

const needsOf = (
  model: Model,
  application: Application,
  unit: Unit,
  needs: Needs,
): Shown | undefined => {
  const isMissing = (endpoint: string): boolean =>
    relationsOf(model, application.name, endpoint).length === 0;
  const isOpen = (endpoint: string): boolean => (unit.received[endpoint]?.length ?? 0) === 0;
  if (needs.style === "named") {
    const namesOf = (test: (endpoint: string) => boolean): string =>
      Object.entries(needs.relations)
        .flatMap(([name, endpoint]) => (test(endpoint) ? [name] : []))
        .join(", ");
    const missing = namesOf(isMissing);
    if (missing !== "") return { status: "blocked", message: `Missing relations: ${missing}` };
    const incomplete = namesOf(isOpen);
    if (incomplete === "") return undefined;
    return { status: "waiting", message: `Incomplete relations: ${incomplete}` };
  }
  const parts = needs.endpoints.flatMap((name) => {
    if (isMissing(name)) return [`'${name}' missing`];
    return isOpen(name) ? [`'${name}' ${needs.waiting?.[name] ?? "incomplete"}`] : [];
  });
  if (parts.length === 0) return undefined;
  const blocked = needs.endpoints.some(isMissing);
  return {
    status: blocked ? "blocked" : "waiting",
    message: parts.join(", ") + (blocked ? "" : (needs.suffix ?? "")),
  };
};

const fillIn = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  message: string,
): string =>
  message.replace(/\{([a-z-]+)(?::([\w-]+))?\}/g, (_all, name: string, option = "") => {
    if (name === "mlock") {
      const off = isContainer(unit.machine) || optionOf(application, "disable-mlock") === true;
      return off ? "disabled" : "enabled";
    }
    if (name === "units") return String(startedOf(application));
    if (name === "disks") return String(disksOf(rack, model, application, unit, option as string));
    return String(optionOf(application, name) ?? "");
  });

/** What the charm says of the unit now. */
export const workloadOf = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  charm: Charm = charmOf(application),
): Shown => {
  const climb = (rungs: Rung[] | undefined): Shown | undefined =>
    rungs?.find((rung) => holds(rack, model, application, unit, rung.when));
  const shown = climb(charm.first) ??
    (charm.needs && needsOf(model, application, unit, charm.needs)) ??
    climb(charm.ladder) ??
    charm.ready ?? { status: "active", message: "Unit is ready" };
  return {
    status: shown.status,
    message: fillIn(rack, model, application, unit, shown.message),
  };
};
