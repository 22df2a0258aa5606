/** Keys and certificates, judged by what they hold and not by their first line. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

const OPENSSH = /^\s*-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END/;
/** OpenSSH PROTOCOL.key: after this comes the name of the cipher, with its length before it. */
const MAGIC = "openssh-key-v1\0";

/** Whether ssh can use it without asking anybody for a passphrase. */
export function isOpenPrivateKey(text: string): boolean {
  const body = OPENSSH.exec(text)?.[1];
  if (body === undefined) return privateKey(text) !== undefined;
  const content = Buffer.from(body, "base64");
  const cipher = Buffer.from([0, 0, 0, 4, ...Buffer.from("none")]);
  return content
    .subarray(0, MAGIC.length + cipher.length)
    .equals(Buffer.concat([Buffer.from(MAGIC), cipher]));
}

/** Undefined for what is encrypted, cut short or something else. */
export function privateKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

/** Undefined for what is no certificate. */
export function certificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}
