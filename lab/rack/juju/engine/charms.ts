import { existsSync, statSync } from "node:fs";
import { type Fault, takeFault } from "../../core/faults";
import type { Rack } from "../../core/rack";
import { findCharm } from "../../charms";
import type { Charm, Option } from "../../charms/types";
import { settingOf } from "./find";
import { localCharm } from "./localCharm";
import { JujuError } from "../errors";
import { playedBy } from "../profile";
import type { Model } from "../state";

/** The simulated Charmhub. */

export interface Resolved {
  charm: Charm;
  channel: string;
  revision: number;
  base: string;
  origin: "charmhub" | "local";
}

export const isLocal = (reference: string): boolean =>
  reference.startsWith("./") || reference.startsWith("/") || reference.startsWith("../");

/** Why the charm store cannot be reached; `with.text` of the fault is what the network says. */
const storeError = (what: string, fault: Fault): string =>
  `Post "https://api.charmhub.io/v2/charms/${what}": ${String(fault.with?.text ?? "dial tcp: lookup api.charmhub.io: i/o timeout")}`;

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** A track alone means its stable channel. */
const fullChannel = (channel: string): string =>
  /^(stable|candidate|beta|edge)$/.test(channel)
    ? `latest/${channel}`
    : channel.includes("/")
      ? channel
      : `${channel}/stable`;

const baseOf = (
  model: Model,
  charm: Charm,
  wanted: string | undefined,
  preferred: string,
): string => {
  const given = wanted ?? (String(settingOf(model, "default-base") ?? "") || undefined);
  if (given === undefined)
    return charm.bases.includes(preferred) ? preferred : (charm.bases.at(-1) ?? preferred);
  const channel = given.replace(/^ubuntu@/, "").replace(/\/stable$/, "");
  if (charm.bases.includes(channel)) return channel;
  const supported = charm.bases.map((base) => `ubuntu@${base}`).join(", ");
  if (wanted === undefined) return charm.bases.at(-1) ?? "22.04";
  throw new JujuError(
    `base "ubuntu@${channel}/stable" is not supported, supported bases are: ${supported}`,
  );
};

/** What an application has to remember of its charm: one that came as a file, and of which there is no table. */
export const definitionOf = (resolved: Resolved): { definition?: Charm } =>
  findCharm(resolved.charm.name, resolved.origin) === undefined
    ? { definition: resolved.charm }
    : {};

export const resolveCharm = (
  rack: Rack,
  model: Model,
  reference: string,
  options: {
    channel?: string | undefined;
    revision?: number | undefined;
    base?: string | undefined;
    /** Where a local charm lies. */
    path?: string | undefined;
  },
): Resolved => {
  const local = isLocal(reference);
  const asked = (reference.split("/").at(-1) ?? "").replace(/(_[\w.-]+)?\.charm$/, "");
  const path = options.path ?? reference;
  const found = local && existsSync(path) && !isFolder(path) ? localCharm(path, asked) : undefined;
  const stored = reference.replace(/^ch:/, "").replace(/^(amd64|arm64)\/(\w+\/)?/, "");
  const name = local ? (found?.name ?? asked) : stored;
  const charm = local ? found : findCharm(stored);
  const down = local ? undefined : takeFault(rack, "charm-store-timeout", name);
  if (down !== undefined)
    throw new JujuError(`resolving with preferred channel: ${storeError("refresh", down)}`);
  if (charm === undefined) {
    if (local && isFolder(path))
      throw new JujuError(
        `attempting to deploy "${reference}": deploying from directory not supported`,
      );
    if (local) throw new JujuError(`no charm was found at "${reference}"`);
    throw new JujuError(
      `resolving with preferred channel: selecting releases: charm or bundle not found for channel "${options.channel ?? ""}", base "amd64"`,
    );
  }
  const channel = fullChannel(options.channel ?? charm.channel);
  const newest = charm.revisions[channel] ?? charm.revisions["*"] ?? 1;
  return {
    charm,
    channel,
    revision: local ? (model.localRevisions?.[name] ?? 0) : (options.revision ?? newest),
    base: baseOf(model, charm, options.base, playedBy(rack).defaultBase),
    origin: local ? "local" : "charmhub",
  };
};

/** A local charm is uploaded: the next upload gets the next revision, whatever becomes of this one. */
export const countUpload = (model: Model, resolved: Resolved): void => {
  if (resolved.origin !== "local") return;
  model.localRevisions = {
    ...model.localRevisions,
    [resolved.charm.name]: resolved.revision + 1,
  };
};

const NAMES = {
  string: "string",
  int: "int",
  float: "float",
  boolean: "boolean",
  secret: "secret",
};

export class UnknownOption extends JujuError {
  constructor(readonly option: string) {
    super(`unknown option "${option}"`);
  }
}

/** The value that an option gets from what was written; throws in Juju's words. */
export const optionValue = (
  name: string,
  option: Option | undefined,
  value: unknown,
): string | number | boolean => {
  if (option === undefined) throw new UnknownOption(name);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const wrong = (): never => {
    throw new JujuError(
      `option "${name}" expected ${NAMES[option.type]}, got ${JSON.stringify(value)}`,
    );
  };
  switch (option.type) {
    case "boolean":
      if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
      return wrong();
    case "int":
      return /^[-+]?\d+$/.test(text) ? Number(text) : wrong();
    case "float":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : wrong();
    default:
      return text;
  }
};
