import { existsSync, readFileSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { isatty } from "node:tty";
import type { Io, Tool } from "./core/rack";
import { compile, evaluate } from "./program";

declare const PROGRAMS_FOLDER: string;

const load = <Exports extends object>(name: string): Exports => {
  const folder = join(__dirname, PROGRAMS_FOLDER);
  return evaluate<Exports>(compile(folder, name), folder, name);
};

// Each tool's code is loaded only when it is called: a call of `maas` pays for nothing else.
const tools: Record<string, () => Tool> = {
  maas: () => load<typeof import("./maas/client")>("maas").run,
  juju: () => load<typeof import("./juju")>("juju").run,
  vault: () => load<typeof import("./vault")>("vault").run,
  snap: () => load<typeof import("./juju")>("juju").snap,
  rack: () => load<typeof import("./command")>("rack").run,
};

const writeAll = (descriptor: number, text: string | Buffer): void => {
  let rest = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
};

const io: Io = {
  out: (text) => writeAll(1, text),
  err: (text) => writeAll(2, text),
  stdin: () => {
    try {
      return readFileSync(0, "utf8");
    } catch {
      return "";
    }
  },
  // process.stdout itself would make the descriptor non-blocking.
  get stdoutIsTerminal() {
    return isatty(1);
  },
};

/** `rack.cjs TOOL ARGS…`, or a link of the tool's name to it. */
const main = async (): Promise<number> => {
  const called = basename(process.argv[1] ?? "");
  const [name = "", argv] =
    called in tools ? [called, process.argv.slice(2)] : [process.argv[2], process.argv.slice(3)];
  const find = tools[name];
  if (find === undefined) {
    io.err(`usage: rack.cjs ${Object.keys(tools).join("|")} ARGS…\n`);
    return 2;
  }
  const home = process.env.RACK_HOME ?? join(homedir(), ".rack");
  const tool = find();
  const armed = name !== "rack" && existsSync(join(home, "faults-of-calls"));
  if (!armed) return tool(argv, io, process.env, home);
  const { strikeCall } = load<typeof import("./core/callFaults")>("callFaults");
  const struck = strikeCall(home, [name, ...argv], io);
  if (struck.status !== undefined) return struck.status;
  const env = struck.refused === true ? { ...process.env, RACK_REFUSED: "1" } : process.env;
  const status = await tool(argv, struck.io, env, home);
  struck.end();
  return status;
};

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    io.err(`rack: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 70;
  },
);
