import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Rack } from "../core/rack";
import { assess } from "../juju/engine/hooks";
import type { Application, Model, Unit } from "../juju/state";
import { clusterOf, setFlag, tokenOf, type Cluster } from "./state";
import { newKey } from "./ecdsa";
import { requestFor, selfSignedCa } from "./x509";

/** The actions of charm vault that talk to Vault (openstack/charm-vault: src/actions/actions.py). */

type Answer = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  parameters: Record<string, unknown>,
) => { results?: Record<string, unknown>; fail?: string };

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const notReady = (cluster: Cluster, unit: Unit): string | undefined => {
  if (!cluster.initialized) return "Vault is not initialized";
  if (!unit.flags.includes("unsealed")) return "Vault is sealed";
  if (!cluster.authorized) return "Vault is not authorized";
  return undefined;
};

const everyUnit = (rack: Rack, model: Model, application: Application): void => {
  for (const unit of application.units) if (unit.started) assess(rack, model, application, unit);
};

const authorize: Answer = (rack, model, application, unit, { token }) => {
  const cluster = clusterOf(rack, model, application);
  if (!cluster.initialized || !unit.flags.includes("unsealed")) {
    return { fail: "Vault is sealed, or not initialized" };
  }
  if (tokenOf(cluster, textOf(token), rack.now) === undefined) {
    return { fail: "permission denied, on post http://127.0.0.1:8220/v1/sys/auth/approle" };
  }
  cluster.authorized = true;
  setFlag(application, "authorized", true);
  everyUnit(rack, model, application);
  return {};
};

/** Everybody who got a certificate asks for a new one. */
const reissue = (rack: Rack, model: Model, application: Application): void => {
  for (const unit of application.units) {
    unit.published = unit.published.filter((each) => each !== "certificates");
  }
  everyUnit(rack, model, application);
};

const useCa = (
  rack: Rack,
  model: Model,
  application: Application,
  ca: { pem: string; root: string; key: string },
): void => {
  const cluster = clusterOf(rack, model, application);
  Object.assign(cluster, {
    caPem: ca.pem,
    caKeyPem: ca.key,
    rootCaPem: ca.root,
    pendingKeyPem: null,
    pendingCsrPem: null,
  });
  setFlag(application, "ca", true);
  reissue(rack, model, application);
};

const getCsr: Answer = (rack, model, application, unit, parameters) => {
  const cluster = clusterOf(rack, model, application);
  const trouble = notReady(cluster, unit);
  if (trouble !== undefined) return { fail: trouble };
  if (cluster.caPem !== null && parameters.force !== true) {
    return { fail: "A CA already exists; use force=true to replace it" };
  }
  const key = newKey(rack.rng(`ca:${model.uuid}:${application.name}:${rack.now}`));
  const subject = {
    C: textOf(parameters.country),
    ST: textOf(parameters.province),
    L: textOf(parameters.locality),
    O: textOf(parameters.organization),
    OU: textOf(parameters["organizational-unit"]),
    CN:
      textOf(parameters["common-name"]) ||
      "Vault Intermediate Certificate Authority (charm-pki-local)",
  };
  const csr = requestFor(key, subject);
  Object.assign(cluster, {
    pendingKeyPem: key,
    pendingCsrPem: csr,
    caPem: null,
    caKeyPem: null,
    rootCaPem: null,
  });
  setFlag(application, "ca", false);
  return { results: { output: csr } };
};

const decode = (value: unknown): X509Certificate | undefined => {
  try {
    return new X509Certificate(Buffer.from(textOf(value), "base64"));
  } catch {
    return undefined;
  }
};

const uploadSigned: Answer = (rack, model, application, unit, parameters) => {
  const cluster = clusterOf(rack, model, application);
  const trouble = notReady(cluster, unit);
  if (trouble !== undefined) return { fail: trouble };
  const key = cluster.pendingKeyPem;
  if (key === null) return { fail: "No certificate signing request is pending" };
  const signed = decode(parameters.pem);
  const root = decode(parameters["root-ca"]);
  if (signed === undefined || root === undefined) {
    return { fail: "error fetching CA from pem: the data is not a PEM certificate" };
  }
  if (!signed.checkPrivateKey(createPrivateKey(key))) {
    return {
      fail: "verification of parsed bundle failed: public key of certificate does not match",
    };
  }
  if (!signed.ca) return { fail: "the given certificate is not marked for CA use" };
  if (!signed.verify(root.publicKey)) {
    return { fail: "the certificate is not signed by root-ca" };
  }
  useCa(rack, model, application, { pem: signed.toString(), root: root.toString().trim(), key });
  return {};
};

const generateRoot: Answer = (rack, model, application, unit, { ttl }) => {
  const cluster = clusterOf(rack, model, application);
  const trouble = notReady(cluster, unit);
  if (trouble !== undefined) return { fail: trouble };
  const key = newKey(rack.rng(`ca:${model.uuid}:${application.name}:${rack.now}`));
  const hours = Number.parseInt(textOf(ttl) || "87599h", 10);
  const pem = selfSignedCa(
    key,
    { CN: "Vault Root Certificate Authority (charm-pki-local)" },
    rack.now,
    hours / 24,
  );
  useCa(rack, model, application, { pem, root: pem, key });
  return { results: { output: pem } };
};

export const vaultAnswers: Record<string, Answer> = {
  "vault-authorize": authorize,
  "vault-get-csr": getCsr,
  "vault-upload-signed-csr": uploadSigned,
  "vault-generate-root-ca": generateRoot,
  "vault-get-root-ca": (rack, model, application) => {
    const { rootCaPem } = clusterOf(rack, model, application);
    return rootCaPem === null
      ? { fail: "Vault is not ready, or has no CA" }
      : { results: { output: rootCaPem } };
  },
  "vault-disable-pki": (rack, model, application) => {
    Object.assign(clusterOf(rack, model, application), {
      caPem: null,
      caKeyPem: null,
      rootCaPem: null,
    });
    setFlag(application, "ca", false);
    everyUnit(rack, model, application);
    return {};
  },
  "vault-reissue": (rack, model, application) => {
    reissue(rack, model, application);
    return {};
  },
  "vault-seal": (rack, model, application, unit) => {
    setFlag(unit, "unsealed", false);
    delete clusterOf(rack, model, application).progress[unit.name];
    return {};
  },
};
