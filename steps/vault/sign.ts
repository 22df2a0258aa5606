/** Signs Vault's request with the site's CA, on this machine. The CA's key goes to openssl through a pipe, to no file. */
import { spawn } from "node:child_process";
import { randomBytes, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { StepError } from "../errors";

const EXTENSIONS = [
  "basicConstraints = critical, CA:TRUE, pathlen:0",
  "keyUsage = critical, digitalSignature, keyCertSign, cRLSign",
  "subjectKeyIdentifier = hash",
  "authorityKeyIdentifier = keyid:always",
].join("\n");

// $1 request, $2 CA certificate, $3 days, $4 serial, $5 extensions; the key comes on standard input.
const PROGRAM =
  'cat | exec openssl x509 -req -in "$1" -CA "$2" -CAkey /dev/stdin -passin pass: -days "$3" -set_serial "$4" -sha256 -extfile "$5"';

/** The certificate of an intermediate CA, PEM. */
export async function signIntermediate(
  request: string,
  caCertificate: string,
  caKey: string,
  days: number,
): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-sign-"));
  try {
    const file = (name: string, text: string): string => {
      const full = path.join(folder, name);
      fs.writeFileSync(full, `${text.trim()}\n`, { mode: 0o600 });
      return full;
    };
    // The first bit stays 0: a serial number is positive.
    const serial = `0x01${randomBytes(15).toString("hex")}`;
    const words = [
      file("request", request),
      file("ca", caCertificate),
      `${days}`,
      serial,
      file("ext", EXTENSIONS),
    ];
    const certificate = await run(words, caKey);
    if (!issuedBy(certificate, caCertificate)) {
      throw new StepError(
        "caPrivateKeyPem does not belong to caCertificatePem. Configure the pair of one CA.",
      );
    }
    return certificate;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function run(words: string[], key: string): Promise<string> {
  const child = spawn("/bin/sh", ["-c", PROGRAM, "sh", ...words], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(`${key.trim()}\n`);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      const found = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(
        stdout,
      )?.[0];
      if (status === 0 && found) resolve(`${found}\n`);
      else {
        reject(
          new StepError(
            `openssl could not sign Vault's request (${stderr.trim().split("\n").at(-1)?.slice(0, 160) ?? ""}). ` +
              "Check that openssl is installed on this machine and that caPrivateKeyPem belongs to caCertificatePem.",
          ),
        );
      }
    });
  });
}

/** Whether the key of `caCertificate` signed `certificate`. */
export function issuedBy(certificate: string, caCertificate: string): boolean {
  try {
    const ca = new X509Certificate(caCertificate);
    const child = new X509Certificate(certificate);
    return child.checkIssued(ca) && child.verify(ca.publicKey);
  } catch {
    return false;
  }
}
