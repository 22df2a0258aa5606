import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJson, replaceFile } from "./files";
import { DEV, LAB_ADDRESS, makeOwnFolders } from "./folders";

/**
 * Everything about the dev site that a real site's people would know before the first `up`: its keys, its CA, its passwords.
 * Made once per checkout; Pulumi.dev.yaml's `siteFile` points at the file.
 */
export interface Site {
  light: boolean;
  bastionHost: string;
  bastionHostKey: string;
  bastionPrivateKey: string;
  maasApiKey: string;
  caCertificatePem: string;
  caPrivateKeyPem: string;
  automationPassword: string;
  databasePassword: string;
  powerPassword: string;
  appPublicKey: string;
  /** Known to the lab alone; the stack reads the administrator's password through Juju. */
  lab: { adminPassword: string; bastionHostKeyPem: string; bastionAuthorizedKey: string };
}

export const SITE_FILE = join(DEV, "site.json");

const password = () => randomBytes(18).toString("base64url");

function sshKey(folder: string, name: string): { privateKey: string; publicKey: string } {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
  const [type, key] = readFileSync(`${file}.pub`, "utf8").trim().split(" ");
  return { privateKey: readFileSync(file, "utf8"), publicKey: `${type} ${key}` };
}

function certificateAuthority(folder: string): { certificate: string; privateKey: string } {
  const key = join(folder, "ca.key");
  const certificate = join(folder, "ca.crt");
  execFileSync(
    "openssl",
    // prettier-ignore
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "3650",
      "-subj", "/CN=private-cloud dev site CA", "-addext", "basicConstraints=critical,CA:TRUE",
      "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    { stdio: "pipe" },
  );
  return { certificate: readFileSync(certificate, "utf8"), privateKey: readFileSync(key, "utf8") };
}

function makeSite(light: boolean): Site {
  const folder = mkdtempSync(join(tmpdir(), "private-cloud-site-"));
  try {
    const host = sshKey(folder, "bastion-host");
    const user = sshKey(folder, "bastion-user");
    const app = sshKey(folder, "app");
    const ca = certificateAuthority(folder);
    const maasKey = [24, 24, 48].map((n) =>
      randomBytes(n)
        .toString("base64url")
        .slice(0, n === 48 ? 32 : 18),
    );
    return {
      light,
      bastionHost: LAB_ADDRESS,
      bastionHostKey: host.publicKey,
      bastionPrivateKey: user.privateKey,
      maasApiKey: maasKey.join(":"),
      caCertificatePem: ca.certificate,
      caPrivateKeyPem: ca.privateKey,
      automationPassword: password(),
      databasePassword: password(),
      powerPassword: password(),
      appPublicKey: app.publicKey,
      lab: {
        adminPassword: password(),
        bastionHostKeyPem: host.privateKey,
        bastionAuthorizedKey: user.publicKey,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function readSite(): Site | undefined {
  return readJson<Site>(
    SITE_FILE,
    "It held the dev site's keys and passwords, without which its lab is of no use. Begin anew with `npm run down`, then `npm run up`",
  );
}

/** The site of this checkout; made when there is none, with the lab's kind kept in step with what was asked for. */
export function ensureSite(light: boolean): Site {
  makeOwnFolders();
  const known = readSite();
  if (known?.light === light) return known;
  const site = known ? { ...known, light } : makeSite(light);
  replaceFile(SITE_FILE, `${JSON.stringify(site, null, 2)}\n`);
  return site;
}
