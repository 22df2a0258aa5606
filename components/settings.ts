/** Reads the stack's configuration, fills it in and refuses what is wrong, all of it at once, before anything is registered. */
import { existsSync, readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";

import { buildBundle } from "../bundle/topology";
import type { Bundle, BundleSettings } from "../bundle/types";
import { validateBundle } from "../bundle/validate";
import { machinesTagged } from "../config/checkMachines";
import { checkSite } from "../config/checks";
import { DUMMY_CA, DUMMY_FACTS, DUMMY_SECRETS } from "../config/dummies";
import { pendingCreates, RUN_VARIABLE } from "../config/interrupted";
import { PERMISSION_KEYS, readSite, SECRET_KEYS, SECTION_KEYS, unknownKeys } from "../config/read";
import { checkPlainSections, checkSecrets, checkTexts } from "../config/secrets";
import { readSiteFile, type SiteFile } from "../config/siteFile";
import type { Permissions, Problem, SiteConfig, SiteSecrets } from "../config/types";
import { standInPlugins } from "./plugins";

/** Everything that the program is told, complete and checked. */
export interface Settings extends SiteConfig {
  bundle: Bundle;
  /** Certificate of the CA that signs the cloud's, PEM text. */
  caCertificatePem: string;
  /** SSH key that the application's servers accept. */
  appPublicKey: string | undefined;
  /** A cloud without real virtual machines. */
  light: boolean;
  permissions: Permissions;
  secrets: Record<keyof SiteSecrets, pulumi.Output<string>>;
}

/** @throws pulumi.RunError that names every fault */
export function loadSettings(): Settings {
  const problems: Problem[] = [];
  const given = readConfiguration(problems);
  const file = readFile(given.text("siteFile"), problems);
  const permissions = Object.fromEntries(
    PERMISSION_KEYS.map((key) => [key, given.flag(key) ?? false]),
  ) as Record<keyof Permissions, boolean>;
  const facts = {
    bastionHost: file.bastionHost ?? DUMMY_FACTS.bastionHost,
    bastionHostKey: file.bastionHostKey ?? DUMMY_FACTS.bastionHostKey,
  };
  const { site, problems: shapes } = readSite(given.text("preset") ?? "kit", facts, given.sections);
  const secrets = { ...file.secrets, ...given.secrets };
  const caCertificatePem = given.text("caCertificatePem") ?? file.caCertificatePem;
  const appPublicKey = given.text("appPublicKey") ?? file.appPublicKey;
  problems.push(
    ...shapes,
    ...checkSite(site),
    ...checkPlainSections(site),
    ...checkSecrets(secrets),
    ...checkTexts({
      ...(caCertificatePem === undefined ? {} : { caCertificatePem }),
      ...(appPublicKey === undefined ? {} : { appPublicKey }),
    }),
  );
  const bundle = makeBundle(site, problems);
  refuseIfWrong(problems);
  refuseIfInterrupted();
  const missing = [
    ...SECRET_KEYS.filter((key) => secrets[key] === undefined),
    ...(caCertificatePem === undefined ? ["caCertificatePem"] : []),
    ...(site.bastion?.host === DUMMY_FACTS.bastionHost ? ["bastion.host"] : []),
    ...(site.bastion?.hostKey === DUMMY_FACTS.bastionHostKey ? ["bastion.hostKey"] : []),
  ];
  refuseIfUnfit(permissions, missing, given.text("siteFile"));
  return {
    ...(site as SiteConfig),
    bundle: bundle as Bundle,
    caCertificatePem: caCertificatePem ?? DUMMY_CA,
    appPublicKey,
    light: given.flag("light") === true || file.light === true,
    permissions,
    secrets: Object.fromEntries(
      SECRET_KEYS.map((key) => [key, pulumi.secret(secrets[key] ?? DUMMY_SECRETS[key])]),
    ) as Record<keyof SiteSecrets, pulumi.Output<string>>,
  };
}

interface Given {
  sections: Partial<Record<keyof SiteConfig, unknown>>;
  secrets: Partial<SiteSecrets>;
  text(key: string): string | undefined;
  flag(key: string): boolean | undefined;
}

/** The stack's values in this project's namespace; an empty text counts as not given. */
function readConfiguration(problems: Problem[]): Given {
  const prefix = `${pulumi.getProject()}:`;
  const values = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig() as Record<string, string>)
      .filter(([key, value]) => key.startsWith(prefix) && value !== "")
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
  problems.push(...unknownKeys(Object.keys(values)));
  const sections: Partial<Record<keyof SiteConfig, unknown>> = {};
  const encrypted = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  for (const key of SECTION_KEYS.filter((each) => values[each] !== undefined)) {
    if (encrypted.includes(`${prefix}${key}`)) {
      problems.push({
        path: key,
        message: `has a part that was set with --secret, which would stand in clear in the state and in previews. Take that part out; secrets have keys of their own: ${SECRET_KEYS.join(", ")}.`,
      });
      continue;
    }
    try {
      sections[key] = JSON.parse(values[key] ?? "");
    } catch {
      sections[key] = values[key];
    }
  }
  const secrets: Partial<SiteSecrets> = {};
  for (const key of SECRET_KEYS) {
    const value = values[key];
    if (value === undefined) continue;
    secrets[key] = value;
    if (!encrypted.includes(`${prefix}${key}`)) {
      problems.push({
        path: key,
        message: `is a secret and stands in clear in the stack's file. Choose a new one and set it with: pulumi config set --secret ${key}`,
      });
    }
  }
  return {
    sections,
    secrets,
    text: (key) => values[key],
    flag: (key) => {
      const value = values[key];
      if (value !== undefined && value !== "true" && value !== "false") {
        problems.push({ path: key, message: `is ${value}; must be true or false` });
      }
      return value === undefined ? undefined : value === "true";
    },
  };
}

