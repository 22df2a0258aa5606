import { rmSync } from "node:fs";
import { readJson, replaceFile } from "../files";
import { JOURNAL_FILE } from "../folders";

/** A whole thing of a killed run that belongs into the state; no value of its inputs. */
export interface Import {
  urn: string;
  type: string;
  id: string;
  parent?: string;
  provider?: string;
}

const ADVICE =
  "It named things in OpenStack that a killed run had made and the stack's state does not know; they would be made twice. " +
  "Begin anew with `npm run down`, then `npm run up`; to keep the rest, delete those things in OpenStack and then this file";

/**
 * What is to be taken into the state, written down before the engine's list of pending creates is emptied (`pulumi stack import`
 * always empties it) and kept until it is there: a run that is killed in between is continued by the next one.
 */
export class Journal {
  constructor(private readonly file: string = JOURNAL_FILE) {}

  read(): Import[] {
    return readJson<Import[]>(this.file, ADVICE) ?? [];
  }

  write(imports: Import[]): void {
    if (imports.length === 0) {
      rmSync(this.file, { force: true });
      return;
    }
    replaceFile(this.file, JSON.stringify(imports));
  }
}
