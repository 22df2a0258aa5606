import { createECDH, createHash, createHmac, createPrivateKey } from "node:crypto";
import type { Random } from "../core/rng";

/**
 * ECDSA on the curve P-256 (FIPS 186-4) without chance: Node draws every key and signature anew, and here the same seed
 * and the same commands give the same. Keys of a simulation: whoever knows its seed knows them.
 */

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`);

const bytesOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, "0"), "hex");

/** A scalar of the curve, from 32 bytes. */
const scalarOf = (bytes: Buffer): bigint => (numberOf(bytes) % (ORDER - 1n)) + 1n;

/** The point that a scalar leads to from the generator. */
const pointOf = (scalar: bigint): { x: Buffer; y: Buffer } => {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(bytesOf(scalar));
  const point = curve.getPublicKey();
  return { x: point.subarray(1, 33), y: point.subarray(33) };
};

/** The order is prime: a power of it (Fermat) inverts. */
const inverse = (value: bigint): bigint => {
  let result = 1n;
  let power = value;
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % ORDER;
    power = (power * power) % ORDER;
  }
  return result;
};

/** A private key, PEM. */
export const newKey = (random: Random): string => {
  const scalar = scalarOf(Buffer.from(random.hex(64), "hex"));
  const { x, y } = pointOf(scalar);
  const text = (bytes: Buffer): string => bytes.toString("base64url");
  const key = { kty: "EC", crv: "P-256", d: text(bytesOf(scalar)), x: text(x), y: text(y) };
  return createPrivateKey({ key, format: "jwk" }).export({
    type: "pkcs8",
    format: "pem",
  }) as string;
};

/** The two numbers of a signature with SHA-256; its secret number comes from key and content, as in RFC 6979. */
export const signatureOf = (content: Buffer, keyPem: string): [bigint, bigint] => {
  const { d = "" } = createPrivateKey(keyPem).export({ format: "jwk" });
  const key = Buffer.from(d, "base64url");
  const digest = createHash("sha256").update(content).digest();
  const secret = scalarOf(createHmac("sha256", key).update(digest).digest());
  const r = numberOf(pointOf(secret).x) % ORDER;
  const s = (inverse(secret) * (numberOf(digest) + r * numberOf(key))) % ORDER;
  return [r, s];
};
