/** Reads the stack's configuration, fills it in and refuses what is wrong, all of it at once, before anything is registered. */
import { existsSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";

import type { Bundle } from "../bundle/types";
import { DUMMY_CA, DUMMY_SECRETS } from "../config/dummies";
import { pendingCreates, RUN_VARIABLE } from "../config/interrupted";
import { SECRET_KEYS } from "../config/read";
import { faultText, readSettings, type StackValues } from "../config/settings";
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
  const read = readSettings(stackValues());
  refuseIfWrong(read.problems);
  refuseIfInterrupted();
  refuseIfUnfit(read.permissions, read.missing, read.siteFile);
  refuseWithoutImage(read.site.image);
  return {
    ...(read.site as SiteConfig),
    bundle: read.bundle as Bundle,
    caCertificatePem: read.caCertificatePem ?? DUMMY_CA,
    appPublicKey: read.appPublicKey,
    light: read.light,
    permissions: read.permissions,
    secrets: Object.fromEntries(
      SECRET_KEYS.map((key) => [key, pulumi.secret(read.secrets[key] ?? DUMMY_SECRETS[key])]),
    ) as Record<keyof SiteSecrets, pulumi.Output<string>>,
  };
}

/** The stack's values in this project's namespace. */
function stackValues(): StackValues {
  const prefix = `${pulumi.getProject()}:`;
  const ours = (key: string): boolean => key.startsWith(prefix);
  const encrypted = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  return {
    values: Object.fromEntries(
      Object.entries(pulumi.runtime.allConfig() as Record<string, string>)
        .filter(([key]) => ours(key))
        .map(([key, value]) => [key.slice(prefix.length), value]),
    ),
    encrypted: encrypted.filter(ours).map((key) => key.slice(prefix.length)),
  };
}

function refuseIfWrong(problems: Problem[]): void {
  const project = pulumi.getProject();
  for (const { path, message } of problems.filter(({ warning }) => warning === true))
    void pulumi.log.warn(`${project}:${path} ${message}`);
  const faults = faultText(problems, project, pulumi.getStack());
  if (faults !== undefined) throw new pulumi.RunError(faults);
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
      : existsSync(siteFile)
        ? `, and the site file ${siteFile} does not give ${missing.length === 1 ? "it" : "them"}`
        : `, and there is no site file ${siteFile}`;
  if (pulumi.runtime.isDryRun()) {
    void pulumi.log.info(`Stand-ins are shown for ${missing.join(", ")}${where}.`);
    return;
  }
  throw new pulumi.RunError(
    `Stack ${pulumi.getStack()} has no value for ${missing.join(", ")}${where}. ` +
      "For the lab run `npm run up`, which makes them. For a site: secrets with `pulumi config set --secret KEY` (a key: `< FILE`), " +
      "caCertificatePem with `pulumi config set caCertificatePem < FILE`, and the bastion's with " +
      `\`pulumi config set --path ${pulumi.getProject()}:bastion.host VALUE\` and the same for bastion.hostKey.`,
  );
}

/** The image is read when there is a cloud to upload it to, which is hours later on a real site. */
function refuseWithoutImage(image: SiteConfig["image"] | undefined): void {
  if (image === undefined || pulumi.runtime.isDryRun() || existsSync(image.file)) return;
  throw new pulumi.RunError(
    `${pulumi.getProject()}:image.file is ${image.file}, and there is no such file (from ${process.cwd()}). ` +
      `Put a qcow2 image there or correct the path. Where ${image.name} has been uploaded already, any file will do: only its path is compared.`,
  );
}
