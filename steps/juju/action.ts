/** Actions and commands on units. Their exit status says nothing: only the task's own status does. */
import { dump } from "js-yaml";

import { lastLines } from "../bastion/command";
import { decode } from "../decode";
import { StepError, TryLaterError } from "../errors";
import type { StepContext } from "../step";
import { type Juju, reasonOf } from "./cli";
import { tasksShape } from "./shapes";

/** An action waits for the hooks of all units on its machine. */
const WAIT_SECONDS = 900;

/** Refused before anything ran, or by a unit that has just stopped being the leader: another try finds the new one. */
const AGAIN = /failed to schedule any tasks|run action on lead unit|not the leader/i;
const TRIES = 3;
const PAUSE_MS = 10_000;

type Results = Record<string, unknown>;

/** A task that did not end well; `again` where nothing has been done. */
class TaskError extends StepError {
  constructor(
    message: string,
    readonly again: boolean,
  ) {
    super(message);
  }
}

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
  const run = (more: string[]): Promise<Results> => finished(juju, [...words, ...more], what);
  for (let attempt = 1; ; attempt++) {
    try {
      if (!parameters) return await run([]);
      const text = dump(parameters, { lineWidth: -1 });
      return await context.bastion.withFile(text, (path) => run(["--params", path]));
    } catch (error) {
      if (!(error instanceof TaskError && error.again) || attempt === TRIES) throw error;
      context.progress(`${what} is given again: it found no leader`);
      await context.clock.sleep(PAUSE_MS);
    }
  }
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
  const said = task?.message ?? reasonOf(stderr);
  if (/timed out waiting for results/i.test(stderr)) {
    throw new TryLaterError(
      `juju: ${what} has not ended after ${WAIT_SECONDS / 60} min and goes on. ` +
        "Look at it with juju operations and juju show-operation NUMBER; run again when it has ended.",
    );
  }
  throw new TaskError(
    `juju: ${what} ${task ? `is ${task.status}` : `was not done (status ${status})`}: ${said}. ` +
      "Look at juju show-operation and juju debug-log, then run again.",
    AGAIN.test(said),
  );
}
