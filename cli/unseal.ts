import { join } from "node:path";
import { run } from "./command";
import { CHECKOUT } from "./folders";
import { clear } from "./recovery/pending";
import { exportState } from "./stack";
import { UserError } from "./userError";

/**
 * Runs the recorded Vault step of stack dev again, outside Pulumi, so that a Vault that sealed itself (it does at every start of
 * its unit) is unsealed and the plan stays empty. The step reads first and ends at once when there is nothing to do.
 */
export async function unseal(say: (line: string) => void): Promise<void> {
  const state = await exportState();
  const step = (state.deployment.resources ?? []).find(
    (r) =>
      r.type === "command:local:Command" &&
      String(clear(r.inputs?.["create"])).endsWith(" vault/ready"),
  );
  if (!step) return;
  const inputs = clear(step.inputs) as {
    create: string;
    stdin: string;
    environment: Record<string, string>;
  };
  const done = await run(["sh", "-c", `exec ${inputs.create}`], {
    cwd: CHECKOUT,
    stdin: inputs.stdin,
    env: { ...process.env, ...inputs.environment },
    show: "stderr",
  });
  if (done.status !== 0)
    throw new UserError(
      `Vault could not be looked at and unsealed (exit status ${done.status}); the reason is above`,
    );
  say(`Vault is unsealed (looked at with the step recorded at ${join("stack", "dev")})`);
}
