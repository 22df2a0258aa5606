import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

const ITERATIONS = 4096;

/**
 * What PostgreSQL stores of a password (RFC 5802, `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`). The database
 * server gets this and never the password. The salt is derived from `name`, so that the same input gives the same text.
 */
export function scramVerifier(password: string, name: string): string {
  if (!/^[\x21-\x7e]+$/.test(password)) {
    throw new Error(
      "The database password must consist of printable ASCII characters without spaces, because clients normalise others. Choose another.",
    );
  }
  const salt = createHash("sha256").update(`${name}\0${password}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
