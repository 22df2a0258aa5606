import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { run, type Finished } from "./command";
import { readJson } from "./files";
import { CHECKOUT, STATE } from "./folders";
import { recordPulumi } from "./runRecord";
import { UserError } from "./userError";

/** The project's name in Pulumi.yaml; the file backend's folders are named after it. */
export const PROJECT = "private-cloud";
export const STACK = "dev";

/** One resource as `pulumi stack export` writes it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  custom?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** Why a create failed after it had begun. */
  initErrors?: string[];
  parent?: string;
  provider?: string;
  dependencies?: string[];
}

/** The name of a resource: the last part of its URN. */
export function urnName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

export interface PendingOperation {
  type: string;
  resource: StateResource;
}

export interface Deployment {
  resources?: StateResource[];
  pending_operations?: PendingOperation[];
}

export interface Exported {
  version: number;
  deployment: Deployment;
}

/** Runs `pulumi` on stack dev and collects its output. */
export function pulumi(args: string[], options: { stdin?: string } = {}): Promise<Finished> {
  return run(["pulumi", ...args, "--non-interactive"], {
    ...options,
    cwd: CHECKOUT,
    onStart: recordPulumi,
  });
}

async function need(args: string[], options: { stdin?: string } = {}): Promise<string> {
  const done = await pulumi(args, options);
  if (done.status !== 0)
    throw new UserError(
      `pulumi ${args.join(" ")} failed (exit status ${done.status}):\n${done.stderr.trim()}`,
    );
  return done.stdout;
}

export function stackFile(): string {
  return join(STATE, ".pulumi", "stacks", PROJECT, `${STACK}.json`);
}

export function lockFolder(): string {
  return join(STATE, ".pulumi", "locks", "organization", PROJECT, STACK);
}

export function stackExists(): boolean {
  return existsSync(stackFile());
}

/** Other stacks of this checkout's state. */
export function otherStacks(): string[] {
  const folder = dirname(stackFile());
  return existsSync(folder)
    ? readdirSync(folder).filter((name) => /\.json$/.test(name) && name !== `${STACK}.json`)
    : [];
}

/** Removes what `pulumi stack rm` leaves of the stack: backups, history and the state before, all of them with its secrets. */
export function forgetStack(state = STATE): void {
  const folder = join(state, ".pulumi");
  for (const kind of ["backups", "history"])
    rmSync(join(folder, kind, PROJECT, STACK), { recursive: true, force: true });
  rmSync(join(folder, "locks", "organization", PROJECT, STACK), { recursive: true, force: true });
  const stacks = join(folder, "stacks", PROJECT);
  if (!existsSync(stacks)) return;
  for (const name of readdirSync(stacks))
    if (name.startsWith(`${STACK}.json.`)) rmSync(join(stacks, name));
}

/** Makes the stack in this checkout's state, once; the passphrase's salt is taken out of the committed file again. */
export async function ensureStack(): Promise<void> {
  if (stackExists()) return;
  const script = '. "$1"/cli/lib.sh && need_stack "$2"';
  const done = await run(["bash", "-c", script, "bash", CHECKOUT, STACK], { show: "stderr" });
  if (done.status !== 0)
    throw new UserError(`stack ${STACK} could not be made; the reason is above`);
}

function checkpoint(): Deployment {
  const file = stackFile();
  const state = readJson<{ checkpoint: { latest?: Deployment } }>(
    file,
    `It is the state of stack ${STACK}. Take the one that Pulumi kept from the change before (cp ${file}.bak ${file}), then: npm run up`,
  );
  return state?.checkpoint.latest ?? {};
}

/** True once an `up` has recorded something, or left something pending; a preview alone leaves an empty stack. */
export function stackHasContents(): boolean {
  const { resources = [], pending_operations: pending = [] } = checkpoint();
  return resources.length > 0 || pending.length > 0;
}

/** What the state holds, its secrets encrypted. */
export function readResources(): StateResource[] {
  return checkpoint().resources ?? [];
}

/** Lets the next `pulumi up` replace these resources. */
export async function taint(urns: string[]): Promise<void> {
  await need(["state", "taint", ...urns, "--yes", "--stack", STACK]);
}

/** The whole state, secrets in clear: keep it in memory. */
export async function exportState(stack = STACK): Promise<Exported> {
  return JSON.parse(
    await need(["stack", "export", "--show-secrets", "--stack", stack]),
  ) as Exported;
}

/** Stores a state; the engine's list of pending operations is emptied by it, whatever `state` says. */
export async function importState(state: Exported): Promise<void> {
  await need(["stack", "import", "--force", "--stack", STACK], { stdin: JSON.stringify(state) });
}

/** The stack's outputs, with what is secret masked. */
export async function outputs(): Promise<Record<string, unknown>> {
  const text = await need(["stack", "output", "--json", "--stack", STACK]);
  return JSON.parse(text) as Record<string, unknown>;
}

/**
 * Runs `pulumi` on the terminal, its rows passed through.
 *
 * ^C reaches it directly, because it stays in the terminal's foreground group: it then ends after the running creates, and what
 * it has made is recorded. SIGTERM, and SIGHUP of a terminal that is closed, are passed on as the same request.
 */
export function pulumiOnTerminal(args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const ignore = () => undefined;
    const pass = () => child.kill("SIGINT");
    let hungUp = false;
    // It comes twice, from the terminal and from the command around this one; a second request would abandon the creates.
    const hangUp = () => {
      if (!hungUp) pass();
      hungUp = true;
    };
    // Before it starts: until then a signal would end this process alone, and nobody would settle what pulumi makes.
    process.on("SIGINT", ignore);
    process.on("SIGTERM", pass);
    process.on("SIGHUP", hangUp);
    // A closed terminal sends SIGHUP to all in its foreground group, and Pulumi would die of it at once.
    const deaf = ["-c", 'trap "" HUP; exec pulumi "$@"', "pulumi"];
    const child = spawn("sh", [...deaf, ...args, "--non-interactive", "--color", "auto"], {
      cwd: CHECKOUT,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (child.pid !== undefined) recordPulumi(child.pid);
    const done = () => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", pass);
      process.off("SIGHUP", hangUp);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", (code, signal) => {
      done();
      resolve(code ?? (signal ? 130 : 1));
    });
  });
}
