/** The application as it looks from the bastion: probe.py asks it, here is what to ask. */
import { readFileSync } from "node:fs";
import * as path from "node:path";

import type { z } from "zod";

import { lastLines } from "../bastion/command";
import { decode } from "../decode";
import { StepError } from "../errors";
import type { OpenStack } from "../keystone/client";
import type { VerificationCheck, VerificationSpec } from "../specs";
import type { StepContext } from "../step";
import { checkAlternation, checkReadBack } from "./checks";
import { answersShape, balancersShape, readBackShape } from "./shapes";

/** Requests from which the alternation is judged. */
const REQUESTS = 12;

/** Runs one command of probe.py on the bastion; `seconds` is when it gives up. */
export async function probe<T>(
  { bastion }: StepContext,
  schema: z.ZodType<T>,
  command: string,
  wanted: { url: string; seconds: number } & Record<string, unknown>,
): Promise<T> {
  const { stdout } = await bastion.run(["python3", "-", command, JSON.stringify(wanted)], {
    stdin: readFileSync(path.join(__dirname, "probe.py"), "utf8"),
    timeoutSeconds: wanted.seconds + 120,
  });
  return decode(schema, stdout, `probe.py ${command}`);
}

/** Waits until all instances answer, then looks at alternation and at a write that is read back. */
export async function checkApplication(
  context: StepContext,
  client: OpenStack,
  spec: VerificationSpec,
): Promise<VerificationCheck[]> {
  const { url, apiServers } = spec.app;
  const seconds = spec.patience.httpSeconds;
  context.progress(`waiting for ${url} to be answered by ${apiServers.join(" and ")}`);
  const answers = await probe(context, answersShape, "answers", {
    url,
    instances: apiServers,
    seconds,
    requests: REQUESTS,
  });
  if (answers.missing.length > 0) {
    const consoles = await Promise.all(answers.missing.map((name) => consoleEnd(client, name)));
    throw new StepError(
      `${url} was not answered by ${answers.missing.join(" and ")} within ${seconds} s; last: ${answers.last}. ` +
        `${consoles.join(" ")} Look at the servers' consoles (openstack console log show NAME), then run again.`,
    );
  }
  context.progress(`${url} answers (waited ${answers.seconds} s)`);
  const text = `Written by the verification at ${new Date(context.clock.now()).toISOString()}`;
  const readBack = await probe(context, readBackShape, "readBack", { url, seconds: 30, text });
  return [checkAlternation(answers.order, apiServers), checkReadBack(readBack)];
}

/** Waits until each balancer answers under its own name, and says which one holds the shared address. */
export async function waitForBalancers(
  context: StepContext,
  client: OpenStack,
  spec: VerificationSpec,
): Promise<string> {
  const { url, loadBalancers } = spec.app;
  const seconds = spec.patience.httpSeconds;
  const { owner, missing } = await probe(context, balancersShape, "balancers", {
    url,
    seconds,
    balancers: loadBalancers,
  });
  if (missing.length === 0 && loadBalancers.includes(owner)) return owner;
  const consoles = await Promise.all(missing.map((name) => consoleEnd(client, name)));
  throw new StepError(
    `${missing.join(" and ") || "A load balancer with an unknown name"} did not answer within ${seconds} s. ${consoles.join(" ")} ` +
      "Look at the servers' consoles (openstack console log show NAME), then run again.",
  );
}

/** The last words on a server's console: what it waits for, or why it gave up. */
async function consoleEnd(client: OpenStack, name: string): Promise<string> {
  const words = ["console", "log", "show", "--lines", "20", name];
  const { status, stdout } = await client.attempt(words, { repeatable: true });
  return status === 0 ? `The console of ${name} ends with: ${lastLines(stdout, 2)}.` : "";
}
