// Checks the settings of `lab up`: JSON on standard input, the same JSON in one line on standard output.
// Without a package, so that the lab needs nothing but Node to start.
import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";

/** A message that names the member and never its value when the value is a secret. */
const fail = (text) => {
  process.stderr.write(`lab: settings: ${text}\n`);
  process.exit(1);
};

const number = (address) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const pem = (label) => new RegExp(`^-----BEGIN ${label}-----\\n[\\s\\S]+-----END ${label}-----\\n?$`);
const matches = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const cidr = (value) => {
  const [address, length] = typeof value === "string" ? value.split("/") : [];
  return isIPv4(address ?? "") && /^(8|9|1\d|2\d|30)$/.test(length ?? "") && number(address) % 2 ** (32 - length) === 0;
};

const members = {
  adminPassword: [matches(/^[\x21-\x7e]{8,255}$/), "8 or more printable ASCII characters without blanks"],
  caCertificatePem: [matches(pem("CERTIFICATE")), "one certificate in PEM"],
  caPrivateKeyPem: [matches(pem("(?:RSA |EC )?PRIVATE KEY")), "its private key in PEM, not encrypted"],
  bastionHostKeyPem: [matches(pem("OPENSSH PRIVATE KEY")), "a private host key in OpenSSH's format"],
  bastionAuthorizedKey: [matches(/^(ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+( [^\n]*)?\n?$/), "one OpenSSH public key"],
  maasApiKey: [matches(/^[^:\s]+:[^:\s]+:[^:\s]+$/), "consumer:token:secret"],
  physnet: [matches(/^[A-Za-z0-9_.-]{1,64}$/), "the name of the provider network, for example physnet1"],
  providerCidr: [cidr, "an IPv4 network without host bits, /8 to /30, for example 172.16.0.0/20"],
  providerGateway: [isIPv4, "an IPv4 address in providerCidr"],
  bastionAddress: [isIPv4, "an IPv4 address in providerCidr"],
  rackFactor: [(value) => typeof value === "number" && value >= 1 && value <= 1e6, "a number from 1 to 1000000"],
};

let settings;
try {
  settings = JSON.parse(readFileSync(0, "utf8"));
} catch {
  fail("standard input is not JSON");
}
if (typeof settings !== "object" || settings === null) fail("a JSON object is expected");
for (const name of Object.keys(settings)) {
  if (!(name in members)) fail(`${name} is unknown; known are ${Object.keys(members).join(", ")}`);
}
for (const [name, [valid, allowed]] of Object.entries(members)) {
  if (!valid(settings[name])) fail(`${name} is ${settings[name] === undefined ? "missing" : "wrong"}; expected: ${allowed}`);
}
const [network, length] = settings.providerCidr.split("/");
const size = 2 ** (32 - length);
for (const name of ["providerGateway", "bastionAddress"]) {
  const offset = number(settings[name]) - number(network);
  if (offset <= 0 || offset >= size - 1) fail(`${name} ${settings[name]} is no host address of ${settings.providerCidr}`);
}
if (settings.providerGateway === settings.bastionAddress) fail("providerGateway and bastionAddress are the same");
process.stdout.write(`${JSON.stringify(settings)}\n`);
