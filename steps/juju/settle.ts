/** When a model has settled: pure judgement of one status document. */
import type { AllowedStatus } from "../specs";
import type { Application, JujuMachine, State, Status, Unit } from "./shapes";

export interface Expectation {
  /** Number of principal units by application; 0 for a subordinate, which must be beside each unit it belongs to. */
  applications: Record<string, number>;
  /** Pairs of `application:endpoint` that must exist. */
  relations?: [string, string][];
  /** Statuses that count as settled although they are not active. */
  allowed: AllowedStatus[];
}

export interface Judgement {
  /** What is waited for: one phrase per unit, machine, application or relation. Settled when empty. */
  waiting: string[];
  /** Errors that may still heal by themselves: hooks are run again, agents come back. */
  errors: string[];
  /** Errors that will not heal. */
  fatal: string[];
  /** Changes whenever a status of what is expected changes, or of a machine below it. */
  fingerprint: string;
  /** Seconds since the last change of any unit by the controller's own clock; undefined if it cannot be known. */
  quietSeconds: number | undefined;
  /** The controller's time of day in seconds; undefined if it cannot be known. */
  clockSeconds: number | undefined;
}

export function judge(status: Status, expected: Expectation): Judgement {
  const judgement: Judgement = {
    waiting: [],
    errors: [],
    fatal: [],
    fingerprint: fingerprint(status, Object.keys(expected.applications)),
    quietSeconds: quiet(status),
    clockSeconds: timeOfDay(status),
  };
  const modelStatus = status.model["model-status"];
  if (["suspended", "error"].includes(modelStatus.current ?? "")) {
    judgement.fatal.push(`the model is ${stateText(modelStatus)}`);
  }
  for (const [name, count] of Object.entries(expected.applications)) {
    const application = status.applications[name];
    if (!application) judgement.waiting.push(`${name} is not in the model`);
    else judgeApplication(judgement, status, expected, name, count, application);
  }
  for (const [a, b] of expected.relations ?? []) {
    if (!related(status, a, b)) judgement.waiting.push(`relation ${a} - ${b} is missing`);
  }
  return judgement;
}

function judgeApplication(
  judgement: Judgement,
  status: Status,
  expected: Expectation,
  name: string,
  count: number,
  application: Application,
): void {
  if (application["status-error"] !== undefined) {
    judgement.waiting.push(`${name}: Juju cannot read it (${application["status-error"]})`);
    return;
  }
  if (application.life !== undefined && application.life !== "alive" && application.life !== "") {
    judgement.fatal.push(`${name} is ${application.life}: it is being removed`);
    return;
  }
  const units = unitsOf(status, name);
  if (application["subordinate-to"]?.length) {
    for (const principal of application["subordinate-to"]) {
      for (const [unit, { subordinates }] of Object.entries(
        status.applications[principal]?.units ?? {},
      )) {
        const there = Object.keys(subordinates ?? {}).some((subordinate) =>
          subordinate.startsWith(`${name}/`),
        );
        if (!there) judgement.waiting.push(`${name} is not yet beside ${unit}`);
      }
    }
  }
  if (units.length < count) judgement.waiting.push(`${name} has ${units.length} of ${count} units`);
  for (const { unit, facts, machine } of units) {
    judgeUnit(judgement, expected.allowed, name, unit, facts);
    judgeMachine(judgement, status, unit, machine);
  }
}

type UnitFacts = Omit<Unit, "subordinates">;

/** Units of an application, subordinate ones with the machine of their principal. */
export function unitsOf(
  status: Status,
  name: string,
): { unit: string; facts: UnitFacts; machine: string }[] {
  return Object.values(status.applications).flatMap(({ units }) =>
    Object.entries(units ?? {}).flatMap(([unit, facts]) => {
      const machine = facts.machine ?? "";
      const below = Object.entries(facts.subordinates ?? {}).map(([subordinate, own]) => ({
        unit: subordinate,
        facts: own,
        machine,
      }));
      return [{ unit, facts, machine }, ...below].filter((entry) =>
        entry.unit.startsWith(`${name}/`),
      );
    }),
  );
}

/** A machine or container by its id, e.g. `2/lxd/0`. */
export function machineOf(status: Status, id: string): Omit<JujuMachine, "containers"> | undefined {
  const [host = ""] = id.split("/");
  const machine = status.machines[host];
  return id === host ? machine : machine?.containers?.[id];
}

