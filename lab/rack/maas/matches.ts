import type { Rack } from "../core/rack";
import { interfaceFits, isInterfaceKind } from "./specifiers";
import type { BlockDevice, Machine } from "./state";

/** Constraints that choose parts of a machine: disks (`storage`) and interfaces, each under a label. */

/** What was chosen for each label: ids, and `partition:ID` for a partition. */
export type Matches = Record<string, (number | string)[]>;

interface Part {
  id: number | string;
  size: number;
  tags: string[];
}

interface Want {
  label: string;
  bytes: number;
  tags: string[];
}

const WANT = /^(?:([a-zA-Z0-9]+):)?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:\(([^)]+)\))?$/;

/** `label:size(tag,tag),…`, label and tags left out at will; sizes in 10⁹ bytes. undefined if it is not of that form. */
export const parseStorage = (text: string): Want[] | undefined => {
  const wants = text.split(/,(?![^(]*\))/).map((each) => WANT.exec(each));
  if (!wants.every((each) => each !== null)) return undefined;
  return wants.map(([, label = "", size = "0", tags]) => ({
    label,
    bytes: Math.trunc(Number(size) * 1e9),
    tags: tags?.split(",") ?? [],
  }));
};

const isRoot = (filesystem: BlockDevice["filesystem"]): boolean => filesystem?.mountPoint === "/";

const asPartitions = (disk: BlockDevice, mine: (disk: BlockDevice["partitions"][0]) => boolean) =>
  disk.partitions
    .filter(mine)
    .map(({ id, size, tags }): Part => ({ id: `partition:${id}`, size, tags: tags ?? [] }));

/** The disks or partitions that the root file system is on, or those that nothing is on, smallest first. */
const partsFor = (machine: Machine, root: boolean, partitions: boolean): Part[] => {
  const disks = machine.blockDevices;
  if (partitions) {
    const found = disks.flatMap((disk) =>
      asPartitions(disk, ({ filesystem }) => (root ? isRoot(filesystem) : filesystem === null)),
    );
    return root ? found : found.sort((a, b) => a.size - b.size);
  }
  if (!root) {
    return disks
      .filter((disk) => disk.filesystem === null && disk.partitions.length === 0)
      .sort((a, b) => a.size - b.size);
  }
  return disks.filter(
    (disk) =>
      isRoot(disk.filesystem) || disk.partitions.some(({ filesystem }) => isRoot(filesystem)),
  );
};

/**
 * A part for each want, none used twice: the first want is for what `/` is on, the others take unused disks, or with
 * the tag `partition` unused partitions (maas:src/maasserver/node_constraint_filter_forms.py nodes_by_storage).
 */
export const matchStorage = (machine: Machine, text: string): Matches | undefined => {
  const [root, ...others] = parseStorage(text) ?? [];
  if (root === undefined) return undefined;
  // The most particular wants choose first.
  const ordered = [root, ...others.sort((a, b) => b.tags.length - a.tags.length)];
  const used = new Set<number | string>();
  const matches: Matches = {};
  for (const want of ordered) {
    const tags = want.tags.filter((tag) => tag !== "partition");
    const part = partsFor(machine, want === root, tags.length < want.tags.length).find(
      (each) =>
        !used.has(each.id) &&
        each.size >= want.bytes &&
        tags.every((tag) => each.tags.includes(tag)),
    );
    if (part === undefined) return undefined;
    used.add(part.id);
    if (want.label !== "") matches[want.label] = [...(matches[want.label] ?? []), part.id];
  }
  return matches;
};

type Wishes = Map<string, string[]>;

/** `label:key=value,…;label:…`; a text for what is wrong with it (maas:src/provisioningserver/utils/constraints.py). */
export const parseInterfaces = (text: string): Map<string, Wishes> | string => {
  const result = new Map<string, Wishes>();
  for (const want of text.split(";")) {
    const colon = want.indexOf(":");
    const label = want.slice(0, colon);
    if (colon < 0)
      return `Malformed constraint: '${want}' (required format: '<label>:<key>=<value>[,<key2>=<value2>[,...]]')`;
    if (!/^[a-zA-Z0-9]+[a-zA-Z0-9_-]*$/.test(label))
      return `Invalid label name: '${label}' (Must begin with an alphanumeric character, and include only alphanumeric characters, dashes, and underscores.)`;
    if (result.has(label)) return `Constraint label defined more than once: '${label}'`;
    const wishes: Wishes = new Map();
    for (const pair of want.slice(colon + 1).split(",")) {
      const [key = "", ...value] = pair.split("=");
      if (value.length === 0) return `Malformed key/value pair in constraint: '${pair}'`;
      if (!isInterfaceKind(key)) return `Unknown interfaces constraint: '${key}`;
      wishes.set(key, [...(wishes.get(key) ?? []), value.join("=")]);
    }
    result.set(label, wishes);
  }
  return result;
};

/** What is wrong with an `interfaces` constraint; undefined if nothing is. */
export const interfacesTrouble = (text: string): string | undefined => {
  const parsed = parseInterfaces(text);
  return typeof parsed === "string" ? parsed : undefined;
};

/** The interfaces that keep a label's wishes, for each label; undefined where a label has none. */
export const matchInterfaces = (
  rack: Rack,
  machine: Machine,
  text: string,
): Matches | undefined => {
  const parsed = parseInterfaces(text);
  if (typeof parsed === "string") return undefined;
  const matches: Matches = {};
  for (const [label, wishes] of parsed) {
    const found = machine.interfaces.filter((nic) =>
      [...wishes].every(([kind, values]) =>
        interfaceFits(rack.maas, { machine, nic }, kind, values),
      ),
    );
    if (found.length === 0) return undefined;
    matches[label] = found.map(({ id }) => id);
  }
  return matches;
};

/** `constraints_by_type` of an allocation: which disks and interfaces the labels stand for. */
export const matchesByType = (
  rack: Rack,
  machine: Machine,
  constraints: Map<string, string[]>,
): Record<string, Matches> => {
  const storage = constraints.get("storage")?.at(-1) ?? "";
  const interfaces = constraints.get("interfaces")?.at(-1) ?? "";
  const disks = storage === "" ? {} : (matchStorage(machine, storage) ?? {});
  const nics = interfaces === "" ? {} : (matchInterfaces(rack, machine, interfaces) ?? {});
  return {
    ...(Object.keys(disks).length === 0 ? {} : { storage: disks }),
    ...(Object.keys(nics).length === 0 ? {} : { interfaces: nics }),
  };
};
