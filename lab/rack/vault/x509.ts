import { createHash, createPublicKey } from "node:crypto";
import { signatureOf } from "./ecdsa";

/** Just enough DER for CAs and signing requests with EC keys (RFC 2986, RFC 5280). */

const length = (size: number): Buffer => {
  if (size < 128) return Buffer.from([size]);
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
};

const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, ...parts);

const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const groups = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
};

const integer = (bytes: Buffer): Buffer =>
  tlv(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

const integerOf = (value: bigint): Buffer => {
  const digits = value.toString(16);
  return integer(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex"));
};

const time = (milliseconds: number): Buffer => {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, "").replace(/\.\d+/, "");
  return Number(text.slice(0, 4)) < 2050
    ? tlv(0x17, Buffer.from(text.slice(2)))
    : tlv(0x18, Buffer.from(text));
};

const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

const ATTRIBUTES: Record<string, string> = {
  C: "2.5.4.6",
  ST: "2.5.4.8",
  L: "2.5.4.7",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  CN: "2.5.4.3",
};

const name = (subject: Record<string, string>): Buffer =>
  sequence(
    ...Object.entries(subject)
      .filter(([key, value]) => value !== "" && key in ATTRIBUTES)
      .map(([key, value]) =>
        tlv(0x31, sequence(oid(ATTRIBUTES[key] ?? ""), tlv(0x0c, Buffer.from(value, "utf8")))),
      ),
  );

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${(der.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----`;

const signed = (content: Buffer, keyPem: string): Buffer =>
  sequence(
    content,
    ECDSA_SHA256,
    tlv(0x03, Buffer.from([0]), sequence(...signatureOf(content, keyPem).map(integerOf))),
  );

const publicKeyOf = (keyPem: string): Buffer =>
  createPublicKey(keyPem).export({ type: "spki", format: "der" });

/** A certificate signing request, PEM. */
export const requestFor = (keyPem: string, subject: Record<string, string>): string =>
  pem(
    "CERTIFICATE REQUEST",
    signed(
      sequence(integer(Buffer.from([0])), name(subject), publicKeyOf(keyPem), tlv(0xa0)),
      keyPem,
    ),
  );

const critical = tlv(0x01, Buffer.from([0xff]));

/** A self-signed CA, PEM. */
export const selfSignedCa = (
  keyPem: string,
  subject: Record<string, string>,
  from: number,
  days: number,
): string => {
  const extensions = sequence(
    sequence(oid("2.5.29.19"), critical, tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff]))))),
    sequence(oid("2.5.29.15"), critical, tlv(0x04, tlv(0x03, Buffer.from([1, 6])))),
  );
  const serial = createHash("sha256").update(`${keyPem} ${from}`).digest().subarray(0, 16);
  serial[0] = (serial[0] ?? 0) & 0x7f || 1;
  return pem(
    "CERTIFICATE",
    signed(
      sequence(
        tlv(0xa0, integer(Buffer.from([2]))),
        integer(serial),
        ECDSA_SHA256,
        name(subject),
        sequence(time(from - 30_000), time(from + days * 86_400_000)),
        name(subject),
        publicKeyOf(keyPem),
        tlv(0xa3, extensions),
      ),
      keyPem,
    ),
  );
};
