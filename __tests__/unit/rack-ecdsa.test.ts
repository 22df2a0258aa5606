import { verify, X509Certificate } from "node:crypto";
import * as fc from "fast-check";
import { random } from "../../lab/rack/core/rng";
import { newKey, signatureOf } from "../../lab/rack/vault/ecdsa";
import { selfSignedCa } from "../../lab/rack/vault/x509";

const keyOf = (seed: string): string => newKey(random(seed, "key"));

test("signatures are the same each time, and Node takes them for the key's", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (seed, text) => {
      const key = keyOf(seed);
      expect(keyOf(seed)).toBe(key);
      const content = Buffer.from(text);
      const [r, s] = signatureOf(content, key);
      expect(signatureOf(content, key)).toEqual([r, s]);
      const raw = Buffer.from(
        [r, s].map((each) => each.toString(16).padStart(64, "0")).join(""),
        "hex",
      );
      expect(verify("sha256", content, { key, dsaEncoding: "ieee-p1363" }, raw)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test("a CA is signed by its own key, and differs with the seed and the time", () => {
  const made = [
    [keyOf("a"), 0],
    [keyOf("b"), 0],
    [keyOf("a"), 1000],
  ].map(([key, at]) => selfSignedCa(key as string, { CN: "ca" }, at as number, 10));
  expect(new Set(made).size).toBe(3);
  for (const each of made) {
    const certificate = new X509Certificate(each);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
  }
});
