import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A certificate authority of a site, for tests. */
export function makeCa(): { certificatePem: string; key: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-ca-"));
  const file = (name: string): string => path.join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const out = ["-keyout", file("key"), "-out", file("crt"), "-subj", "/CN=Site CA", "-days", "99"];
  execFileSync("openssl", ["req", "-x509", ...key, ...out], { stdio: "ignore" });
  const made = {
    certificatePem: fs.readFileSync(file("crt"), "utf8"),
    key: fs.readFileSync(file("key"), "utf8"),
  };
  fs.rmSync(folder, { recursive: true });
  return made;
}
