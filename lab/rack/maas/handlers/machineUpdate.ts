import type { Rack } from "../../core/rack";
import { invalid } from "../errors";
import { checkPower, powerFromForm } from "../power";
import type { Call } from "../request";
import type { Machine } from "../state";
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

const setNames = (rack: Rack, machine: Machine, { params }: Call): void => {
  const hostname = params.get("hostname");
  if (hostname !== undefined) {
    if (rack.maas.machines.some((each) => each !== machine && each.hostname === hostname)) {
      throw invalid({ hostname: ["Node with this Hostname already exists."] });
    }
    machine.hostname = hostname;
  }
  const zone = params.get("zone");
  if (zone !== undefined) {
    if (!rack.maas.zones.some((each) => each.name === zone)) {
      throw invalid({
        zone: ["Select a valid choice. That choice is not one of the available choices."],
      });
    }
    machine.zone = zone;
  }
  const pool = params.get("pool");
  if (pool !== undefined) {
    const found = rack.maas.pools.find((each) => each.name === pool);
    if (found === undefined) {
      throw invalid({
        pool: ["Select a valid choice. That choice is not one of the available choices."],
      });
    }
    machine.pool = found.id;
  }
};

export const update: On = (rack, machine, call) => {
  const { params } = call;
  setPower(machine, call);
  setNames(rack, machine, call);
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
