import { SECRETS_VARIABLE, type BastionSpec } from "../steps/specs";
import { run } from "./command";
import { CHECKOUT } from "./folders";
import { clear } from "./recovery/pending";
import { exportState, STACK, type Exported } from "./stack";
import { UserError } from "./userError";

/** What unsealing needs, as the stack's Vault step was told and as it reported. */
export interface KnownVault {
  spec: {
    bastion: BastionSpec;
    controller: string;
    model: string;
    application: string;
    addresses: string[];
  };
  secrets: { bastionPrivateKey: string; unsealKeys: string[]; rootToken: string };
}

const ADDRESS = /^https?:\/\/\[?([^/\]]+?)\]?:\d+$/;

/** Reads it from an exported state; undefined while the stack has no Vault whose keys it knows. */
export function vaultOf(state: Exported): KnownVault | undefined {
  const resources = state.deployment.resources ?? [];
  const step = resources.find(
    (r) =>
      r.type === "command:local:Command" &&
      String(clear(r.inputs?.["create"])).endsWith(" vault/ready"),
  );
  const reported = clear(step?.outputs?.["stdout"]);
  if (!step || typeof reported !== "string") return undefined;
  const inputs = clear(step.inputs) as { stdin: string; environment: Record<string, string> };
  const told = JSON.parse(inputs.stdin) as KnownVault["spec"];
  const secrets = JSON.parse(inputs.environment[SECRETS_VARIABLE] ?? "{}") as KnownVault["secrets"];
  const result = JSON.parse(reported) as {
    address: string;
    unsealKeys: string[];
    rootToken: string;
  };
  const outputs = clear(resources.find((r) => r.type === "pulumi:pulumi:Stack")?.outputs ?? {}) as {
    applications?: { name: string; units: { address: string }[] }[];
  };
  const units = outputs.applications?.find(({ name }) => name === told.application)?.units ?? [];
  const first = ADDRESS.exec(result.address)?.[1];
  const { bastion, controller, model, application } = told;
  return {
    spec: {
      bastion,
      controller,
      model,
      application,
      addresses: [...new Set([...units.map(({ address }) => address), ...(first ? [first] : [])])],
    },
    secrets: {
      bastionPrivateKey: secrets.bastionPrivateKey,
      unsealKeys: result.unsealKeys,
      rootToken: result.rootToken,
    },
  };
}

/**
 * Unseals the stack's Vault, outside of Pulumi, so that the plan stays empty: Vault seals itself at every start of its unit. One
 * that is not sealed is only looked at.
 *
 * @returns false when the stack has no Vault yet
 */
export async function unseal(say: (line: string) => void, stack = STACK): Promise<boolean> {
  const known = vaultOf(await exportState(stack));
  if (!known) return false;
  const done = await run(["node", "--import", "tsx", "steps/run.ts", "vault/unsealed"], {
    cwd: CHECKOUT,
    stdin: JSON.stringify(known.spec),
    env: { ...process.env, [SECRETS_VARIABLE]: JSON.stringify(known.secrets) },
    show: "stderr",
  });
  if (done.status !== 0)
    throw new UserError(
      `Vault could not be looked at and unsealed (exit status ${done.status}); the reason is above. Mend it, then: npm run unseal -- --stack ${stack}`,
    );
  const { unsealed } = JSON.parse(done.stdout) as { unsealed: string[] };
  say(
    unsealed.length === 0
      ? "Vault is not sealed"
      : `Vault was sealed and has been unsealed: ${unsealed.join(", ")}`,
  );
  return true;
}
