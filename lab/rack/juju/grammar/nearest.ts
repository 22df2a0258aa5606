import { JujuError } from "../errors";
import { commandNames } from "./table";

/** How many letters must change until one word is the other (Levenshtein). */
export const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_none, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** A command that is not there; the name that is nearest, unless everything in it would have to change. */
export const unknownCommand = (name: string, version: string): JujuError => {
  const [nearest] = commandNames(version)
    .map((each) => ({ each, far: distance(name, each) }))
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1));
  if (nearest === undefined || nearest.far > nearest.each.length)
    return new JujuError(`unrecognized command: juju ${name}`);
  return new JujuError(
    `juju: "${name}" is not a juju command. See "juju --help".\n\nDid you mean:\n\t${nearest.each}`,
  );
};
