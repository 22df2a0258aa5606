/**
 * Kills the load balancer that holds the shared address, measures how long nobody answers, and starts it again. Before the
 * kill the server is marked, so that a later run starts it should this one die.
 */
import { pollPause } from "../clock";
import { StepError } from "../errors";
import type { OpenStack } from "../keystone/client";
import type { VerificationResult, VerificationSpec } from "../specs";
import type { StepContext } from "../step";
import { probe, waitForBalancers } from "./application";
import { outageShape, serverStatusShape, type Outage, type Servers } from "./shapes";

type Failover = NonNullable<VerificationResult["failover"]>;

const MARK = "private-cloud-failover";
/** Until Nova has stopped or started a server. */
const NOVA_SECONDS = 300;

/** Starts the balancers that a killed run left stopped. */
export async function endLeftovers(
  context: StepContext,
  client: OpenStack,
  servers: Servers,
): Promise<void> {
  for (const { Name } of servers.filter(({ Properties }) => Properties[MARK] !== undefined)) {
    context.progress(`${Name} was stopped by a failover that did not end; starting it`);
    await startAgain(context, client, Name);
  }
}

export async function tryFailover(
  context: StepContext,
  client: OpenStack,
  spec: VerificationSpec,
): Promise<Failover> {
  const { url } = spec.app;
  const owner = await waitForBalancers(context, client, spec);
  context.progress(`failover: killing ${owner}, which holds the shared address`);
  await client.change("server", "set", "--property", `${MARK}=stopped`, owner);
  const at = new Date(context.clock.now()).toISOString();
  let outage: Outage;
  try {
    const seconds = spec.patience.failoverSeconds;
    [outage] = await Promise.all([
      probe(context, outageShape, "outage", { url, seconds, owner }),
      client.change("server", "stop", owner),
    ]);
  } finally {
    await startAgain(context, client, owner);
  }
  await waitForBalancers(context, client, spec);
  return judge(outage, owner, at, spec.patience.failoverSeconds);
}

export function judge(outage: Outage, owner: string, at: string, seconds: number): Failover {
  const { outageSeconds, newOwner, asked, failed, answersOfOwner } = outage;
  if (outageSeconds !== undefined) return { owner, newOwner, outageSeconds, at };
  const happened =
    answersOfOwner === 0
      ? `${owner} gave no answer before it was killed`
      : `no other load balancer answered after ${owner} was killed`;
  throw new StepError(
    `Failover: ${happened}, in ${seconds} s with ${asked} requests, ${failed} of them failed. ` +
      "Look at keepalived on both load balancers (openstack console log show NAME), then run again.",
  );
}

/** From whatever state back to running; then the mark goes. */
async function startAgain(context: StepContext, client: OpenStack, name: string): Promise<void> {
  const show = ["server", "show", name, "-c", "status", "-c", "OS-EXT-STS:task_state"];
  const since = context.clock.now();
  for (let asked = false; ; await pollPause(context.clock, since)) {
    const { status, ...rest } = await client.read(serverStatusShape, ...show);
    const task = rest["OS-EXT-STS:task_state"];
    if (status === "ACTIVE" && task === null) break;
    if (status === "SHUTOFF" && task === null && !asked) {
      context.progress(`starting ${name} again`);
      await client.change("server", "start", name);
      asked = true;
    }
    if (context.clock.now() - since > NOVA_SECONDS * 1000) {
      throw new StepError(
        `${name} was stopped for the failover and is ${status} after ${NOVA_SECONDS} s. ` +
          `Start it (openstack server start ${name}), then run again.`,
      );
    }
  }
  await client.change("server", "unset", "--property", MARK, name);
}
