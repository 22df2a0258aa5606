/** Runs one command over the shared connection and collects what it prints. */
import type { ChildProcess } from "node:child_process";

export interface Finished {
  /** Exit status of the remote command; 255 if ssh itself failed; null if it was ended here. */
  status: number | null;
  stdout: string;
  stderr: string;
  /** Why it was ended here. */
  ended?: "time" | "size";
}

export interface Limits {
  milliseconds: number;
  stdoutBytes: number;
}

const STDERR_BYTES = 1024 * 1024;

/** Waits for `child`, which gets `stdin` and then the end of input; without `stdin` its input stays open. */
export function collect(
  child: ChildProcess,
  stdin: string | undefined,
  limits: Limits,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    let noise = 0;
    let ended: Finished["ended"];
    const timer = setTimeout(() => {
      ended = "time";
      child.kill("SIGTERM");
    }, limits.milliseconds);
    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limits.stdoutBytes) stdout.push(chunk);
      else if (ended === undefined) {
        ended = "size";
        child.kill("SIGTERM");
      }
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      noise += chunk.length;
      if (noise <= STDERR_BYTES) stderr.push(chunk);
    });
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({
        status,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        ...(ended === undefined ? {} : { ended }),
      });
    });
    // A command may end without reading all of its input.
    child.stdin?.on("error", () => undefined);
    if (stdin !== undefined) child.stdin?.end(stdin);
  });
}
