/** Actions and commands on units. Their exit status says nothing: only the task's own status does. */
import { dump } from "js-yaml";

import { lastLines } from "../bastion/bastion";
import { decode } from "../decode";
import { StepError } from "../errors";
import type { StepContext } from "../step";
import { type Juju } from "./cli";
import { tasksShape } from "./shapes";

/** An action waits for the hooks of all units on its machine. */
const WAIT_SECONDS = 900;

type Results = Record<string, unknown>;

/** Runs an action on `unit` (e.g. `vault/leader`); parameters travel in a file, as they may be secret. */
export async function runAction(
  context: StepContext,
  juju: Juju,
  model: string,
  unit: string,
  action: string,
  parameters?: Record<string, string>,
): Promise<Results> {
  const words = ["run", "-m", model, unit, action, "--format", "json", `--wait=${WAIT_SECONDS}s`];
  const what = `action ${action} on ${unit}`;
  if (!parameters) return finished(juju, words, what);
  return context.bastion.withFile(dump(parameters, { lineWidth: -1 }), (path) =>
    finished(juju, [...words, "--params", path], what),
  );
}

/** Runs a command on a unit and returns what it printed. */
export async function execOnUnit(
  juju: Juju,
  model: string,
  unit: string,
  argv: string[],
): Promise<string> {
  const words = [
    "exec",
    "-m",
    model,
    "--unit",
    unit,
    "--format",
    "json",
    `--wait=${WAIT_SECONDS}s`,
    "--",
    ...argv,
  ];
  const results = await finished(juju, words, `${argv[0] ?? ""} on ${unit}`);
  const status = Number(results["return-code"] ?? 0);
  if (status !== 0) {
    throw new StepError(
      `${argv.join(" ")} on ${unit} ended with status ${status}: ${lastLines(text(results, "stderr"))}. Look at the unit, then run again.`,
    );
  }
  return text(results, "stdout").trim();
}

/** A result of an action as text; empty if it has none of that name. */
export function text(results: Results, name: string): string {
  const value = results[name];
  return typeof value === "string" ? value : "";
}

async function finished(juju: Juju, words: string[], what: string): Promise<Results> {
  const { status, stdout, stderr } = await juju.attempt(words, {
    timeoutSeconds: WAIT_SECONDS + 60,
    quiet: true,
    // Ending the client does not end the action: Juju goes on with it.
    waits: true,
  });
  const tasks = stdout.trim().startsWith("{")
    ? Object.values(decode(tasksShape, stdout, `juju ${what}`))
    : [];
  const [task] = tasks;
  if (task?.status === "completed") return task.results;
  const said = task?.message ?? lastLines(stderr).replace(/^ERROR /, "");
  throw new StepError(
    `juju: ${what} ${task ? `is ${task.status}` : `was not done (status ${status})`}: ${said}. ` +
      "Look at juju show-operation and juju debug-log, then run again.",
  );
}
