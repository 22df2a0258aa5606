/**
 * `keystone/access`: reads the administrator's access from Juju, makes the automation user whose password configuration
 * knows, and proves that this user gets a token.
 */
import { z } from "zod";

import { lastLines } from "../bastion/bastion";
import { StepError, TryLaterError } from "../errors";
import { execOnUnit } from "../juju/action";
import { Juju } from "../juju/cli";
import { bastionSpec, toolName } from "../schema";
import type { KeystoneAccessResult, KeystoneAccessSecrets, KeystoneAccessSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { type Identity, OpenStack } from "./client";

/** As the keystone charm makes them. */
const ADMIN = { user: "admin", project: "admin", domain: "admin_domain", role: "admin" };

const spec: z.ZodType<KeystoneAccessSpec> = z.strictObject({
  bastion: bastionSpec,
  bundleDigest: z.string().optional(),
  controller: toolName,
  model: toolName,
  keystoneApplication: toolName,
  authUrl: z.url(),
  region: toolName,
  caCertificatePem: z.string().includes("BEGIN CERTIFICATE"),
  automation: z.strictObject({ user: toolName, project: toolName, domain: toolName }),
});

const secrets: z.ZodType<KeystoneAccessSecrets> = z.object({
  // It is given to the client's own command reader, which takes quotes, backslashes and blanks for its own.
  automationPassword: z
    .string()
    .min(8)
    .regex(/^[!-~]+$/, "may hold visible ASCII characters only")
    .regex(/^[^'"\\`]+$/, "must not hold quotes or backslashes"),
});

const tokenShape = z.object({ id: z.string() });
const servicesShape = z.array(z.object({ Name: z.string(), Type: z.string() }));
const assignmentsShape = z.array(
  z.object({ Role: z.string(), Project: z.string(), Domain: z.string(), Inherited: z.boolean() }),
);
const namedShape = z.object({ name: z.string() });

async function converge(
  context: StepContext,
  spec: KeystoneAccessSpec,
  secrets: KeystoneAccessSecrets,
): Promise<KeystoneAccessResult> {
  const adminPassword = await readAccess(context, spec);
  const place = {
    authUrl: spec.authUrl,
    region: spec.region,
    caCertificatePem: spec.caCertificatePem,
  };
  const { user, project, domain } = spec.automation;
  const automation: Identity = {
    ...place,
    ...{
      user,
      userDomain: domain,
      project,
      projectDomain: domain,
      password: secrets.automationPassword,
    },
  };
  const admin: Identity = {
    ...place,
    ...{
      user: ADMIN.user,
      userDomain: ADMIN.domain,
      project: ADMIN.project,
      projectDomain: ADMIN.domain,
    },
    password: adminPassword,
  };
  await OpenStack.as(context, automation, async (client) => {
    if (await complete(client, spec)) return;
    await OpenStack.as(context, admin, (asAdmin) =>
      makeUser(context, asAdmin, spec, secrets.automationPassword),
    );
    await prove(client, spec);
  });
  const services = await OpenStack.as(context, automation, (client) =>
    client.read(servicesShape, "service", "list"),
  );
  return {
    authUrl: spec.authUrl,
    region: spec.region,
    adminUser: ADMIN.user,
    adminProject: ADMIN.project,
    adminDomain: ADMIN.domain,
    adminPassword,
    services: services.map(({ Name, Type }) => ({ name: Name, type: Type })),
  };
}

/** The administrator's password, once Juju's address of Keystone is the configured one. */
async function readAccess(context: StepContext, spec: KeystoneAccessSpec): Promise<string> {
  const juju = new Juju(context.bastion);
  const model = `${spec.controller}:${spec.model}`;
  const leader = `${spec.keystoneApplication}/leader`;
  const address = await execOnUnit(juju, model, leader, [
    "network-get",
    "--bind-address",
    "public",
  ]);
  const configured = new URL(spec.authUrl).hostname.replace(/^\[|\]$/g, "");
  if (address !== configured) {
    throw new StepError(
      `spec.authUrl: configuration says ${configured}, Juju says that Keystone is at ${address}. ` +
        "Configure the address that Juju reports, or give Keystone the configured one (vip).",
    );
  }
  const password = await execOnUnit(juju, model, leader, ["leader-get", "admin_passwd"]);
  if (password === "") {
    throw new TryLaterError(
      `${leader} has no administrator's password yet. Run again when keystone is active.`,
    );
  }
  context.secret(password);
  return password;
}

/** Whether the automation user gets a token and has its roles. */
async function complete(client: OpenStack, spec: KeystoneAccessSpec): Promise<boolean> {
  const token = await client.attempt(["token", "issue", "-f", "json"], { repeatable: true });
  if (token.status !== 0) return false;
  const { user, project, domain } = spec.automation;
  const words = ["role", "assignment", "list", "--names", "--user", user, "--user-domain", domain];
  const assignments = await client.read(assignmentsShape, ...words);
  const admin = assignments.filter(({ Role }) => Role.split("@")[0] === ADMIN.role);
  return (
    admin.some(({ Project, Inherited }) => !Inherited && Project === `${project}@${domain}`) &&
    admin.some(({ Domain, Inherited }) => !Inherited && Domain === domain) &&
    admin.some(({ Domain, Inherited }) => Inherited && Domain === domain)
  );
}

/** Domain, project and user are found or made; a password is always set, as the present one cannot be read. */
async function makeUser(
  context: StepContext,
  admin: OpenStack,
  spec: KeystoneAccessSpec,
  password: string,
): Promise<void> {
  const { user, project, domain } = spec.automation;
  context.progress(
    `automation user ${user} is made in ${domain}, with role ${ADMIN.role} on ${project}`,
  );
  await admin.read(namedShape, "domain", "create", "--or-show", domain);
  await admin.read(namedShape, "project", "create", "--or-show", "--domain", domain, project);
  await admin.read(namedShape, "user", "create", "--or-show", "--domain", domain, user);
  // The client reads commands from standard input: there, a password is not among anybody's arguments. The whole word is
  // quoted: inside a word its reader would take ; and | for its own.
  await admin.attempt([], {
    stdin: `user set --domain ${domain} '--password=${password}' ${user}\n`,
  });
  const who = ["--user", user, "--user-domain", domain];
  await admin.change(
    "role",
    "add",
    ...who,
    "--project",
    project,
    "--project-domain",
    domain,
    ADMIN.role,
  );
  await admin.change("role", "add", ...who, "--domain", domain, ADMIN.role);
  await admin.change("role", "add", ...who, "--domain", domain, "--inherited", ADMIN.role);
}

async function prove(client: OpenStack, spec: KeystoneAccessSpec): Promise<void> {
  const result = await client.attempt(["token", "issue", "-f", "json"], { repeatable: true });
  if (result.status !== 0) {
    throw new StepError(
      `The automation user ${spec.automation.user} was made but gets no token at ${spec.authUrl}: ${lastLines(result.stderr, 1)}. ` +
        "If the password was refused, look at Keystone's password rules; then run again.",
    );
  }
  tokenShape.parse(JSON.parse(result.stdout));
}

export const keystoneAccess: Step<KeystoneAccessSpec, KeystoneAccessSecrets, KeystoneAccessResult> =
  {
    name: "keystone/access",
    spec,
    secrets,
    lock: ({ controller, model }) => `keystone-${controller}-${model}`,
    converge,
  };
