/** Values that must not be shown: a fault of theirs is told by its shape alone. */
import { certificate, isOpenPrivateKey, privateKey } from "./keys";
import type { Problem, SiteConfig, SiteSecrets } from "./types";

interface SecretShape {
  fits: (value: string) => boolean;
  /** How it must look, without an example of its own. */
  shape: string;
}

const like = (pattern: RegExp) => (value: string) => pattern.test(value);

const SHAPES: Record<keyof SiteSecrets, SecretShape> = {
  bastionPrivateKey: {
    fits: isOpenPrivateKey,
    shape:
      "a whole OpenSSH private key without a passphrase, PEM text (`ssh-keygen -p -N '' -f COPY` takes the passphrase off a copy)",
  },
  maasApiKey: {
    fits: like(/^[^\s:]+:[^\s:]+:[^\s:]+$/),
    shape: "a MAAS API key, three parts with colons between (`maas apikey --username USER`)",
  },
  caPrivateKeyPem: {
    fits: (value) => privateKey(value) !== undefined,
    shape:
      "the whole private key of the site's CA, unencrypted PEM text (`openssl pkey -in KEY` takes the passphrase off)",
  },
  // The openstack client's command reader takes the excluded ones for its own.
  automationPassword: {
    fits: like(/^(?!.*['"\\`])[\x21-\x7e]{8,}$/),
    shape: "8 printable ASCII characters or more without spaces, quotes and backslashes",
  },
  // PostgreSQL's clients normalise other characters, each in its own way.
  databasePassword: {
    fits: like(/^[\x21-\x7e]{8,}$/),
    shape: "8 printable ASCII characters or more without spaces",
  },
  powerPassword: { fits: like(/^\S+$/), shape: "text without spaces" },
};

export function checkSecrets(secrets: Partial<SiteSecrets>): Problem[] {
  return Object.entries(SHAPES).flatMap(([key, { fits, shape }]) => {
    const value = secrets[key as keyof SiteSecrets];
    return value === undefined || fits(value)
      ? []
      : [{ path: key, message: `has the wrong form (its value is not shown); must be ${shape}.` }];
  });
}

/** Names under which tools, charms and power drivers take a secret. */
const SECRET_NAME =
  /(pass|password|passphrase|secret|token|credential|k_g|(private|ssl|secret|api)[-_]?key)$/i;

/** Sections end as plain text in the state and in previews, so a value that is secret by its name is refused in them. */
export function checkPlainSections(site: Partial<SiteConfig>): Problem[] {
  const groups: [path: string, values: Record<string, unknown>, instead: string][] = [
    ["maas.settings", site.maas?.settings ?? {}, "Set it in MAAS by hand"],
    ["juju.modelConfig", site.juju?.modelConfig ?? {}, "Set it with `juju model-config` by hand"],
    ...Object.entries(site.machines ?? {}).map(
      ([name, { power }]): [string, Record<string, unknown>, string] => [
        `machines.${name}.power.parameters`,
        power.parameters,
        "Every driver's password is the key powerPassword; set another secret in MAAS by hand",
      ],
    ),
    ...Object.entries(site.openstack?.applications ?? {}).map(
      ([name, application]): [string, Record<string, unknown>, string] => [
        `openstack.applications.${name}.options`,
        application?.options ?? {},
        "Set it with `juju config --file` by hand; options that are not named here are left as they are",
      ],
    ),
  ];
  return groups.flatMap(([path, values, instead]) =>
    Object.keys(values)
      .filter((name) => SECRET_NAME.test(name))
      .map((name) => ({
        path: `${path}.${name}`,
        message: `is a secret by its name, and would stand in clear in the state and in previews (its value is not shown). Take it out. ${instead}.`,
      })),
  );
}

/** The site's CA, and the SSH key of the application's servers. `caPrivateKeyPem` is looked at where it is known. */
export function checkTexts(texts: {
  caCertificatePem: string | undefined;
  caPrivateKeyPem: string | undefined;
  appPublicKey: string | undefined;
}): Problem[] {
  const { caCertificatePem, caPrivateKeyPem, appPublicKey } = texts;
  const problems =
    caCertificatePem === undefined ? [] : checkAuthority(caCertificatePem, caPrivateKeyPem);
  if (appPublicKey !== undefined && !/^[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$/.test(appPublicKey)) {
    problems.push({
      path: "appPublicKey",
      message: "is no SSH public key; must be one such as ssh-ed25519 AAAA….",
    });
  }
  return problems;
}

function checkAuthority(pem: string, keyPem: string | undefined): Problem[] {
  const found = certificate(pem);
  if (!found) {
    return [
      {
        path: "caCertificatePem",
        message:
          "is no certificate, or not a whole one; must be the certificate of the site's CA, PEM text. `openssl x509 -in FILE -noout -subject` shows whether a file is one.",
      },
    ];
  }
  const subject = found.subject.replaceAll("\n", ", ");
  if (!found.ca) {
    return [
      {
        path: "caCertificatePem",
        message: `is the certificate of ${subject}, which is no CA: it cannot sign Vault's. Give that of the site's CA (basicConstraints CA:TRUE).`,
      },
    ];
  }
  const key = keyPem === undefined ? undefined : privateKey(keyPem);
  if (!key || found.checkPrivateKey(key)) return [];
  return [
    {
      path: "caPrivateKeyPem",
      message: `is not the key of caCertificatePem, ${subject} (its value is not shown). Give the two that belong together.`,
    },
  ];
}
