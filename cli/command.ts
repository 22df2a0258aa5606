import { spawn, type SpawnOptions } from "node:child_process";

export interface Finished {
  status: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Text for standard input; secrets go this way, never in argv. */
  stdin?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Show standard error (and with `all` standard output as well, on standard error) while it runs. */
  show?: "none" | "stderr" | "all";
  onStart?: (pid: number) => void;
  /** Gets standard output as it comes. */
  onOutput?: (text: string) => void;
}

/** Runs a program to its end; never throws for an exit status. */
export function run(argv: string[], options: RunOptions = {}): Promise<Finished> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error("run: empty argv");
  const spawnOptions: SpawnOptions = {
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, spawnOptions);
    let stdout = "";
    let stderr = "";
    child.on("error", (error) => reject(error));
    if (child.pid !== undefined) options.onStart?.(child.pid);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.(text);
      if (options.show === "all") process.stderr.write(text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (options.show === "all" || options.show === "stderr") process.stderr.write(text);
    });
    child.stdin?.on("error", () => undefined); // it may end before it has read everything
    child.stdin?.end(options.stdin);
    child.on("close", (code, signal) =>
      resolve({ status: code ?? (signal ? 128 : 1), stdout, stderr }),
    );
  });
}
