import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  exportState,
  importState,
  pulumi,
  STACK,
  type Exported,
  type PendingOperation,
} from "../stack";
import { UserError } from "../userError";
import { KINDS, type Inputs, type Kind } from "./kinds";
import { OpenStackApi, type CloudLogin, type Thing } from "./openstackApi";

/** The marks of a secret in an exported state (pulumi/pulumi sdk/go/common/resource/sig). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Values of an exported state with secrets in clear. */
export function clear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clear);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (SIGNATURE in object && typeof object["plaintext"] === "string")
    return clear(JSON.parse(object["plaintext"]));
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, clear(member)]));
}

/** What is done about one create of which the state does not know whether it happened. */
export type Settlement =
  | { action: "run again"; urn: string }
  | { action: "import"; urn: string; id: string }
  | { action: "removed"; urn: string; ids: string[] };

export function urnName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function loginOf(state: Exported, operation: PendingOperation): CloudLogin | undefined {
  const reference = operation.resource.provider;
  const urn = reference?.slice(0, reference.lastIndexOf("::"));
  const provider = state.deployment.resources?.find((r) => r.urn === urn);
  return provider && (clear(provider.inputs) as CloudLogin);
}

async function gone(api: OpenStackApi, kind: Kind, inputs: Inputs, ids: string[]): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const left = (await api.list(kind.service, kind.path(inputs), kind.key)).filter((t) =>
      ids.includes(t.id),
    );
    if (left.length === 0) return;
    if (Date.now() > deadline)
      throw new UserError(
        `${kind.key}: ${ids.join(", ")} was left half-made by a killed run and does not go away within 120 s; ` +
          "look at it with the openstack client and run `npm run up` again",
      );
    await pause(1000);
  }
}

async function settleThing(
  api: OpenStackApi,
  kind: Kind,
  urn: string,
  inputs: Inputs,
  known: Set<string>,
): Promise<Settlement> {
  const idOf = (thing: Thing) => kind.importId?.(thing, inputs) ?? thing.id;
  const found = (await api.list(kind.service, kind.path(inputs), kind.key)).filter(
    (thing) => kind.matches(thing, inputs) && !known.has(idOf(thing)),
  );
  const keep = found.find(kind.whole);
  const remove = kind.removePath;
  const extra = remove ? found.filter((thing) => thing !== keep) : [];
  for (const thing of extra) await api.send(kind.service, "DELETE", remove?.(thing) ?? "");
  await gone(
    api,
    kind,
    inputs,
    extra.map((thing) => thing.id),
  );
  if (keep) return { action: "import", urn, id: idOf(keep) };
  return extra.length > 0
    ? { action: "removed", urn, ids: extra.map((thing) => thing.id) }
    : { action: "run again", urn };
}

/**
 * Settles every create that a killed run left pending, so that nothing is made twice: the thing is looked up by its unique name;
 * whole, it is imported; half-made, it is removed and made again. Steps converge and are simply run again.
 */
export async function settlePending(say: (line: string) => void): Promise<Settlement[]> {
  const state = await exportState();
  const pending = state.deployment.pending_operations ?? [];
  if (pending.length === 0) return [];
  const known = new Set(
    (state.deployment.resources ?? []).flatMap((r) => (r.id === undefined ? [] : [r.id])),
  );
  const settled: Settlement[] = [];
  const connections = new Map<string, Promise<OpenStackApi>>();
  for (const operation of pending) {
    const { urn, type, provider } = operation.resource;
    const kind = operation.type === "creating" ? KINDS[type] : undefined;
    const login = kind && loginOf(state, operation);
    if (!kind || !login || provider === undefined) {
      settled.push({ action: "run again", urn });
      continue;
    }
    const api = connections.get(provider) ?? OpenStackApi.connect(login);
    connections.set(provider, api);
    settled.push(
      await settleThing(await api, kind, urn, clear(operation.resource.inputs) as Inputs, known),
    );
  }
  await importState({ ...state, deployment: { ...state.deployment, pending_operations: [] } });
  await importWhole(state, pending, settled);
  for (const each of settled)
    say(
      each.action === "import"
        ? `${urnName(each.urn)}: was made by the killed run, taken into the state`
        : each.action === "removed"
          ? `${urnName(each.urn)}: was half-made by the killed run, removed; it is made again`
          : `${urnName(each.urn)}: is run again`,
    );
  return settled;
}

async function importWhole(
  state: Exported,
  pending: PendingOperation[],
  settled: Settlement[],
): Promise<void> {
  const nameTable: Record<string, string> = {};
  const resources = settled.flatMap((each) => {
    if (each.action !== "import") return [];
    const resource = pending.find((operation) => operation.resource.urn === each.urn)?.resource;
    if (!resource) return [];
    const { provider, parent } = resource;
    const entry: Record<string, string> = {
      type: resource.type,
      name: urnName(each.urn),
      id: each.id,
    };
    if (parent !== undefined) {
      nameTable[urnName(parent)] = parent;
      entry["parent"] = urnName(parent);
    }
    if (provider !== undefined) {
      const urn = provider.slice(0, provider.lastIndexOf("::"));
      nameTable[urnName(urn)] = urn;
      entry["provider"] = urnName(urn);
    }
    return [entry];
  });
  if (resources.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), "private-cloud-import-"));
  try {
    const file = join(folder, "import.json");
    writeFileSync(file, JSON.stringify({ nameTable, resources }), { mode: 0o600 });
    // prettier-ignore
    const done = await pulumi(["import", "--file", file, "--yes", "--skip-preview", "--protect=false", "--generate-code=false",
      "--stack", STACK]);
    if (done.status !== 0) {
      await importState(state); // as it was: the next run settles again
      throw new UserError(
        `taking things of a killed run into the state failed (pulumi import, exit status ${done.status}):\n${done.stdout}${done.stderr}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
