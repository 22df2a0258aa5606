import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { LAB_ADDRESS } from "./folders";
import { outputLines } from "./outputLines";
import type { Progress } from "./progress";
import { clock } from "./progress";
import type { Site } from "./site";
import { outputs } from "./stack";
import { isUnchanged } from "./times";
import { UserError } from "./userError";

/** What the report reads of the stack's outputs (outputs/contract.ts writes them). */
interface Reported {
  verification?: {
    at: string;
    checks: { name: string; detail: string }[];
    leftOut: string[];
    servers: { name: string; hypervisor: string; fixedIp: string }[];
    failover?: { owner: string; newOwner: string; outageSeconds: number; at: string };
  };
}

/** Guests of a lab that was down boot first, on an emulated processor. */
const PATIENCE_SECONDS = 900;

const APPLICATION_URL = `http://${LAB_ADDRESS}:8080/`;

function answers(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sent = get(url, { timeout: 5000 }, (answer) => {
      answer.resume();
      const instance = answer.headers["x-instance"];
      resolve(answer.statusCode === 200 ? String(instance ?? "200 OK") : undefined);
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(undefined));
  });
}

/** Waits for the application at the door. */
async function applicationAnswers(progress: Progress, seconds: number): Promise<string> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const instance = await answers(APPLICATION_URL);
    if (instance !== undefined) return instance;
    if (Date.now() > deadline)
      throw new UserError(
        `${APPLICATION_URL} does not answer within ${seconds} s. Look at the virtual machines with: lab/lab enter openstack server list --all-projects, ` +
          "and at the door with: lab/lab logs door",
      );
    progress.say("waiting for the application to answer");
    await pause(5000);
  }
}

/** The readable end of `npm run up`. */
export async function report(
  site: Site,
  changes: Record<string, number>,
  progress: Progress,
): Promise<void> {
  const { verification, ...others } = (await outputs()) as Reported & Record<string, unknown>;
  const lines: string[] = [""];
  if (site.light)
    lines.push("Light lab: no virtual machine runs, so the application has no URL that answers.");
  else {
    const instance = await applicationAnswers(progress, PATIENCE_SECONDS);
    lines.push(`Application   ${APPLICATION_URL}   (answered by ${instance})`);
  }
  lines.push(
    "",
    "Outputs (all of each: npm run pulumi -- stack output --json --stack dev; --show-secrets: passwords and keys)",
    ...outputLines(others),
  );
  if (verification) {
    lines.push("", "Virtual machines");
    for (const s of verification.servers)
      lines.push(`  ${s.name.padEnd(18)} ${s.fixedIp.padEnd(16)} ${s.hypervisor}`);
    // One that is not good fails the update, and leaves the outputs of the one before.
    lines.push("", `Verification of ${verification.at}: all good`);
    for (const c of verification.checks) lines.push(`  ok   ${c.name}: ${c.detail}`);
    for (const left of verification.leftOut) lines.push(`  left out: ${left}`);
    const f = verification.failover;
    if (f)
      lines.push(
        `  failover: ${f.owner} killed, ${f.newOwner} took over, ${f.outageSeconds} s without an answer (${f.at})`,
      );
  }
  if (isUnchanged(changes))
    lines.push("", `Changes       none: all ${changes["same"] ?? 0} resources are as they were`);
  lines.push("", `Total time    ${clock(progress.seconds()).trim()} (minutes:seconds)`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