function judgeUnit(
  judgement: Judgement,
  allowed: AllowedStatus[],
  application: string,
  unit: string,
  facts: UnitFacts,
): void {
  const workload = facts["workload-status"];
  const agent = facts["juju-status"];
  if (workload.current === "error" || ["failed", "lost", "error"].includes(agent.current ?? "")) {
    const state = workload.current === "error" ? workload : agent;
    judgement.errors.push(`${unit}: ${stateText(state)}`);
  } else if (workload.current !== "active" && !isAllowed(allowed, application, workload)) {
    judgement.waiting.push(`${unit}: ${stateText(workload)}`);
  } else if (agent.current !== "idle") {
    judgement.waiting.push(`${unit}: its agent is ${stateText(agent)}`);
  }
}

function isAllowed(allowed: AllowedStatus[], application: string, workload: State): boolean {
  return allowed.some(
    (entry) =>
      entry.application === application &&
      entry.workload === workload.current &&
      new RegExp(entry.message).test(workload.message ?? ""),
  );
}

function judgeMachine(judgement: Judgement, status: Status, unit: string, id: string): void {
  if (id === "") {
    judgement.waiting.push(`${unit}: has no machine yet`);
    return;
  }
  for (const place of places(id)) {
    const machine = machineOf(status, place);
    const juju = machine?.["juju-status"] ?? {};
    const provider = machine?.["machine-status"] ?? {};
    const name = `machine ${place}${machine?.hostname ? ` (${machine.hostname})` : ""}`;
    if (provider.current === "provisioning error")
      add(judgement.fatal, `${name}: ${stateText(provider)}`);
    else if (juju.current === "down") add(judgement.errors, `${name}: ${stateText(juju)}`);
    else if (juju.current !== "started" || provider.current !== "running") {
      add(
        judgement.waiting,
        `${name}: ${stateText(provider.current === "running" ? juju : provider)}`,
      );
    }
  }
}

function add(list: string[], text: string): void {
  if (!list.includes(text)) list.push(text);
}

function stateText({ current, message }: State): string {
  return `${current ?? "unknown"}${message ? ` "${message}"` : ""}`;
}

/** Whether both ends of a relation name each other. */
export function related(status: Status, a: string, b: string): boolean {
  const sees = (from: string, to: string): boolean => {
    const [application = "", endpoint = ""] = from.split(":");
    const [other = ""] = to.split(":");
    const ends = status.applications[application]?.relations?.[endpoint] ?? [];
    return ends.some((end) => end["related-application"] === other);
  };
  return sees(a, b) && sees(b, a);
}

/** Applications that nobody waits for may go on changing. */
function fingerprint(status: Status, applications: string[]): string {
  const seen = applications.map((name) => {
    const application = { ...status.applications[name], units: undefined };
    const units = unitsOf(status, name).map(({ unit, facts, machine }) => [
      ...[unit, facts["workload-status"], facts["juju-status"], machine],
      ...places(machine).map((place) => machineFacts(status, place)),
    ]);
    return [name, application, units];
  });
  return JSON.stringify(seen, (key, value: unknown) => (key === "since" ? undefined : value));
}

/** A machine's own statuses, without those of its containers. */
function machineFacts(status: Status, place: string): State[] {
  const machine = machineOf(status, place);
  return machine ? [machine["juju-status"], machine["machine-status"]] : [];
}

/** The host of a container and the container, or a machine alone. */
function places(machine: string): string[] {
  const [host = ""] = machine.split("/");
  return host === machine ? [machine] : [host, machine];
}

export const DAY_SECONDS = 86_400;

function timeOfDay(status: Status): number | undefined {
  const now = /^(\d\d):(\d\d):(\d\d)/.exec(status.controller?.timestamp ?? "");
  if (!now) return undefined;
  const [, hours, minutes, seconds] = now;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/**
 * From the newest `since` of any unit and the controller's time of day. Days are not seen, so it is only ever too small: more
 * than half a day is a change that came after the controller looked at its clock.
 */
function quiet(status: Status): number | undefined {
  const now = timeOfDay(status);
  if (now === undefined) return undefined;
  const times = Object.keys(status.applications)
    .flatMap((name) => unitsOf(status, name))
    .flatMap(({ facts }) => [facts["workload-status"].since, facts["juju-status"].since])
    .flatMap((since) => (since === undefined ? [] : [Date.parse(since.replace(" ", "T"))]));
  if (times.length === 0 || times.some(Number.isNaN)) return undefined;
  const newest = Math.floor(Math.max(...times) / 1000) % DAY_SECONDS;
  const since = (now - newest + DAY_SECONDS) % DAY_SECONDS;
  return since > DAY_SECONDS / 2 ? 0 : since;
}
