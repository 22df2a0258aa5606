/** Tells that an earlier run was killed, before the engine makes what it left undecided once more. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `npm run up` and `down` set it for what they start, after they have settled what a killed run left. */
export const RUN_VARIABLE = "PRIVATE_CLOUD_RUN";

/** Beside the folder of the state: what `npm run up` had found and not yet taken into the state when it was killed. */
export const JOURNAL = join("..", "run", "settling.json");

interface Checkpoint {
  checkpoint?: { latest?: { pending_operations?: { type: string; resource: { urn: string } }[] } };
}

/**
 * Names of the resources whose creation a killed run left undecided, for a state in a folder; other backends are not looked into.
 * Layout: pulumi/pulumi pkg/backend/diy.
 */
export function pendingCreates(
  backend: string | undefined,
  project: string,
  stack: string,
): string[] {
  if (backend?.startsWith("file:///") !== true) return [];
  const folder = fileURLToPath(backend.split("?")[0] ?? backend);
  const file = join(folder, ".pulumi", "stacks", project, `${stack}.json`);
  // Of a state that cannot be read the engine speaks itself.
  const state = read<Checkpoint>(file);
  const pending =
    state === UNREADABLE
      ? []
      : (state?.checkpoint?.latest?.pending_operations?.filter(({ type }) => type === "creating") ??
        []);
  const journal = join(folder, JOURNAL);
  const found = read<{ urn: string }[]>(journal) ?? [];
  if (found === UNREADABLE) return [`things that ${journal}, which is cut short, named`];
  const urns = [
    ...pending.map(({ resource }) => resource.urn),
    ...found.map(({ urn }) => urn).filter((urn) => urn.startsWith(`urn:pulumi:${stack}::`)),
  ];
  return [...new Set(urns)].map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
}

const UNREADABLE = Symbol("unreadable");

function read<T>(file: string): T | typeof UNREADABLE | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return UNREADABLE;
  }
}
