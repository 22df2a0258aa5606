/** User-data for cloud-init: files and commands, nothing that a server could have to download. */
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { dump } from "js-yaml";

export interface CloudFile {
  path: string;
  content: string;
  /** @default 0644 */
  permissions?: string;
  /** `user:group`, both from the image. @default root:root */
  owner?: string;
}

/** What cloud-init's modules write-files and runcmd make of it; commands are argument lists, so nothing needs quoting. */
export function cloudConfig(files: CloudFile[], commands: string[][]): string {
  const document = { write_files: files, runcmd: commands };
  return `#cloud-config\n${dump(document, { lineWidth: -1 })}`;
}

/** A program that goes to a server as it is. */
export function programFile(name: string): string {
  return readFileSync(path.join(__dirname, "files", name), "utf8");
}

/** A line of progress on the server's console, where `openstack console log show` finds it. */
export function sayOnConsole(text: string): string[] {
  return ["sh", "-c", 'echo "$1" > /dev/console', "sh", text];
}
