import { JujuError } from "../errors";

/** What `juju add-user` hands out and `juju register` takes: Juju's RegistrationInfo in DER, in URL-safe base64. */
export interface Registration {
  user: string;
  addresses: string[];
  /** 32 bytes in hex. */
  secretKey: string;
  controller: string;
}

const SEQUENCE = 0x30;
const OCTETS = 0x04;
const UTF8 = 0x0c;
const PRINTABLE = 0x13;

const lengthOf = (size: number): Buffer => {
  if (size < 0x80) return Buffer.from([size]);
  const bytes = size < 0x100 ? [size] : [size >> 8, size & 0xff];
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};

const element = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);

/** Go writes a text that is printable in ASN.1's sense as such. */
const text = (value: string): Buffer =>
  element(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? PRINTABLE : UTF8, Buffer.from(value));

export const encodeRegistration = (given: Registration): string => {
  const data = element(
    SEQUENCE,
    Buffer.concat([
      text(given.user),
      element(SEQUENCE, Buffer.concat(given.addresses.map(text))),
      element(OCTETS, Buffer.from(given.secretKey, "hex")),
      text(given.controller),
      text(""),
    ]),
  );
  // Padded with zeros, so that no "=" is at the end.
  const pad = Buffer.alloc((3 - (data.length % 3)) % 3);
  return Buffer.concat([data, pad]).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
};

/** The elements that stand one after the other in `data`. */
const elements = (data: Buffer): Buffer[] => {
  const found: Buffer[] = [];
  for (let at = 0; at < data.length;) {
    let size = data[at + 1] ?? 0;
    let start = at + 2;
    if (size >= 0x80) {
      const count = size & 0x7f;
      size = data.subarray(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
      start += count;
    }
    if (start + size > data.length) throw new JujuError("asn1: syntax error: data truncated");
    found.push(data.subarray(start, start + size));
    at = start + size;
  }
  return found;
};

export const decodeRegistration = (token: string): Registration => {
  const strange = token.search(/[^A-Za-z0-9_=-]/);
  if (strange >= 0 || token.length % 4 !== 0)
    throw new JujuError(
      `invalid registration token: illegal base64 data at input byte ${strange >= 0 ? strange : token.length - (token.length % 4)}`,
    );
  const data = Buffer.from(token.replaceAll("-", "+").replaceAll("_", "/"), "base64");
  if (data[0] !== SEQUENCE)
    throw new JujuError("asn1: structure error: tags don't match (16 vs other)");
  const size = data[1] ?? 0;
  const whole = size < 0x80 ? size + 2 : 2 + (size & 0x7f) + data.readUIntBE(2, size & 0x7f);
  const [inner = Buffer.alloc(0)] = elements(data.subarray(0, whole));
  const [user, addresses, secretKey, controller] = elements(inner);
  if (secretKey?.length !== 32) throw new JujuError("secret key not valid");
  return {
    user: user?.toString() ?? "",
    addresses: elements(addresses ?? Buffer.alloc(0)).map((each) => each.toString()),
    secretKey: secretKey.toString("hex"),
    controller: controller?.toString() ?? "",
  };
};
