import type { Rack } from "./rack";

/** One line of a fault plan (`rack faults FILE`). */
export interface Fault {
  /** What happens: a name of faultNames.ts. */
  fault: string;
  /** Regular expression over the subject: a command line, `METHOD path?op=…`, a machine's name, a unit. Default: all. */
  match?: string;
  /** How often it strikes; 0 = always. @default 1 */
  count?: number;
  /** How many matches it lets pass first. @default 0 */
  skip?: number;
  /** Virtual seconds after the plan was loaded in which it strikes: from (default 0) and to (default no end). */
  from?: number;
  to?: number;
  /** Chance per match, drawn from the rack's seed. @default 1 */
  chance?: number;
  /** Details of this fault, for example { "seconds": 30 } or { "text": "…" }. */
  with?: Record<string, string | number | boolean>;
}

export interface ArmedFault extends Fault {
  loaded: number;
  seen: number;
  struck: number;
}

export interface FaultState {
  plan: ArmedFault[];
}

/** Does an armed fault of this name strike the subject now? Counts the match; at most one fault strikes. */
export const takeFault = (rack: Rack, name: string, subject: string): Fault | undefined => {
  for (const [index, fault] of rack.faults.plan.entries()) {
    if (fault.fault !== name) continue;
    const age = (rack.now - fault.loaded) / 1000;
    if (age < (fault.from ?? 0) || age > (fault.to ?? Infinity)) continue;
    const count = fault.count ?? 1;
    if (count !== 0 && fault.struck >= count) continue;
    if (fault.match !== undefined && !new RegExp(fault.match).test(subject)) continue;
    fault.seen++;
    if (fault.seen <= (fault.skip ?? 0)) continue;
    if (rack.rng(`fault:${index}:${fault.seen}`).float() >= (fault.chance ?? 1)) continue;
    fault.struck++;
    return fault;
  }
  return undefined;
};

/** Is a fault of this name armed for the subject? Looks without counting. */
export const faultArmed = (rack: Rack, name: string, subject: string): Fault | undefined =>
  rack.faults.plan.find((fault) => {
    const age = (rack.now - fault.loaded) / 1000;
    const count = fault.count ?? 1;
    return (
      fault.fault === name &&
      age >= (fault.from ?? 0) &&
      age <= (fault.to ?? Infinity) &&
      (count === 0 || fault.struck < count) &&
      (fault.match === undefined || new RegExp(fault.match).test(subject))
    );
  });

/** Replaces the plan. */
export const loadFaults = (rack: Rack, plan: Fault[]): void => {
  rack.faults.plan = plan.map((fault) => ({ ...fault, loaded: rack.now, seen: 0, struck: 0 }));
};
