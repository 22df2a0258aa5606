import { naturally } from "./order";
import type { Shown } from "./status";
import { timeOfDay } from "./time";

/** Columns two spaces apart; the last one is not filled up. Those in `right` stand at the right. */
export const table = (rows: string[][], right: number[] = []): string => {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const filled = (cell: string, i: number): string =>
    right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows
    .map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : filled(cell, i))).join("  "))
    .map((line) => `${line}\n`)
    .join("");
};

const at = (value: unknown, ...keys: string[]): string => {
  let here: unknown = value;
  for (const key of keys) here = (here as Shown | undefined)?.[key];
  if (Array.isArray(here)) return here.join(",");
  if (typeof here === "string") return here;
  return typeof here === "number" || typeof here === "boolean" ? String(here) : "";
};

const entries = (value: unknown): [string, Shown][] =>
  Object.entries((value ?? {}) as Record<string, Shown>).sort(([a], [b]) => naturally(a, b));

/** Ports by protocol: `17022,17070/tcp`. */
const shownPorts = (ports: unknown): string => {
  const all = Array.isArray(ports) ? (ports as string[]) : [];
  const protocols = [...new Set(all.map((port) => port.split("/")[1] ?? ""))];
  return protocols
    .map((protocol) => {
      const numbers = all.filter((port) => port.endsWith(`/${protocol}`));
      return `${numbers.map((port) => port.split("/")[0] ?? "").join(",")}/${protocol}`;
    })
    .join(" ");
};

const unitRows = (units: unknown, indent: string): string[][] =>
  entries(units).flatMap(([name, unit]) => [
    [
      `${indent}${name}${at(unit, "leader") === "true" ? "*" : ""}`,
      at(unit, "workload-status", "current"),
      at(unit, "juju-status", "current"),
      at(unit, "machine"),
      at(unit, "public-address"),
      shownPorts(unit["open-ports"]),
      [at(unit, "juju-status", "message"), at(unit, "workload-status", "message")]
        .filter((text) => text !== "")
        .map((text, i, all) => (all.length === 2 && i === 0 ? `(${text})` : text))
        .join(" "),
    ],
    ...unitRows(unit.subordinates, `${indent}  `),
  ]);

const LONGEST = 120;

const shortened = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;

export const machineRows = (machines: unknown): string[][] =>
  entries(machines).flatMap(([id, machine]) => [
    [
      id,
      at(machine, "juju-status", "current"),
      at(machine, "dns-name"),
      at(machine, "display-name") || at(machine, "instance-id"),
      `${at(machine, "base", "name")}@${at(machine, "base", "channel")}`,
      /availability-zone=(\S+)/.exec(at(machine, "hardware"))?.[1] ?? "",
      shortened(at(machine, "machine-status", "message")),
    ],
    ...machineRows(machine.containers),
  ]);

export const MACHINE_HEAD = ["Machine", "State", "Address", "Inst id", "Base", "AZ", "Message"];

const allUnits = (units: unknown): string[] =>
  entries(units).flatMap(([name, unit]) => [name, ...allUnits(unit.subordinates)]);

/** Units of an application, also where they stand under their principals. */
const scaleOf = (applications: unknown, name: string): number =>
  entries(applications)
    .flatMap(([, application]) => allUnits(application.units))
    .filter((unit) => unit.startsWith(`${name}/`)).length;

const SAAS_HEAD = ["SAAS", "Status", "Store", "URL"];

const saasRow = ([name, remote]: [string, Shown]): string[] => {
  const [store = "", ...path] = at(remote, "url").split(":");
  return [name, at(remote, "application-status", "current"), store, path.join(":")];
};

const OFFER_HEAD = [
  ...["Offer", "Application", "Charm", "Rev", "Connected", "Endpoint", "Interface", "Role"],
];

const offerRows = ([name, offer]: [string, Shown]): string[][] => {
  const [, charm = "", revision = ""] = /([^/]+)-(\d+)$/.exec(at(offer, "charm")) ?? [];
  const count = (key: string): string => at(offer, `${key}-connected-count`) || "0";
  return entries(offer.endpoints).map(([endpoint, end], index) => [
    ...(index === 0
      ? [name, at(offer, "application"), charm, revision, `${count("active")}/${count("total")}`]
      : ["", "", "", "", ""]),
    ...[endpoint, at(end, "interface"), at(end, "role")],
  ]);
};

/** `juju status` for people. */
export const statusTable = (
  document: Shown,
  now: number,
  relations: string[][] = [],
  storage: string[][] = [],
): string => {
  const model = document.model;
  const sla = at(model, "sla");
  const sections = [
    table([
      [
        ...["Model", "Controller", "Cloud/Region", "Version"],
        ...(sla === "" ? [] : ["SLA"]),
        "Timestamp",
      ],
      [
        at(model, "name"),
        at(model, "controller"),
        at(model, "region") === ""
          ? at(model, "cloud")
          : `${at(model, "cloud")}/${at(model, "region")}`,
        at(model, "version"),
        ...(sla === "" ? [] : [sla]),
        timeOfDay(now),
      ],
    ]),
  ];
  const consumed = entries(document["application-endpoints"]);
  if (consumed.length > 0) sections.push(table([SAAS_HEAD, ...consumed.map(saasRow)]));
  const applications = entries(document.applications);
  if (applications.length > 0) {
    sections.push(
      table([
        ["App", "Version", "Status", "Scale", "Charm", "Channel", "Rev", "Exposed", "Message"],
        ...applications.map(([name, app]) => [
          name,
          at(app, "version"),
          at(app, "application-status", "current"),
          String(scaleOf(document.applications, name)),
          at(app, "charm-name"),
          at(app, "charm-channel"),
          at(app, "charm-rev"),
          at(app, "exposed") === "true" ? "yes" : "no",
          at(app, "application-status", "message"),
        ]),
      ]),
      table([
        ["Unit", "Workload", "Agent", "Machine", "Public address", "Ports", "Message"],
        ...applications.flatMap(([, app]) => unitRows(app.units, "")),
      ]),
    );
  }
  const machines = machineRows(document.machines);
  if (machines.length > 0) sections.push(table([MACHINE_HEAD, ...machines]));
  const offers = entries(document.offers);
  if (offers.length > 0) sections.push(table([OFFER_HEAD, ...offers.flatMap(offerRows)]));
  if (relations.length > 0) sections.push(table(relations));
  if (storage.length > 0) sections.push(table(storage));
  return sections.join("\n");
};
