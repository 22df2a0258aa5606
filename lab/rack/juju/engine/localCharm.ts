import { readFileSync } from "node:fs";
import { findCharm } from "../../charms";
import type { Action, Charm, Endpoint, Option, Parameter } from "../../charms/types";
import { readArchive } from "./archive";
import { valueIn } from "../yaml/read";

/** Charms that come as a file: what one says of itself, where no behaviour table is known for its name. */

type Yaml = Record<string, unknown>;

const FILES = ["metadata.yaml", "config.yaml", "actions.yaml", "manifest.yaml"];

const under = (value: unknown): Yaml =>
  typeof value === "object" && value !== null ? (value as Yaml) : {};

const each = <T>(value: unknown, make: (entry: Yaml) => T): Record<string, T> =>
  Object.fromEntries(
    Object.entries(under(value)).map(([name, entry]) => [name, make(under(entry))]),
  );

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const endpoint = (entry: Yaml): Endpoint => ({
  interface: textOf(entry.interface),
  ...(entry.scope === "container" ? { container: true } : {}),
});

const isScalar = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

const option = (entry: Yaml): Option => ({
  type: (entry.type ?? "string") as Option["type"],
  description: textOf(entry.description),
  ...(isScalar(entry.default) ? { default: entry.default } : {}),
});

/** What its hooks and actions do nobody knows: they do nothing and end well. */
const action = (entry: Yaml): Action => ({
  description: textOf(entry.description),
  params: each(entry.params, (parameter) => parameter as unknown as Parameter),
  ...(Array.isArray(entry.required) ? { required: entry.required as string[] } : {}),
  ...(entry.additionalProperties === true ? { anyParameters: true } : {}),
});

const actionsOf = (file: Yaml): Record<string, Action> =>
  Object.fromEntries(
    Object.entries(file)
      .filter(([, value]) => typeof value === "object")
      .map(([name, value]) => [name, action(under(value))]),
  );

const basesOf = (manifest: Yaml, metadata: Yaml): string[] => {
  const bases = manifest.bases ?? metadata.bases;
  const channels = (Array.isArray(bases) ? (bases as unknown[]) : [])
    .map((base) => under(base).channel)
    .filter(isScalar)
    .map((channel) => String(channel).replace(/\/.*$/, ""));
  return channels.length > 0 ? channels : ["22.04", "24.04"];
};

const described = (file: (name: string) => Yaml): Charm | undefined => {
  const metadata = file("metadata.yaml");
  const name = textOf(metadata.name);
  if (name === "") return undefined;
  return {
    name,
    summary: textOf(metadata.summary),
    revisions: { "*": 0 },
    bases: basesOf(file("manifest.yaml"), metadata),
    channel: "",
    ...(metadata.subordinate === true ? { subordinate: true } : {}),
    version: { "*": "" },
    provides: each(metadata.provides, endpoint),
    requires: each(metadata.requires, endpoint),
    peers: each(metadata.peers, endpoint),
    extraBindings: Object.keys(under(metadata["extra-bindings"])),
    config: each(file("config.yaml").options ?? metadata.config, option),
    actions: actionsOf({ ...under(metadata.actions), ...file("actions.yaml") }),
    resources: each(metadata.resources, (entry) => ({
      filename: textOf(entry.filename),
      description: textOf(entry.description),
    })),
    ready: { status: "unknown", message: "" },
  };
};

/** The charm in a file: by the name in it, or by the file's own where it holds nothing. */
export const localCharm = (path: string, named: string): Charm | undefined => {
  const files = readArchive(readFileSync(path), FILES);
  if (files === undefined) return findCharm(named, "local");
  const found = described((name) => under(valueIn(files.get(name) ?? "{}")));
  return found && (findCharm(found.name, "local") ?? found);
};
