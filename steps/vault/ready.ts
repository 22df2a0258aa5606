/**
 * `vault/ready`: initialises Vault once, unseals every unit, authorises its charm, and has its CA signed by the site's own.
 * Does whatever of that is missing: after a power cut it only unseals.
 */
import { X509Certificate } from "node:crypto";
import { z } from "zod";

import { VAULT_BEFORE_READY, VAULT_GATES } from "../../bundle/statuses";
import { StepError } from "../errors";
import { runAction, text } from "../juju/action";
import { Juju } from "../juju/cli";
import { unitsOf } from "../juju/settle";
import type { Status } from "../juju/shapes";
import { readStatus, waitSettled } from "../juju/wait";
import { bastionSpec, patience, toolName } from "../schema";
import type { AllowedStatus, VaultResult, VaultSecrets, VaultSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { Vault, type VaultKeys } from "./cli";
import { KeyFile, reportedKeys } from "./keys";
import { issuedBy, signIntermediate } from "./sign";
import { refreshMessage, unseal } from "./unsealed";

const spec: z.ZodType<VaultSpec> = z.strictObject({
  bastion: bastionSpec,
  bundleDigest: z.string().optional(),
  controller: toolName,
  model: toolName,
  application: toolName,
  keyShares: z.number().int().min(1),
  keyThreshold: z.number().int().min(1),
  tokenTtl: z.string().regex(/^\d+[smh]$/),
  ca: z.strictObject({
    certificatePem: z.string().includes("BEGIN CERTIFICATE"),
    commonName: z.string().min(1),
    days: z.number().int().positive(),
  }),
  patience,
});

const secrets: z.ZodType<VaultSecrets> = z.object({
  caPrivateKeyPem: z
    .string()
    .includes("PRIVATE KEY", { message: "must be a private key, PEM text" }),
});

const GATES = {
  init: new RegExp(VAULT_GATES.init),
  sealed: new RegExp(VAULT_GATES.sealed),
  authorize: new RegExp(VAULT_GATES.authorize),
  certificate: new RegExp(VAULT_GATES.certificate),
};

/** An action is given twice at most: a message that stays after that needs a person. */
const TRIES = 2;

/** What the parts of the step work on. */
interface Work {
  context: StepContext;
  juju: Juju;
  model: string;
  spec: VaultSpec;
  secrets: VaultSecrets;
}

async function converge(
  context: StepContext,
  spec: VaultSpec,
  secrets: VaultSecrets,
): Promise<VaultResult> {
  const juju = new Juju(context.bastion);
  const work: Work = { context, juju, model: `${spec.controller}:${spec.model}`, spec, secrets };
  const vaults = await vaultsOf(work);
  const file = new KeyFile(context, work.model, spec.application);
  await initOnce(work, vaults, file);
  const keys = await file.read();
  for (const vault of vaults)
    await unseal(context, vault, keys.unseal_keys_b64, "the keys on the bastion");
  await refreshMessages(work);
  await passGates(work, vaults[0], keys);
  const certificate = await intermediate(work);
  const known = reportedKeys(context.earlier);
  if (known) await file.removeIfStateHas(known);
  return {
    address: vaults[0].url,
    initialized: true,
    sealed: false,
    threshold: keys.unseal_threshold ?? spec.keyThreshold,
    unsealKeys: keys.unseal_keys_b64,
    rootToken: keys.root_token,
    intermediatePem: certificate,
    expires: new Date(new X509Certificate(certificate).validTo).toISOString(),
  };
}

/** Waits until every unit runs Vault, sealed or not. */
async function vaultsOf(work: Work): Promise<[Vault, ...Vault[]]> {
  const { application, patience } = work.spec;
  const allowed: AllowedStatus[] = VAULT_BEFORE_READY.map((status) => ({ application, ...status }));
  const expected = { applications: { [application]: 1 }, allowed };
  const read = (): Promise<Status> => readStatus(work.juju, work.model);
  const status = await waitSettled(work.context, read, expected, { ...patience, quietSeconds: 0 });
  const vaults = unitsOf(status, application).map(({ unit, facts }) => {
    const address = facts["public-address"];
    if (!address)
      throw new StepError(`${unit} has no address in juju status. Run again when it has one.`);
    return new Vault(work.context.bastion, address);
  });
  const [first, ...rest] = vaults;
  if (!first)
    throw new StepError(`The application ${application} has no units. Deploy it, then run again.`);
  return [first, ...rest];
}

async function initOnce({ context, spec }: Work, vaults: Vault[], file: KeyFile): Promise<void> {
  const states = await Promise.all(vaults.map((vault) => vault.status()));
  const [first] = vaults;
  if (!first || states.some(({ initialized }) => initialized)) return;
  context.progress(
    `Vault is initialised: ${spec.keyThreshold} of ${spec.keyShares} keys unseal it`,
  );
  await file.init(first, spec.keyShares, spec.keyThreshold);
}

async function refreshMessages({ context, juju, model, spec }: Work): Promise<void> {
  const units = unitsOf(await readStatus(juju, model), spec.application);
  const stale = units.filter(({ facts }) => {
    const message = facts["workload-status"].message ?? "";
    return GATES.init.test(message) || GATES.sealed.test(message);
  });
  for (const { unit } of stale) await refreshMessage(context, juju, model, unit);
}

/** Does what the charm's message asks for until every unit is ready. */
async function passGates(work: Work, vault: Vault, keys: VaultKeys): Promise<void> {
  const { spec } = work;
  const tries = { authorize: 0, certificate: 0 };
  const expected = {
    applications: { [spec.application]: 1 },
    allowed: Object.values(GATES)
      .slice(2)
      .map(({ source }) => ({
        application: spec.application,
        workload: "blocked",
        message: source,
      })),
  };
  const read = (): Promise<Status> => readStatus(work.juju, work.model);
  for (;;) {
    const status = await waitSettled(work.context, read, expected, {
      ...spec.patience,
      quietSeconds: 0,
    });
    const messages = unitsOf(status, spec.application).map(
      ({ facts }) => facts["workload-status"].message ?? "",
    );
    const asks = (gate: RegExp): boolean => messages.some((message) => gate.test(message));
    if (asks(GATES.authorize)) {
      if (++tries.authorize > TRIES) throw stuck(messages);
      await authorize(work, vault, keys);
    } else if (asks(GATES.certificate)) {
      if (++tries.certificate > TRIES) throw stuck(messages);
      await signCa(work);
    } else return;
    await messageChanges(work, messages);
  }
}

function stuck(messages: string[]): StepError {
  return new StepError(
    `Vault's charm still says "${messages.join('", "')}" after its action was run ${TRIES} times. Look at juju debug-log of its units.`,
  );
}

/** The charm updates its message in its next hook. */
async function messageChanges(
  { context, juju, model, spec }: Work,
  before: string[],
): Promise<void> {
  const since = context.clock.now();
  for (;;) {
    const units = unitsOf(await readStatus(juju, model), spec.application);
    const now = units.map(({ facts }) => facts["workload-status"].message ?? "");
    if (now.join("\n") !== before.join("\n")) return;
    if (context.clock.now() - since > spec.patience.stallSeconds * 1000) return;
    await context.clock.sleep(spec.patience.pollSeconds * 1000);
  }
}

async function authorize(work: Work, vault: Vault, keys: VaultKeys): Promise<void> {
  const { context, juju, model, spec } = work;
  context.progress(`Vault's charm is authorised with a token that lives for ${spec.tokenTtl}`);
  for (let attempt = 1; ; attempt++) {
    const token = await vault.token(keys.root_token, spec.tokenTtl);
    context.secret(token);
    try {
      await runAction(context, juju, model, `${spec.application}/leader`, "authorize-charm", {
        token,
      });
      return;
    } catch (error) {
      // The action waits for other hooks on its machine: meanwhile the token may have expired.
      const expired = error instanceof StepError && /permission denied/i.test(error.message);
      if (!expired || attempt === TRIES) throw error;
    }
  }
}

/** Where the signed certificate of Vault's CA is kept on the bastion; it is no secret. */
function certificatePath({ context, model, spec }: Work): string {
  return `${context.bastion.folder}/vault/${model.replace(":", "-")}-${spec.application}-intermediate.pem`;
}

async function signCa(work: Work): Promise<void> {
  const { context, juju, model, spec, secrets } = work;
  const leader = `${spec.application}/leader`;
  context.progress("Vault's CA is signed by the site's CA");
  const request = text(
    await runAction(context, juju, model, leader, "get-csr", { "common-name": spec.ca.commonName }),
    "output",
  );
  const signed = await signIntermediate(
    request,
    spec.ca.certificatePem,
    secrets.caPrivateKeyPem,
    spec.ca.days,
  );
  // Kept first: after a kill between the two the next run signs again and overwrites it.
  await context.bastion.writeFile(certificatePath(work), signed);
  await runAction(context, juju, model, leader, "upload-signed-csr", {
    pem: base64(signed),
    "root-ca": base64(`${spec.ca.certificatePem.trim()}\n`),
  });
}

function base64(pem: string): string {
  return Buffer.from(pem).toString("base64");
}

const reportShape = z.object({ intermediatePem: z.string() });

/** The certificate with which Vault signs; it must be the configured CA's. A bastion set up anew gets it back from the state. */
async function intermediate(work: Work): Promise<string> {
  const { bastion, earlier } = work.context;
  const ours = (pem: string): boolean => issuedBy(pem, work.spec.ca.certificatePem);
  const kept = await bastion.readFile(certificatePath(work));
  if (kept !== undefined && ours(kept)) return kept;
  const reported = reportShape.safeParse(earlier).data?.intermediatePem;
  if (kept === undefined && reported !== undefined && ours(reported)) {
    await bastion.writeFile(certificatePath(work), reported);
    return reported;
  }
  throw new StepError(
    `Vault has a CA that caCertificatePem did not sign${kept === undefined ? " (somebody ran generate-root-ca, or another machine set it up)" : ""}. ` +
      `To replace it, which issues every certificate anew: juju run ${work.spec.application}/leader disable-pki, then run again.`,
  );
}

export const vaultReady: Step<VaultSpec, VaultSecrets, VaultResult> = {
  name: "vault/ready",
  spec,
  secrets,
  lock: ({ controller, model }) => `juju-${controller}-${model}`,
  converge,
};
