/** Tells that an earlier run was killed, before the engine makes what it left undecided once more. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `npm run up` and `down` set it for what they start, after they have settled what a killed run left. */
export const RUN_VARIABLE = "PRIVATE_CLOUD_RUN";

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
  const file = join(
    fileURLToPath(backend.split("?")[0] ?? backend),
    ".pulumi",
    "stacks",
    project,
    `${stack}.json`,
  );
  if (!existsSync(file)) return [];
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as Checkpoint;
  return (checkpoint?.latest?.pending_operations ?? [])
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => resource.urn.slice(resource.urn.lastIndexOf("::") + 2));
}
