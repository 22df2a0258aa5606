import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io, Tool } from "./core/rack";
import { codePath, compile, evaluate } from "./program";

/** Makes the compiled code of a folder's programs: evaluates each, lets it answer calls, and keeps what V8 compiled. */

/** Calls that compile what most others need, in an order in which each finds what it needs. */
const CALLS: [program: string, exported: string, argv: string[]][] = [
  ["rack", "run", ["reset", "--driven"]],
  ["rack", "run", ["state"]],
  ["maas", "run", ["list"]],
  ["juju", "run", ["status", "--format", "json"]],
  ["juju", "snap", ["list"]],
  ["vault", "run", ["status"]],
];

const silent: Io = {
  out: () => undefined,
  err: () => undefined,
  stdin: () => "",
  stdoutIsTerminal: false,
};

const warm = async (folder: string, names: string[], home: string): Promise<void> => {
  const env = { HOME: home, RACK_HOME: home };
  for (const name of names) {
    const script = compile(folder, name);
    const exported = evaluate<Record<string, Tool>>(script, folder, name);
    for (const [program, tool, argv] of CALLS)
      if (program === name) await exported[tool]?.(argv, silent, env, home);
    writeFileSync(codePath(folder, name), script.createCachedData());
  }
};

const [, , folder = "", ...names] = process.argv;
const home = mkdtempSync(join(tmpdir(), "rack-warm-"));
warm(folder, names, home)
  .finally(() => rmSync(home, { recursive: true, force: true }))
  .catch((error: unknown) => {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
  });
