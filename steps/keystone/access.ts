/**
 * `keystone/access`: reads the administrator's access from Juju, makes the automation user whose password configuration
 * knows, and proves that this user gets a token.
 */
import { z } from "zod";

import { lastLines } from "../bastion/command";
import { StepError, TryLaterError } from "../errors";
import { execOnUnit } from "../juju/action";
import { Juju } from "../juju/cli";
import { type Catalogue, catalogueShape } from "../openstack/shapes";
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
const assignmentsShape = z.array(
  z.object({ Role: z.string(), Project: z.string(), Domain: z.string(), Inherited: z.boolean() }),
);
const namedShape = z.object({ name: z.string() });

async function converge(
  context: StepContext,
  spec: KeystoneAccessSpec,
  secrets: KeystoneAccessSecrets,
): Promise<KeystoneAccessResult> {
  const juju = new KeystoneUnit(context, spec);
  const adminPassword = await juju.adminPassword();
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
    const said = await OpenStack.as(context, admin, async (asAdmin) => {
      await requireSameKeystone(context, asAdmin, spec, juju);
      return makeUser(context, asAdmin, spec, secrets.automationPassword);
    });
    await prove(client, spec, said);
  });
  const catalogue = await OpenStack.as(context, automation, (client) =>
    client.read(catalogueShape, "catalog", "list"),
  );
  requirePublicAddress(catalogue, spec);
  return {
    authUrl: spec.authUrl,
    region: spec.region,
    adminUser: ADMIN.user,
    adminProject: ADMIN.project,
    adminDomain: ADMIN.domain,
    adminPassword,
    services: catalogue.map(({ Name, Type }) => ({ name: Name, type: Type })),
  };
}

/** What Juju knows of Keystone. */
class KeystoneUnit {
  private readonly juju: Juju;
  private readonly leader: string;

  constructor(
    private readonly context: StepContext,
    private readonly spec: KeystoneAccessSpec,
  ) {
    this.juju = new Juju(context.bastion);
    this.leader = `${spec.keystoneApplication}/leader`;
  }

  async adminPassword(): Promise<string> {
    const password = await this.ask("leader-get", "admin_passwd");
    if (password === "") {
      throw new TryLaterError(
        `${this.leader} has no administrator's password yet. Run again when keystone is active.`,
      );
    }
    this.context.secret(password);
    return password;
  }

  /** Of the unit itself; a virtual address or a name in front of it is not Juju's. */
  address(): Promise<string> {
    return this.ask("network-get", "--bind-address", "public");
  }

  private ask(...argv: string[]): Promise<string> {
    const model = `${this.spec.controller}:${this.spec.model}`;
    return execOnUnit(this.juju, model, this.leader, argv);
  }
}

/** Units restart services after they have settled, too. */
const KEYSTONE_PATIENCE_MS = 30_000;
const KEYSTONE_PAUSE_MS = 5000;
const NO_ANSWER =
  /Unable to establish connection|Failed to (contact|discover)|SSL exception|Connection (refused|reset|aborted)|Could not find versioned|timed? ?out|HTTP 50[234]/i;

/** Only the Keystone of this model takes its administrator's password. */
async function requireSameKeystone(
  context: StepContext,
  admin: OpenStack,
  { authUrl }: KeystoneAccessSpec,
  unit: KeystoneUnit,
): Promise<void> {
  const token = () => admin.attempt(["token", "issue", "-f", "json"], { repeatable: true });
  const since = context.clock.now();
  let { status, stderr } = await token();
  while (status !== 0 && NO_ANSWER.test(stderr)) {
    if (context.clock.now() - since > KEYSTONE_PATIENCE_MS) break;
    context.progress(`Keystone at ${authUrl} does not answer yet`);
    await context.clock.sleep(KEYSTONE_PAUSE_MS);
    ({ status, stderr } = await token());
  }
  if (status === 0) return;
  const address = await unit.address();
  throw new StepError(
    `access.authUrl: ${authUrl} gives no token to the administrator of this model's Keystone, whose unit is at ${address}: ` +
      `${lastLines(stderr, 1)}. Configure the address by which the bastion reaches it: the unit's, ` +
      "a virtual one (option vip of keystone), or a name that its certificate has (os-public-hostname).",
  );
}

/** What the catalogue says is where every other client goes. */
function requirePublicAddress(catalogue: Catalogue, { authUrl, region }: KeystoneAccessSpec): void {
  const urls = catalogue
    .filter(({ Type }) => Type === "identity")
    .flatMap(({ Endpoints }) => Endpoints)
    .filter((endpoint) => endpoint.interface === "public" && endpoint.region === region)
    .map(({ url }) => url);
  if (urls.some((url) => new URL(url).host === new URL(authUrl).host)) return;
  throw new StepError(
    urls.length === 0
      ? `access.region: Keystone at ${authUrl} has no public endpoint of its own in region ${region}. Configure the region that its catalogue has (option region of keystone).`
      : `access.authUrl: configuration says ${authUrl}, Keystone there says that its public address is ${urls.join(", ")}. ` +
          "Configure that address, or give Keystone the configured one (its options vip or os-public-hostname).",
  );
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

/**
 * Domain, project and user are found or made; a password is always set, as the present one cannot be read. Returns what the
 * client said to the password: its status is that of the reader of commands.
 */
async function makeUser(
  context: StepContext,
  admin: OpenStack,
  spec: KeystoneAccessSpec,
  password: string,
): Promise<string> {
  const { user, project, domain } = spec.automation;
  context.progress(
    `automation user ${user} is made in ${domain}, with role ${ADMIN.role} on ${project}`,
  );
  await admin.ensure(namedShape, "domain", "create", "--or-show", domain);
  await admin.ensure(namedShape, "project", "create", "--or-show", "--domain", domain, project);
  await admin.ensure(namedShape, "user", "create", "--or-show", "--domain", domain, user);
  // The client reads commands from standard input: there, a password is not among anybody's arguments. The whole word is
  // quoted: inside a word its reader would take ; and | for its own.
  const { stderr } = await admin.attempt([], {
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
  return lastLines(stderr, 1);
}

async function prove(client: OpenStack, spec: KeystoneAccessSpec, said: string): Promise<void> {
  const result = await client.attempt(["token", "issue", "-f", "json"], { repeatable: true });
  if (result.status !== 0) {
    throw new StepError(
      `The automation user ${spec.automation.user} was made but gets no token at ${spec.authUrl}: ${lastLines(result.stderr, 1)}. ` +
        (said === "" ? "" : `When its password was set, the client said: ${said}. `) +
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
