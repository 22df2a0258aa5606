import type { Rack } from "../../core/rack";
import { invalid } from "../errors";
import { checkPower, powerFromForm } from "../power";
import type { Call, Params } from "../request";
import type { Machine } from "../state";
import { CHOICE } from "./networks";
import type { On } from "./onMachine";

const BOOLEANS: Record<string, (machine: Machine, value: boolean) => void> = {
  netboot: (machine, value) => (machine.netboot = value),
};

const setPower = (machine: Machine, call: Call): void => {
  const { params } = call;
  const given = powerFromForm(params);
  if (!params.has("power_type") && Object.keys(given).length === 0) return;
  const type = params.get("power_type") ?? machine.powerType;
  const parameters = { ...machine.powerParameters, ...given };
  const errors = checkPower(type, parameters);
  if (Object.keys(errors).length > 0 && !params.flag("power_parameters_skip_check"))
    throw invalid(errors);
  machine.powerType = type;
  machine.powerParameters = type === "manual" || type === "" ? {} : parameters;
  if (type === "manual" || type === "") machine.powerState = "unknown";
};

const setHostname = (rack: Rack, machine: Machine, { params }: Call): void => {
  const hostname = params.get("hostname");
  if (hostname === undefined) return;
  if (rack.maas.machines.some((each) => each !== machine && each.hostname === hostname)) {
    throw invalid({ hostname: ["Node with this Hostname already exists."] });
  }
  machine.hostname = hostname;
};

/** Domain (by id or name), zone and pool, as far as they are given. */
export const setPlace = ({ maas }: Rack, machine: Machine, params: Params): void => {
  const find = <T>(field: string, all: T[], names: (each: T) => string[], refusal: string) => {
    const wanted = params.get(field);
    if (wanted === undefined || wanted === "") return undefined;
    const found = all.find((each) => names(each).includes(wanted));
    if (found === undefined) throw invalid({ [field]: [refusal] });
    return found;
  };
  const domain = find(
    "domain",
    maas.domains,
    ({ id, name }) => [String(id), name],
    `Unable to find domain ${params.text("domain")}`,
  );
  const zone = find("zone", maas.zones, ({ name }) => [name], CHOICE);
  const pool = find("pool", maas.pools, ({ name }) => [name], CHOICE);
  machine.domain = domain?.id ?? machine.domain;
  machine.zone = zone?.name ?? machine.zone;
  machine.pool = pool?.id ?? machine.pool;
};

export const update: On = (rack, machine, call) => {
  const { params } = call;
  setPower(machine, call);
  setPlace(rack, machine, params);
  setHostname(rack, machine, call);
  for (const [name, assign] of Object.entries(BOOLEANS)) {
    if (params.has(name)) assign(machine, params.flag(name));
  }
  const whole = (name: string): number | undefined => {
    const value = params.get(name);
    if (value === undefined) return undefined;
    if (!/^\d+$/.test(value)) throw invalid({ [name]: ["Enter a whole number."] });
    return Number(value);
  };
  machine.cpuCount = whole("cpu_count") ?? machine.cpuCount;
  machine.memory = whole("memory") ?? machine.memory;
  machine.swapSize = whole("swap_size") ?? machine.swapSize;
  machine.description = params.get("description") ?? machine.description;
  machine.architecture = params.get("architecture") ?? machine.architecture;
  machine.minHweKernel = params.get("min_hwe_kernel") ?? machine.minHweKernel;
};
