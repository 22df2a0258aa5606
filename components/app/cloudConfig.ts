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

/**
 * Starts services now and at every boot. `systemctl enable` does the same much slower: it reloads all units, and for
 * packages that also have an init script it runs Debian's Perl programs.
 */
export function startServices(...units: { name: string; folder: string }[]): string[][] {
  const wants = "/etc/systemd/system/multi-user.target.wants";
  return [
    ["mkdir", "-p", wants],
    ["ln", "-sf", ...units.map(({ name, folder }) => `${folder}/${name}`), `${wants}/`],
    ["systemctl", "start", ...units.map(({ name }) => name)],
  ];
}

/** A line of progress on the server's console, where `openstack console log show` finds it. */
export function sayOnConsole(text: string): string[] {
  return ["sh", "-c", 'echo "$1" > /dev/console', "sh", text];
}
