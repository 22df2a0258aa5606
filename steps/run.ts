/**
 * `node --import tsx steps/run.ts NAME [--delete]`: runs a step. Reads its spec as JSON from standard input and its secrets
 * from the environment, prints progress on standard error and one JSON line on standard output.
 * Exit status: 0 done, 1 failed, 2 wrong spec, 75 try again later (errors.ts).
 */
import * as fs from "node:fs";

import { runStep } from "./driver";
import { ExitCode } from "./errors";
import { watchParents } from "./parent";
import { EARLIER_VARIABLE, SECRETS_VARIABLE } from "./specs";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** Writes at once; the reader may be gone. */
function write(file: number, line: string): void {
  for (let text = Buffer.from(`${line}\n`); text.length > 0;) {
    try {
      text = text.subarray(fs.writeSync(file, text));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
    }
  }
}

async function main(): Promise<number> {
  const [name = "", ...options] = process.argv.slice(2);
  if (name === "" || options.some((option) => option !== "--delete")) {
    write(2, "usage: steps/run.ts NAME [--delete] < spec.json");
    return ExitCode.badSpec;
  }
  const secrets = process.env[SECRETS_VARIABLE];
  // What this process starts must not inherit them.
  delete process.env[SECRETS_VARIABLE];
  const earlier = process.env[EARLIER_VARIABLE];
  delete process.env[EARLIER_VARIABLE];
  const running = runStep(
    { name, remove: options.length > 0, spec: fs.readFileSync(0, "utf8"), secrets, earlier },
    { result: (line) => write(1, line), progress: (line) => write(2, line) },
  );
  watchParents(() =>
    running.stop(
      "The run that started this step has ended, so the step stops. The next run continues.",
    ),
  );
  for (const signal of SIGNALS) {
    process.on(signal, () =>
      running.stop(`Stopped by ${signal}. The next run continues where this one was.`),
    );
  }
  return running.exitCode;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    write(2, error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(ExitCode.failed);
  },
);
