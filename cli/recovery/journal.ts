import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { JOURNAL_FILE } from "../folders";

/** A whole thing of a killed run that belongs into the state; no value of its inputs. */
export interface Import {
  urn: string;
  type: string;
  id: string;
  parent?: string;
  provider?: string;
}

/**
 * What is to be taken into the state, written down before the engine's list of pending creates is emptied (`pulumi stack import`
 * always empties it) and kept until it is there: a run that is killed in between is continued by the next one.
 */
export class Journal {
  constructor(private readonly file: string = JOURNAL_FILE) {}

  read(): Import[] {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as Import[]) : [];
  }

  write(imports: Import[]): void {
    if (imports.length === 0) {
      rmSync(this.file, { force: true });
      return;
    }
    writeFileSync(`${this.file}.part`, JSON.stringify(imports), { mode: 0o600 });
    renameSync(`${this.file}.part`, this.file);
  }
}
