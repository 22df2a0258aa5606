import {
  exportState,
  importState,
  urnName,
  type Exported,
  type PendingOperation,
  type StateResource,
} from "../stack";
import { importThings } from "./imports";
import { Journal, type Import } from "./journal";
import { KINDS, type Inputs } from "./kinds";
import { OpenStackApi, type CloudLogin } from "./openstackApi";
import { settleThing } from "./things";

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
type Settlement =
  | { action: "run again"; urn: string }
  | { action: "import"; urn: string; entry: Import }
  | { action: "removed"; urn: string };

/** What settling works with: the state, and the clouds that it speaks of. */
export interface Surroundings {
  exportState: () => Promise<Exported>;
  /** Stores a state; pending operations are dropped, as `pulumi stack import` does. */
  importState: (state: Exported) => Promise<void>;
  importThings: (imports: Import[]) => Promise<void>;
  connect: (login: CloudLogin) => Promise<Pick<OpenStackApi, "list" | "send">>;
  journal: Journal;
}

const REAL: Surroundings = {
  exportState,
  importState,
  importThings,
  connect: (login) => OpenStackApi.connect(login),
  journal: new Journal(),
};

/**
 * Settles every create that a killed run left pending, so that nothing is made twice: the thing is looked up by its unique name;
 * whole, it is imported; half-made, it is removed and made again. Steps converge and are simply run again. Killed itself, it is
 * continued by the next run.
 */
export async function settlePending(
  say: (line: string) => void,
  around: Surroundings = REAL,
): Promise<void> {
  const { journal } = around;
  const state = await around.exportState();
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const interrupted = journal.read();
  if (pending.length === 0 && interrupted.length === 0) return;
  const settled = await settleAll(state, pending, around);
  // The import that was killed has left an operation of its own, which decides nothing.
  const decided = new Set(creates(pending).map(({ resource }) => resource.urn));
  const imports = [
    ...settled.flatMap((each) => (each.action === "import" ? [each.entry] : [])),
    ...interrupted.filter(({ urn, id }) => !decided.has(urn) && !has(resources, urn, id)),
  ];
  journal.write(imports);
  if (pending.length > 0) await around.importState(state);
  if (imports.length > 0) await around.importThings(imports);
  journal.write([]);
  for (const { urn } of imports)
    say(`${urnName(urn)}: was made by the killed run, taken into the state`);
  for (const { action, urn } of settled) {
    if (action === "removed")
      say(`${urnName(urn)}: was half-made by the killed run, removed; it is made again`);
    else if (action === "run again") say(`${urnName(urn)}: is run again`);
  }
}

function creates(pending: PendingOperation[]): PendingOperation[] {
  return pending.filter(({ type }) => type === "creating");
}

function has(resources: StateResource[], urn: string, id: string): boolean {
  return resources.some((resource) => resource.urn === urn && resource.id === id);
}

async function settleAll(
  state: Exported,
  pending: PendingOperation[],
  around: Surroundings,
): Promise<Settlement[]> {
  const resources = state.deployment.resources ?? [];
  const known = new Set(resources.flatMap((r) => (r.id === undefined ? [] : [r.id])));
  const connections = new Map<string, ReturnType<Surroundings["connect"]>>();
  const settled: Settlement[] = [];
  for (const { resource } of creates(pending)) {
    const { urn, type, parent, provider } = resource;
    const kind = KINDS[type];
    const login = kind && loginOf(state, resource);
    if (!kind || !login || provider === undefined) {
      settled.push({ action: "run again", urn });
      continue;
    }
    const connection = connections.get(provider) ?? around.connect(login);
    connections.set(provider, connection);
    const { whole, removed } = await settleThing(await connection, {
      kind,
      inputs: clear(resource.inputs) as Inputs,
      known,
      replaces: resources.some((other) => other.urn === urn),
    });
    if (whole !== undefined) {
      const above = parent === undefined ? {} : { parent };
      settled.push({ action: "import", urn, entry: { urn, type, id: whole, ...above, provider } });
    } else settled.push({ action: removed.length > 0 ? "removed" : "run again", urn });
  }
  return settled;
}

function loginOf(state: Exported, resource: StateResource): CloudLogin | undefined {
  const reference = resource.provider;
  const urn = reference?.slice(0, reference.lastIndexOf("::"));
  const provider = state.deployment.resources?.find((r) => r.urn === urn);
  return provider && (clear(provider.inputs) as CloudLogin);
}
