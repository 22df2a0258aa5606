/** Runs steps against a rack: inside the test's process, or as the process that the engine starts. */
import { spawn, type ChildProcess } from "node:child_process";
import * as path from "node:path";

import { Bastion } from "../../../steps/bastion/bastion";
import type { Clock } from "../../../steps/clock";
import { runStep } from "../../../steps/driver";
import { bastionSecrets } from "../../../steps/schema";
import { type BastionSpec, SECRETS_VARIABLE } from "../../../steps/specs";

export interface Place {
  spec: BastionSpec;
  /** All secrets that steps may ask for. */
  secrets: Record<string, unknown>;
}

export interface Outcome {
  code: number;
  /** The JSON on standard output; undefined if there is none. */
  result: unknown;
  /** Lines on standard error. */
  lines: string[];
}

type Spec = Record<string, unknown>;

/** Runs a step in this process. */
export async function step(
  place: Place,
  name: string,
  spec: Spec,
  options: {
    remove?: boolean;
    earlier?: unknown;
    onLine?: (line: string) => void;
    clock?: Clock;
  } = {},
): Promise<Outcome> {
  const lines: string[] = [];
  let result: unknown;
  const running = runStep(
    {
      name,
      remove: options.remove ?? false,
      spec: JSON.stringify({ bastion: place.spec, ...spec }),
      secrets: JSON.stringify(place.secrets),
      earlier: options.earlier === undefined ? undefined : JSON.stringify(options.earlier),
    },
    {
      result: (line) => (result = JSON.parse(line) as unknown),
      progress: (line) => {
        lines.push(line);
        options.onLine?.(line);
      },
    },
    options.clock,
  );
  return { code: await running.exitCode, result, lines };
}

/** Runs a step and returns its result; fails with what it said otherwise. */
export async function converged<T>(
  place: Place,
  name: string,
  spec: Spec,
): Promise<{ result: T; lines: string[] }> {
  const { code, result, lines } = await step(place, name, spec);
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${lines.join("\n")}`);
  return { result: result as T, lines };
}

/** Closes the connection that the steps of a test shared, which would else stay some seconds. */
export async function disconnect(place: Place): Promise<void> {
  const { bastionPrivateKey } = bastionSecrets.parse(place.secrets);
  await new Bastion(place.spec, { bastionPrivateKey }, "none", () => undefined).disconnect();
}

export interface StepProcess {
  child: ChildProcess;
  stderr(): string;
  ended: Promise<{ code: number | null; stdout: string }>;
}

const PROJECT = path.resolve(__dirname, "../../..");

/** Starts a step as a process of its own. */
export function startStep(place: Place, name: string, spec: Spec, shell = false): StepProcess {
  const words = ["--import", "tsx", "steps/run.ts", name];
  const environment = { ...process.env, [SECRETS_VARIABLE]: JSON.stringify(place.secrets) };
  const child = shell
    ? spawn("/bin/sh", ["-c", `"$@"; exit $?`, "sh", process.execPath, ...words], {
        cwd: PROJECT,
        env: environment,
      })
    : spawn(process.execPath, words, { cwd: PROJECT, env: environment });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ bastion: place.spec, ...spec }));
  const ended = new Promise<{ code: number | null; stdout: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout })),
  );
  return { child, stderr: () => stderr, ended };
}
