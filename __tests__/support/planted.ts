/** Secrets with a mark that is found again wherever they go, and the places that are looked into. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Checkout } from "./checkout";

const SITE = ".private-cloud/dev/site.json";

/** The parts of the dev site's file that are secrets. */
interface SiteFile {
  bastionPrivateKey: string;
  caPrivateKeyPem: string;
  maasApiKey: string;
  automationPassword: string;
  databasePassword: string;
  powerPassword: string;
  lab: { adminPassword: string; bastionHostKeyPem: string };
}

/** A line of a key's text: what is looked for must not span lines. */
const line = (pem: string) => pem.split("\n")[3] ?? "";

/**
 * Gives every password of a site file that is already there a mark, before anything was made with it; keys, which cannot have
 * one, are known by a line of theirs. Returns them by name.
 */
export function plantSecrets(checkout: Checkout): Record<string, string> {
  const site = checkout.json(SITE) as SiteFile;
  const plant = (name: string) => `planted-${name}-${"0123456789".slice(0, 8)}`;
  const maas = "planted0maas0key0secret0part0001";
  Object.assign(site, {
    maasApiKey: `plantedconsumer123:plantedtoken123456:${maas}`,
    automationPassword: plant("automation"),
    databasePassword: plant("database"),
    powerPassword: plant("power"),
    lab: { ...site.lab, adminPassword: plant("administrator") },
  });
  writeFileSync(join(checkout.project, SITE), JSON.stringify(site));
  return {
    bastionPrivateKey: line(site.bastionPrivateKey),
    caPrivateKeyPem: line(site.caPrivateKeyPem),
    bastionHostKeyPem: line(site.lab.bastionHostKeyPem),
    maasApiKey: maas,
    automationPassword: site.automationPassword,
    databasePassword: site.databasePassword,
    powerPassword: site.powerPassword,
    adminPassword: site.lab.adminPassword,
    passphrase: readFileSync(join(checkout.project, ".private-cloud/passphrase"), "utf8"),
  };
}

/** Every command line that was seen on this machine, those in the lab's namespaces included. */
export class ArgvWatch {
  readonly seen = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => this.look(), 30);
  }

  private look(): void {
    for (const entry of readdirSync("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        this.seen.add(readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // ended meanwhile
      }
    }
  }

  end(): string[] {
    clearInterval(this.timer);
    return [...this.seen];
  }
}

/** A file in which something was found. */
export interface Found {
  secret: string;
  file: string;
  mode: string;
}

/** Regular files below a folder that hold one of the secrets in clear; links are not followed. */
export function searchFiles(folder: string, secrets: Record<string, string>): Found[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name);
    if (entry.isDirectory()) return searchFiles(file, secrets);
    if (!entry.isFile()) return [];
    const bytes = readFileSync(file);
    return Object.entries(secrets)
      .filter(([, secret]) => bytes.includes(secret))
      .map(([secret]) => ({
        secret,
        file,
        mode: (statSync(file).mode & 0o777).toString(8).padStart(4, "0"),
      }));
  });
}

/** Names of the secrets that one of the texts holds, each with the line it is in. */
export function searchTexts(texts: string[], secrets: Record<string, string>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    texts
      .flatMap((text) => text.split("\n"))
      .filter((text) => text.includes(secret))
      .map((text) => `${name}: ${text.replaceAll(secret, "[found]").slice(0, 200)}`),
  );
}
