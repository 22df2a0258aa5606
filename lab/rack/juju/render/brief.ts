import { naturally } from "./order";
import type { Shown } from "./status";

/** The short forms of `juju status`: `oneline` and `summary`. */

const inner = (value: unknown, key: string): Shown =>
  ((value as Shown | undefined)?.[key] ?? {}) as Shown;

const sorted = (value: Shown): [string, Shown][] =>
  Object.entries(value as Record<string, Shown>).sort(([a], [b]) => naturally(a, b));

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const unitLines = (units: Shown, indent: string): string[] =>
  sorted(units).flatMap(([name, unit]) => {
    const states = `(agent:${text(inner(unit, "juju-status").current)}, workload:${text(inner(unit, "workload-status").current)})`;
    const ports = (unit["open-ports"] as string[] | undefined)?.join(", ") ?? "";
    const line = `${indent}- ${name}: ${text(unit["public-address"])} ${states}${ports === "" ? "" : ` ${ports}`}`;
    return [line, ...unitLines(inner(unit, "subordinates"), `${indent}  `)];
  });

export const oneline = (document: Shown): string =>
  sorted(inner(document, "applications"))
    .flatMap(([, application]) => unitLines(inner(application, "units"), ""))
    .map((line) => `${line}\n`)
    .join("");

const allUnits = (units: Shown): Shown[] =>
  sorted(units).flatMap(([, unit]) => [unit, ...allUnits(inner(unit, "subordinates"))]);

const counted = (states: string[]): [string, number][] =>
  [...new Set(states)]
    .sort()
    .map((state) => [state, states.filter((each) => each === state).length]);

/** Ports as `3306,5000/tcp`, each once. */
const portsOf = (units: Shown[]): string => {
  const ports = units.flatMap((unit) => (unit["open-ports"] as string[] | undefined) ?? []);
  const protocols = [...new Set(ports.map((port) => port.split("/")[1] ?? ""))].sort();
  return protocols
    .map((protocol) => {
      const numbers = ports.filter((port) => port.endsWith(`/${protocol}`)).map(parseFloat);
      return `${[...new Set(numbers)].sort((a, b) => a - b).join(",")}/${protocol}`;
    })
    .join(", ");
};

export const summary = (document: Shown): string => {
  const machines = sorted(inner(document, "machines")).map(([, machine]) => machine);
  const applications = sorted(inner(document, "applications"));
  const units = applications.flatMap(([, each]) => allUnits(inner(each, "units")));
  const address = units.map((unit) => text(unit["public-address"])).find((each) => each !== "");
  const machineStates = counted(machines.map((each) => text(inner(each, "juju-status").current)));
  const unitStates = counted(units.map((each) => text(inner(each, "workload-status").current)));
  const exposed = (application: Shown): number => (application.exposed === true ? 1 : 0);
  const rows: [string, string][] = [
    ["# Machines:", `(${machines.length})`],
    ...machineStates.map(([state, count]): [string, string] => [`${state}:`, String(count)]),
    ["", ""],
    ["# Units:", `(${units.length})`],
    ...unitStates.map(([state, count]): [string, string] => [`${state}:`, String(count)]),
    ["", ""],
    ["# Applications:", `(${applications.length})`],
    ...applications.map(([name, each]): [string, string] => [name, `${exposed(each)}/1  exposed`]),
    ["", ""],
    ["# Remote:", "(0)"],
  ];
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  // The first two lines are a table of their own. Juju takes the old class of the address for its network.
  const head = `Running on subnets:  ${address === undefined ? "" : `${address}/8`}  \n Utilizing ports:    ${portsOf(units)}  \n`;
  return head + rows.map(([left, right]) => `${left.padStart(width)}  ${right}\n`).join("");
};
