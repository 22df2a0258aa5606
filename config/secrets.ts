/** Values that must not be shown: a fault of theirs is told by its shape alone. */
import type { Problem, SiteSecrets } from "./types";

interface SecretShape {
  pattern: RegExp;
  /** How it must look, without an example of its own. */
  shape: string;
}

const SHAPES: Record<keyof SiteSecrets, SecretShape> = {
  bastionPrivateKey: { pattern: /PRIVATE KEY/, shape: "an OpenSSH private key, PEM text" },
  maasApiKey: {
    pattern: /^[^\s:]+:[^\s:]+:[^\s:]+$/,
    shape: "a MAAS API key, three parts with colons between (`maas apikey --username USER`)",
  },
  caPrivateKeyPem: {
    pattern: /PRIVATE KEY/,
    shape: "the private key of the site's CA, unencrypted PEM text",
  },
  automationPassword: { pattern: /^\S{8,}$/, shape: "8 characters or more without spaces" },
  // PostgreSQL's clients normalise other characters, each in its own way.
  databasePassword: {
    pattern: /^[\x21-\x7e]{8,}$/,
    shape: "8 printable ASCII characters or more without spaces",
  },
  powerPassword: { pattern: /^\S+$/, shape: "text without spaces" },
};

export function checkSecrets(secrets: Partial<SiteSecrets>): Problem[] {
  return Object.entries(SHAPES).flatMap(([key, { pattern, shape }]) => {
    const value = secrets[key as keyof SiteSecrets];
    return value === undefined || pattern.test(value)
      ? []
      : [{ path: key, message: `has the wrong form (its value is not shown); must be ${shape}.` }];
  });
}

/** The public parts that are texts of their own. */
export function checkTexts(texts: { caCertificatePem?: string; appPublicKey?: string }): Problem[] {
  const problems: Problem[] = [];
  const { caCertificatePem, appPublicKey } = texts;
  if (caCertificatePem !== undefined && !caCertificatePem.includes("BEGIN CERTIFICATE")) {
    problems.push({
      path: "caCertificatePem",
      message: "is no certificate; must be the certificate of the site's CA, PEM text.",
    });
  }
  if (appPublicKey !== undefined && !/^[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$/.test(appPublicKey)) {
    problems.push({
      path: "appPublicKey",
      message: "is no SSH public key; must be one such as ssh-ed25519 AAAA….",
    });
  }
  return problems;
}
