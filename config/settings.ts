/** All that a stack is told, from its configuration and its site file, filled in and checked; what Pulumi itself knows stays out. */
import { existsSync, readFileSync } from "node:fs";

import { CHARMS } from "../bundle/charms";
import { buildBundle } from "../bundle/topology";
import type { Bundle, BundleSettings } from "../bundle/types";
import { validateBundle } from "../bundle/validate";
import { machinesTagged } from "./checkMachines";
import { checkSite } from "./checks";
import { DUMMY_FACTS } from "./dummies";
import { PERMISSION_KEYS, readSite, SECRET_KEYS, SECTION_KEYS, unknownKeys } from "./read";
import { checkPlainSections, checkSecrets, checkTexts } from "./secrets";
import { readSiteFile, type SiteFile } from "./siteFile";
import type { Permissions, Problem, SiteConfig, SiteSecrets } from "./types";

/** A stack's configuration in the project's namespace, as Pulumi hands it to a program: objects are JSON text. */
export interface StackValues {
  values: Record<string, string>;
  /** Keys whose value, or a part of it, is encrypted. */
  encrypted: string[];
}

export interface ReadSettings {
  /** Sections that have their shape. */
  site: Partial<SiteConfig>;
  bundle: Bundle | undefined;
  permissions: Permissions;
  secrets: Partial<SiteSecrets>;
  caCertificatePem: string | undefined;
  appPublicKey: string | undefined;
  siteFile: string | undefined;
  light: boolean;
  /** Keys for which a preview shows stand-ins, and without which an `up` is refused. */
  missing: string[];
  /** Faults, and warnings; with a fault the rest must not be used. */
  problems: Problem[];
}

/** Reads everything and names every fault at once; looks at no other file than the site file, relative to the current folder. */
export function readSettings(stack: StackValues): ReadSettings {
  const problems: Problem[] = [];
  const given = readValues(stack, problems);
  const siteFile = given.text("siteFile");
  const file = readFile(siteFile, problems);
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
    ...checkTexts({ caCertificatePem, caPrivateKeyPem: secrets.caPrivateKeyPem, appPublicKey }),
  );
  const bundle = makeBundle(site, problems);
  const light = given.flag("light") === true || file.light === true;
  const missing = [
    ...SECRET_KEYS.filter((key) => secrets[key] === undefined),
    ...(caCertificatePem === undefined ? ["caCertificatePem"] : []),
    ...(site.bastion?.host === DUMMY_FACTS.bastionHost ? ["bastion.host"] : []),
    ...(site.bastion?.hostKey === DUMMY_FACTS.bastionHostKey ? ["bastion.hostKey"] : []),
  ];
  return {
    site,
    bundle,
    permissions,
    secrets,
    caCertificatePem,
    appPublicKey,
    siteFile,
    light,
    missing,
    problems,
  };
}

/** What a person is told of the faults; undefined when there is none. */
export function faultText(problems: Problem[], project: string, stack: string): string | undefined {
  const faults = problems.filter(({ warning }) => warning !== true);
  if (faults.length === 0) return undefined;
  const head = faults.length === 1 ? "One value" : `${faults.length} values`;
  return [
    `${head} in Pulumi.${stack}.yaml must be corrected; nothing has been changed:`,
    ...faults.map(({ path, message }) => `${project}:${path} ${message}`),
  ].join("\n  ");
}

interface Given {
  sections: Partial<Record<keyof SiteConfig, unknown>>;
  secrets: Partial<SiteSecrets>;
  text(key: string): string | undefined;
  flag(key: string): boolean | undefined;
}

function readValues(stack: StackValues, problems: Problem[]): Given {
  // An empty text counts as not given.
  const values = Object.fromEntries(Object.entries(stack.values).filter(([, text]) => text !== ""));
  const { encrypted } = stack;
  problems.push(...unknownKeys(Object.keys(values)));
  const sections: Partial<Record<keyof SiteConfig, unknown>> = {};
  for (const key of SECTION_KEYS.filter((each) => values[each] !== undefined)) {
    if (encrypted.includes(key)) {
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
    if (!encrypted.includes(key)) {
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
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    problems.push({
      path: "siteFile",
      message: `is ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code}). It must be a JSON file that this user can read.`,
    });
    return { secrets: {} };
  }
  const { file, problems: found } = readSiteFile(text);
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
  problems.push(...withoutUnits(bundle, overrides));
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

/** A principal without a unit is deployed and never settles what is related to it. */
function withoutUnits(bundle: Bundle, overrides: BundleSettings["overrides"]): Problem[] {
  return Object.entries(bundle.applications)
    .filter(([name, { charm }]) => overrides[name]?.units === 0 && !CHARMS[charm]?.subordinate)
    .map(([name]) => ({
      path: `openstack.applications.${name}.units`,
      message: `is 0, and what is related to ${name} would wait for it. Give it units, or leave it out: openstack.applications.${name}: null.`,
    }));
}
