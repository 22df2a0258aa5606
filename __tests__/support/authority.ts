/** Certificates that tests need, made without other programs (RFC 5280, in DER). */
import { generateKeyPairSync, sign } from "node:crypto";

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);

const ECDSA_WITH_SHA256 = sequence(hex("06082a8648ce3d040302"));
const COMMON_NAME = hex("0603550403");
const BASIC_CONSTRAINTS = hex("0603551d13");
const CRITICAL = hex("0101ff");

/** A certificate that has signed itself, a CA's unless something else is said, and its key. */
export function authority(
  name: string,
  { ca = true } = {},
): { certificatePem: string; privateKeyPem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const time = (text: string): Buffer => der(0x18, Buffer.from(text));
  const constraints = der(0x04, sequence(ca ? hex("0101ff") : Buffer.alloc(0)));
  const content = sequence(
    der(0xa0, hex("020102")), // version 3
    hex("020101"),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time("20200101000000Z"), time("21200101000000Z")),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(BASIC_CONSTRAINTS, CRITICAL, constraints))),
  );
  const signature = der(0x03, Buffer.alloc(1), sign("sha256", content, privateKey));
  const whole = sequence(content, ECDSA_WITH_SHA256, signature).toString("base64");
  const lines = whole.match(/.{1,64}/g) ?? [];
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
