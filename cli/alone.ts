import { spawn } from "node:child_process";
import { once } from "node:events";
import { UserError } from "./userError";

const WAIT_SECONDS = 60;

/**
 * Does `work` while no other process does what the same file guards.
 *
 * The lock is that of flock(1), in a child that ends with this process: a kill leaves nothing behind that would be in the way.
 *
 * @throws UserError when another one does not finish within a minute
 */
export async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const script = "echo held; read -r _ || :";
  const holder = spawn("flock", ["-w", String(WAIT_SECONDS), file, "sh", "-c", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "close").catch((error: unknown) => {
    throw new UserError(
      `the program flock (Debian: util-linux) is needed: ${(error as Error).message}`,
    );
  });
  const held = await Promise.race([once(holder.stdout, "data"), ended.then(() => undefined)]);
  if (held === undefined)
    throw new UserError(
      `another \`npm run up\` or \`npm run down\` of this checkout holds ${file}. Wait until it has ended`,
      75,
    );
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