function readFile(path: string | undefined, problems: Problem[]): SiteFile {
  if (path === undefined || !existsSync(path)) return { secrets: {} };
  const { file, problems: found } = readSiteFile(readFileSync(path, "utf8"));
  problems.push(...found);
  return file;
}

function makeBundle(site: Partial<SiteConfig>, problems: Problem[]): Bundle | undefined {
  const { openstack, machines, juju, external } = site;
  if (!openstack || !machines || !juju || !external) return undefined;
  const hosts = machinesTagged(machines, openstack.hostTag);
  if (hosts.length === 0) return undefined;
  const { applications: overrides, ...rest } = openstack;
  const settings: BundleSettings = { ...rest, overrides, base: juju.base, hosts: hosts.length };
  const bundle = buildBundle(settings);
  const strangers = Object.keys(overrides).filter(
    (name) => overrides[name] !== null && !bundle.applications[name],
  );
  problems.push(
    ...strangers.map((name) => ({
      path: `openstack.applications.${name}`,
      message: `is not an application of the bundle. There are: ${Object.keys(bundle.applications).join(", ")}.`,
    })),
  );
  const ofHosts = <T>(value: (name: string) => T): Record<string, T> =>
    Object.fromEntries(hosts.map((name) => [name, value(name)]));
  problems.push(
    ...validateBundle(settings, bundle, {
      externalPhysnet: external.physnet,
      bootDisks: ofHosts((name) => machines[name]?.bootDisk ?? ""),
      interfaces: ofHosts((name) =>
        (machines[name]?.bridges ?? []).flatMap(({ name: bridge, parent }) => [parent, bridge]),
      ),
    }),
  );
  return bundle;
}

function refuseIfWrong(problems: Problem[]): void {
  const prefix = `${pulumi.getProject()}:`;
  const lines = (wanted: boolean): string[] =>
    problems
      .filter(({ warning }) => (warning === true) === wanted)
      .map(({ path, message }) => `${prefix}${path} ${message}`);
  for (const line of lines(true)) void pulumi.log.warn(line);
  const faults = lines(false);
  if (faults.length === 0) return;
  const head = faults.length === 1 ? "One value" : `${faults.length} values`;
  throw new pulumi.RunError(
    [
      `${head} in Pulumi.${pulumi.getStack()}.yaml must be corrected; nothing has been changed:`,
      ...faults,
    ].join("\n  "),
  );
}

/** The engine would create again what a killed run left undecided, although it may be there. */
function refuseIfInterrupted(): void {
  if (pulumi.runtime.isDryRun() || process.env[RUN_VARIABLE] !== undefined) return;
  const pending = pendingCreates(
    process.env["PULUMI_BACKEND_URL"],
    pulumi.getProject(),
    pulumi.getStack(),
  );
  if (pending.length === 0) return;
  throw new pulumi.RunError(
    `An earlier run was killed while it made ${pending.join(", ")}; whether they exist is not known, and they would be made again. ` +
      "Run `npm run up`, which looks for them first (for another stack: look for them, then `pulumi refresh --clear-pending-creates`).",
  );
}

/** Stand-ins, of plugins or of secrets, are for those who know that they have them. */
function refuseIfUnfit(
  permissions: Permissions,
  missing: string[],
  siteFile: string | undefined,
): void {
  const plugins = permissions.allowStandInPlugins ? [] : standInPlugins();
  if (plugins.length > 0) {
    throw new pulumi.RunError(
      `The plugins ${plugins.join(", ")} in use are stand-ins for labs and tests, and this stack is none: ` +
        "install the official ones (pulumi plugin install resource NAME VERSION), or set allowStandInPlugins: true if this is a lab.",
    );
  }
  if (missing.length === 0) return;
  const where =
    siteFile === undefined
      ? ""
      : `, and the site file ${siteFile} does not give ${missing.length === 1 ? "it" : "them"}`;
  if (pulumi.runtime.isDryRun()) {
    void pulumi.log.info(`Stand-ins are shown for ${missing.join(", ")}${where}.`);
    return;
  }
  throw new pulumi.RunError(
    `Stack ${pulumi.getStack()} has no value for ${missing.join(", ")}${where}. ` +
      `For the lab run \`npm run up\`, which makes them. For a site set each: pulumi config set --secret KEY (caCertificatePem and bastion without --secret).`,
  );
}
