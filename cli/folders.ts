import { mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { JOURNAL } from "../config/interrupted";

/** The checkout that the command was started from. */
export const CHECKOUT = resolve(__dirname, "..");

/** What belongs to one checkout and is never committed; readable by its owner alone. */
export const OWN = join(CHECKOUT, ".private-cloud");
export const DEV = join(OWN, "dev");
export const RUN = join(OWN, "run");
export const STATE = join(OWN, "state");
export const JOURNAL_FILE = join(STATE, JOURNAL);

/** Tool chain, root filesystem and images: shared by all checkouts, moved by PRIVATE_CLOUD_CACHE. */
export const CACHE =
  process.env["PRIVATE_CLOUD_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "private-cloud");
export const LAB_CACHE = join(CACHE, "lab");

/** The dev lab: one per machine. */
export const LAB_HOME = process.env["PRIVATE_CLOUD_LAB_HOME"] ?? "/var/lib/private-cloud/lab";
export const LAB_ADDRESS = process.env["PRIVATE_CLOUD_LAB_ADDRESS"] ?? "127.0.50.1";

/** The folder of this checkout for temporary files (cli/lib.sh); undefined where the machine's own is in use. */
export function ownTemporaryFolder(): string | undefined {
  const folder = tmpdir();
  return /^private-cloud-[0-9a-f]{12}$/.test(basename(folder)) ? folder : undefined;
}

export function makeOwnFolders(): void {
  for (const folder of [OWN, DEV, RUN, STATE]) mkdirSync(folder, { recursive: true, mode: 0o700 });
}
