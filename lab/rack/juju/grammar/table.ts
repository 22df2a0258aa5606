import flagsTable from "./flags.json";

/** Commands, aliases and flags of every version of Juju (`flags.json`, from Juju's own reference). */
interface Entry {
  aliases: string[];
  flags: string[];
}

const table = flagsTable as Record<string, Record<string, Entry | null>>;

const asNumbers = (version: string): number[] => version.split(".").map(Number);

const notAfter = (a: string, b: string): boolean => {
  const [left, right] = [asNumbers(a), asNumbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) < (right[i] ?? 0);
  }
  return true;
};

/** What a version says of a command; undefined where it does not have it. */
export const entryOf = (command: string, version: string): Entry | undefined => {
  const versions = table[command];
  if (versions === undefined) return undefined;
  let found: Entry | undefined;
  for (const [from, entry] of Object.entries(versions)) {
    if (notAfter(from, version)) found = entry ?? undefined;
  }
  return found;
};

/** The command that a name or an alias stands for. */
export const resolveName = (name: string, version: string): string | undefined => {
  for (const command of Object.keys(table)) {
    const entry = entryOf(command, version);
    if (entry === undefined || command.includes(" ")) continue;
    if (command === name || entry.aliases.includes(name)) return command;
  }
  return undefined;
};

/** Every name that can be typed, aliases too. */
export const commandNames = (version: string): string[] =>
  Object.keys(table).flatMap((command) => {
    const entry = command.includes(" ") ? undefined : entryOf(command, version);
    return entry === undefined ? [] : [command, ...entry.aliases];
  });
