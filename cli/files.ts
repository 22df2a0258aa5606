/** Files of ours that must be whole after a kill or a power cut. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { UserError } from "./userError";

/** For its owner alone, unless something else is said. */
const PRIVATE = 0o600;

/** Replaces a file at once: whoever looks, and also after a power cut, finds the old text or the new one, whole. */
export function replaceFile(file: string, text: string, mode = PRIVATE): void {
  const part = `${file}.part`;
  writeFileSync(part, text, { mode, flush: true });
  renameSync(part, file);
  syncFolder(dirname(file));
}

/** Makes a file, whole at once; false, and nothing is changed, if it is there: of two who try at the same time one succeeds. */
export function createFile(file: string, text: string, mode = PRIVATE): boolean {
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, text, { mode, flush: true });
  try {
    linkSync(part, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(part);
  }
  syncFolder(dirname(file));
  return true;
}

/** A new name lasts only when its folder has been written too, fsync(2). */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * What a JSON file holds; undefined if there is none.
 *
 * @param whatToDo ends the sentence about a file that cannot be read
 * @throws UserError that names the file and what to do
 */
export function readJson<T>(file: string, whatToDo: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(
      `${file} is empty or cut short (a power cut, a full disk, an edit?), and cannot be read. ${whatToDo}`,
    );
  }
}
