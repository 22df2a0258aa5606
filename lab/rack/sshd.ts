import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshPlan } from "./core/callFaults";
import { SshFaults } from "./sshFaults";

const LOOK_MS = 200;

/** Runs an OpenSSH server of this configuration and obeys the rack's fault plan; its sessions outlive every change. */
export const serveSsh = async (home: string, program: string, config: string): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "rack-sshd-"));
  let child: ChildProcess | undefined;
  let wanted = config;
  let ended: ((status: number) => void) | undefined;
  const start = (): void => {
    const started = spawn(program, ["-D", "-e", "-f", wanted], { stdio: "inherit" });
    child = started;
    // One that ends by itself takes this process with it: whoever supervises both must know.
    started.once("exit", (code) => child === started && ended?.(code ?? 1));
  };
  const end = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await gone;
  };
  const useConfig = async (path: string): Promise<void> => {
    wanted = path;
    if (child === undefined) return;
    await end();
    start();
  };
  const faults = new SshFaults({
    refuse: end,
    accept: () => Promise.resolve(start()),
    changeHostKey: () => useConfig(withOtherKey(folder, config)),
    restoreHostKey: () => useConfig(config),
  });
  // Before the server starts: until then a signal would end this process alone.
  const finished = new Promise<number>((resolve) => {
    ended = resolve;
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve(0));
  });
  start();
  let seen = 0;
  const timer = setInterval(() => {
    const { armed, plan } = sshPlan(home);
    if (armed === seen) return;
    seen = armed;
    void faults.apply(plan);
  }, LOOK_MS);
  const status = await finished;
  clearInterval(timer);
  faults.forget();
  await end();
  rmSync(folder, { recursive: true, force: true });
  return status;
};

/** The same configuration with a host key that was made just now. */
const withOtherKey = (folder: string, config: string): string => {
  const key = join(folder, "key");
  rmSync(key, { force: true });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
  const path = join(folder, "sshd_config");
  const text = readFileSync(config, "utf8").replace(/^HostKey .*$/gim, `HostKey ${key}`);
  writeFileSync(path, text);
  return path;
};
