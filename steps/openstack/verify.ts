/**
 * `openstack/verify`: looks at the finished cloud as its user does: services, hypervisors, agents, servers and their spread;
 * the application's answers; and, if asked for, what happens when a load balancer dies. It changes nothing that lasts, save
 * for one note in the database.
 */
import { z } from "zod";

import { decode } from "../decode";
import { StepError } from "../errors";
import { OpenStack } from "../keystone/client";
import { bastionSpec, toolName } from "../schema";
import type {
  VerificationCheck,
  VerificationResult,
  VerificationSecrets,
  VerificationSpec,
} from "../specs";
import type { Step, StepContext } from "../step";
import { checkApplication } from "./application";
import {
  checkAgents,
  checkCatalogue,
  checkHypervisors,
  checkServers,
  checkSpread,
  findServers,
} from "./checks";
import { endLeftovers, tryFailover } from "./failover";
import {
  agentsShape,
  catalogueShape,
  computeServicesShape,
  hypervisorsShape,
  serversShape,
} from "./shapes";

const spec: z.ZodType<VerificationSpec> = z.strictObject({
  bastion: bastionSpec,
  bundleDigest: z.string().optional(),
  authUrl: z.url(),
  region: toolName,
  caCertificatePem: z.string().includes("BEGIN CERTIFICATE"),
  automation: z.strictObject({ user: toolName, project: toolName, domain: toolName }),
  services: z.array(toolName),
  hypervisorsAtLeast: z.number().int().min(0),
  project: toolName,
  app: z.strictObject({
    url: z.url({ protocol: /^http$/ }),
    apiServers: z.array(toolName).min(1),
    loadBalancers: z.array(toolName).min(1),
    databaseServer: toolName,
  }),
  realMachines: z.boolean(),
  failover: z.boolean(),
  patience: z.strictObject({
    httpSeconds: z.number().positive(),
    failoverSeconds: z.number().positive(),
  }),
});

const secrets: z.ZodType<VerificationSecrets> = z.object({ automationPassword: z.string().min(1) });

async function converge(
  context: StepContext,
  spec: VerificationSpec,
  secrets: VerificationSecrets,
): Promise<VerificationResult> {
  const { user, domain } = spec.automation;
  const identity = {
    authUrl: spec.authUrl,
    region: spec.region,
    caCertificatePem: spec.caCertificatePem,
    user,
    userDomain: domain,
    project: spec.project,
    projectDomain: domain,
    password: secrets.automationPassword,
  };
  const file = `${context.bastion.folder}/verification/${spec.project}.json`;
  await tellEarlier(context, file);
  const found: Found = { at: new Date(context.clock.now()).toISOString(), checks: [] };
  try {
    const result = await OpenStack.as(context, identity, (client) =>
      verify(context, client, spec, found),
    );
    await context.bastion.writeFile(file, JSON.stringify(result));
    return result;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const text = JSON.stringify({ ok: false, ...found, why: error.message });
    // Where the bastion is what failed, the first error is the one to tell.
    await context.bastion.writeFile(file, text).catch(() => undefined);
    throw error;
  }
}

/** What has been looked at so far; kept on the bastion when the step fails, because the state then learns nothing. */
interface Found {
  at: string;
  checks: VerificationCheck[];
}

const earlierShape = z.object({ ok: z.boolean(), at: z.string(), why: z.string().optional() });

async function tellEarlier(context: StepContext, file: string): Promise<void> {
  const text = await context.bastion.readFile(file);
  if (text === undefined) return;
  const { ok, at, why } = decode(earlierShape, text, `cat ${file}`);
  if (!ok) context.progress(`the verification of ${at} failed: ${why ?? ""}`);
}

async function verify(
  context: StepContext,
  client: OpenStack,
  spec: VerificationSpec,
  found: Found,
): Promise<VerificationResult> {
  const { app } = spec;
  const { at, checks } = found;
  const list = () => client.read(serversShape, "server", "list", "--long");
  await endLeftovers(context, client, await list());
  checks.push(...(await checkCloud(client, spec)));
  const servers = findServers(await list(), app);
  checks.push(
    checkServers(servers),
    checkSpread("API servers", servers, app.apiServers),
    checkSpread("load balancers", servers, app.loadBalancers),
  );
  report(context, checks);
  const result: VerificationResult = {
    at,
    ok: true,
    checks,
    leftOut: leftOut(spec),
    servers,
  };
  if (!spec.realMachines) return result;
  const answers = await checkApplication(context, client, spec);
  checks.push(...answers);
  report(context, answers);
  if (!spec.failover) return result;
  const failover = await tryFailover(context, client, spec);
  const check = {
    name: "failover",
    ok: true,
    detail: `${failover.owner} was killed; ${failover.newOwner} answered ${failover.outageSeconds} s after its last answer`,
  };
  report(context, [check]);
  checks.push(check);
  return { ...result, failover };
}

async function checkCloud(client: OpenStack, spec: VerificationSpec): Promise<VerificationCheck[]> {
  const [catalogue, hypervisors, services, agents] = await Promise.all([
    client.read(catalogueShape, "catalog", "list"),
    client.read(hypervisorsShape, "hypervisor", "list"),
    client.read(computeServicesShape, "compute", "service", "list"),
    client.read(agentsShape, "network", "agent", "list"),
  ]);
  return [
    checkCatalogue(catalogue, spec.services, spec.region),
    checkHypervisors(hypervisors, services, spec.hypervisorsAtLeast),
    checkAgents(services, agents),
  ];
}

/** Tells every outcome; a fault ends the step, because everything after it would only say the same in other words. */
function report(context: StepContext, checks: VerificationCheck[]): void {
  for (const { name, ok, detail } of checks) {
    context.progress(`${ok ? "ok" : "NOT OK"}  ${name}: ${detail}`);
  }
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) return;
  throw new StepError(
    `The verification found: ${failed.map(({ name, detail }) => `${name}: ${detail}`).join("; ")}. ` +
      "Look at what it names with the openstack client on the bastion (all outcomes: private-cloud/verification there), then run again.",
  );
}

function leftOut(spec: VerificationSpec): string[] {
  if (!spec.realMachines) {
    return [
      "The application's answers, alternation, read back and failover: this cloud has no real virtual machines (light).",
    ];
  }
  return spec.failover
    ? []
    : ["Failover: switched off in the configuration (verification.failover)."];
}

export const openstackVerify: Step<VerificationSpec, VerificationSecrets, VerificationResult> = {
  name: "openstack/verify",
  spec,
  secrets,
  lock: ({ project }) => `openstack-verify-${project}`,
  converge,
};
