import { generateKeyPairSync } from "node:crypto";
import { DUMMY_CA } from "../../config/dummies";
import { checkSecrets, checkTexts } from "../../config/secrets";
import { readSettings } from "../../config/settings";
import { authority } from "../support/authority";

/** As ssh-keygen writes it, as far as its cipher. */
function opensshKey(cipher: string): string {
  const length = Buffer.from([0, 0, 0, cipher.length]);
  const content = Buffer.concat([Buffer.from("openssh-key-v1\0"), length, Buffer.from(cipher)]);
  const body = Buffer.concat([content, Buffer.alloc(200, 7)]).toString("base64");
  const lines = body.match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const open = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const encrypted = privateKey
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "planted" })
  .toString();

test.each([
  ["OpenSSH's", opensshKey("none"), []],
  ["OpenSSL's", open, []],
  ["with a passphrase", opensshKey("aes256-ctr"), ["bastionPrivateKey"]],
  ["with a passphrase, OpenSSL's", encrypted, ["bastionPrivateKey"]],
  ["cut short", open.slice(0, 400), ["bastionPrivateKey"]],
  ["cut short after its first line", opensshKey("none").slice(0, 36), ["bastionPrivateKey"]],
  ["only called one", "a PRIVATE KEY", ["bastionPrivateKey"]],
])("the bastion's key, %s", (_name, bastionPrivateKey, refused) => {
  const found = checkSecrets({ bastionPrivateKey });
  expect(found.map(({ path }) => path)).toEqual(refused);
  for (const { message } of found) {
    expect(message).toMatch(/its value is not shown.*without a passphrase.*ssh-keygen -p/);
    expect(message).not.toContain(bastionPrivateKey.slice(0, 30));
  }
});

describe("the site's CA", () => {
  const ca = authority("site CA");
  const other = authority("other CA");
  const check = (caCertificatePem: string, caPrivateKeyPem?: string): string[] =>
    checkTexts({ caCertificatePem, caPrivateKeyPem, appPublicKey: undefined }).map(
      ({ path, message }) => `${path} ${message}`,
    );

  test("is accepted with its key, and without one, as it is where the key is encrypted in the stack's file", () => {
    expect(check(ca.certificatePem, ca.privateKeyPem)).toEqual([]);
    expect(check(ca.certificatePem)).toEqual([]);
    expect(check(DUMMY_CA)).toEqual([]);
  });

  test("with the key of another", () => {
    expect(check(ca.certificatePem, other.privateKeyPem)).toEqual([
      expect.stringMatching(/^caPrivateKeyPem is not the key of caCertificatePem, CN=site CA /),
    ]);
  });

  test("that is no CA, no certificate, or a part of one", () => {
    expect(check(authority("www", { ca: false }).certificatePem)[0]).toMatch(
      /^caCertificatePem is the certificate of CN=www, which is no CA/,
    );
    for (const wrong of ["BEGIN CERTIFICATE junk", ca.certificatePem.slice(0, 200)])
      expect(check(wrong)[0]).toMatch(/^caCertificatePem is no certificate, or not a whole one/);
  });

  test("has a key without a passphrase", () => {
    const [found] = checkSecrets({ caPrivateKeyPem: encrypted });
    expect(found?.message).toMatch(/unencrypted PEM text \(`openssl pkey/);
  });

  test("is looked at together with the key that the stack has", () => {
    const { problems } = readSettings({
      values: {
        image: '{"file":"guest.qcow2"}',
        caCertificatePem: ca.certificatePem,
        caPrivateKeyPem: other.privateKeyPem,
      },
      encrypted: ["caPrivateKeyPem"],
    });
    expect(problems.map(({ path }) => path)).toEqual(["caPrivateKeyPem"]);
  });
});
