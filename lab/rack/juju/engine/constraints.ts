import type { Rack } from "../../core/rack";
import { playedBy } from "../profile";
import type { AllocateRequest } from "../../maas";

/** Juju's constraints (`tags=a,^b mem=8G`). */

const KNOWN = new Set([
  "allocate-public-ip",
  "arch",
  "container",
  "cores",
  "cpu-cores",
  "cpu-power",
  "image-id",
  "instance-role",
  "instance-type",
  "mem",
  "root-disk",
  "root-disk-source",
  "spaces",
  "tags",
  "virt-type",
  "zones",
]);

const ARCHES = ["amd64", "arm64", "ppc64el", "s390x", "riscv64"];

const SIZE = /^(\d+(?:\.\d+)?)([MGTP]?)$/;

export const sizeInMiB = (text: string): number | undefined => {
  const [, number, unit = ""] = SIZE.exec(text) ?? [];
  if (number === undefined) return undefined;
  const factor = { "": 1, M: 1, G: 1024, T: 1024 ** 2, P: 1024 ** 3 }[unit] ?? 1;
  return Math.ceil(Number(number) * factor);
};

/** What is wrong with constraints; undefined if nothing is. */
export const constraintError = (text: string): string | undefined => {
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const at = word.indexOf("=");
    if (at <= 0) return `malformed constraint "${word}"`;
    const key = word.slice(0, at);
    const value = word.slice(at + 1);
    if (!KNOWN.has(key)) return `unknown constraint "${key}"`;
    if ((key === "mem" || key === "root-disk") && value !== "" && sizeInMiB(value) === undefined)
      return `bad "${key}" constraint: must be a non-negative float with optional M/G/T/P suffix`;
    if (/^(cores|cpu-cores|cpu-power)$/.test(key) && value !== "" && !/^\d+$/.test(value))
      return `bad "${key}" constraint: must be a non-negative integer`;
    if (key === "arch" && value !== "" && !ARCHES.includes(value))
      return `bad "arch" constraint: "${value}" not recognized`;
  }
  return undefined;
};

export const parseConstraints = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(/\s+/)
      .filter((word) => word !== "")
      .map((word) => {
        const at = word.indexOf("=");
        return [word.slice(0, at).replace("cpu-cores", "cores"), word.slice(at + 1)];
      }),
  );

/** As Juju writes them: sorted, sizes in MiB. */
export const formatConstraints = (text: string): string =>
  Object.entries(parseConstraints(text))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) =>
      key === "mem" || key === "root-disk"
        ? `${key}=${sizeInMiB(value) ?? value}M`
        : `${key}=${value}`,
    )
    .join(" ");

/** Constraints of the model, overridden key by key. */
export const mergeConstraints = (model: string, own: string): string => {
  const merged = { ...parseConstraints(model), ...parseConstraints(own) };
  return formatConstraints(
    Object.entries(merged)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
  );
};

/** What a new machine keeps: Juju 3 writes the model's constraints into it, Juju 4 looks at them when it asks the cloud. */
export const machineConstraints = (
  rack: Rack,
  model: { constraints: string },
  own: string,
): string =>
  playedBy(rack).major === 3 ? mergeConstraints(model.constraints, own) : formatConstraints(own);

/** What Juju asks MAAS for. It always names a zone. */
export const toRequest = (
  rack: Rack,
  text: string,
  placement: string,
): Omit<AllocateRequest, "agentName"> => {
  const constraints = parseConstraints(text);
  const tags = (constraints.tags ?? "").split(",").filter((tag) => tag !== "");
  const mem = constraints.mem === undefined ? undefined : sizeInMiB(constraints.mem);
  const disk =
    constraints["root-disk"] === undefined ? undefined : sizeInMiB(constraints["root-disk"]);
  const [key, value = ""] = placement.split("=");
  const zone =
    key === "zone" ? value : (constraints.zones?.split(",")[0] ?? rack.maas.zones[0]?.name);
  const excluded = tags.filter((tag) => tag.startsWith("^")).map((tag) => tag.slice(1));
  return {
    ...(constraints.arch === undefined ? {} : { arch: constraints.arch }),
    ...(constraints.cores === undefined ? {} : { cpuCount: Number(constraints.cores) }),
    ...(mem === undefined ? {} : { mem }),
    ...(disk === undefined ? {} : { storage: `root:${Math.ceil((disk * 1048576) / 1e9)}` }),
    ...(tags.length > 0 ? { tags: tags.filter((tag) => !tag.startsWith("^")) } : {}),
    ...(excluded.length > 0 ? { notTags: excluded } : {}),
    ...(key === "system-id" ? { systemId: value } : {}),
    ...(placement !== "" && !placement.includes("=") ? { name: placement } : {}),
    ...(key === "system-id" || zone === undefined ? {} : { zone }),
  };
};
