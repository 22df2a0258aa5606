import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JOURNAL_FILE } from "../folders";
import { pulumi, STACK, urnName } from "../stack";
import { UserError } from "../userError";
import type { Import } from "./journal";

/** The file of `pulumi import --file`: parents and providers are named by a table of their URNs. */
export function importFile(imports: Import[]): {
  nameTable: Record<string, string>;
  resources: Record<string, string>[];
} {
  const nameTable: Record<string, string> = {};
  const named = (urn: string) => {
    nameTable[urnName(urn)] = urn;
    return urnName(urn);
  };
  const resources = imports.map(({ urn, type, id, parent, provider }) => ({
    type,
    name: urnName(urn),
    id,
    ...(parent === undefined ? {} : { parent: named(parent) }),
    ...(provider === undefined
      ? {}
      : { provider: named(provider.slice(0, provider.lastIndexOf("::"))) }),
  }));
  return { nameTable, resources };
}

/** Takes things that exist into the state. */
export async function importThings(imports: Import[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "private-cloud-import-"));
  try {
    const file = join(folder, "import.json");
    writeFileSync(file, JSON.stringify(importFile(imports)), { mode: 0o600 });
    // prettier-ignore
    const done = await pulumi(["import", "--file", file, "--yes", "--skip-preview", "--protect=false", "--generate-code=false",
      "--stack", STACK]);
    if (done.status !== 0)
      throw new UserError(
        `taking things of a killed run into the state failed (pulumi import, exit status ${done.status}); they are kept in mind in ` +
          `${JOURNAL_FILE} and the next \`npm run up\` tries again. One that exists no more must be taken out of that file:\n` +
          `${done.stdout}${done.stderr}`,
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
