import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, takeFault } from "./faults";
import type { Io } from "./rack";
import { open } from "./store";

const NAMES = [
  "ssh-cut",
  "call-killed",
  "disk-full",
  "output-slow",
  "output-truncated",
  "output-long-line",
  "connection-refused",
];

const markPath = (home: string): string => join(home, "faults-of-calls");

const SSH_NAMES = ["sshd-refuses", "host-key-changes"];

const sshPath = (home: string): string => join(home, "faults-of-ssh");

/** Leaves marks beside the state: calls that no fault can strike, and the SSH server, need not read the state. */
export const markArmed = (home: string, plan: Fault[]): void => {
  if (plan.some((fault) => NAMES.includes(fault.fault))) writeFileSync(markPath(home), "");
  else rmSync(markPath(home), { force: true });
  const ssh = plan.filter((fault) => SSH_NAMES.includes(fault.fault));
  rmSync(sshPath(home), { force: true });
  if (ssh.length > 0)
    writeFileSync(sshPath(home), JSON.stringify({ armed: Date.now(), plan: ssh }));
};

/** The armed faults of the SSH server, and when they were armed. */
export const sshPlan = (home: string): { armed: number; plan: Fault[] } => {
  try {
    return JSON.parse(readFileSync(sshPath(home), "utf8")) as { armed: number; plan: Fault[] };
  } catch {
    return { armed: 0, plan: [] };
  }
};

export const callFaultsArmed = (home: string): boolean => existsSync(markPath(home));

const parentOf = (pid: number): { parent: number; name: string } => {
  try {
    const [, name = "", parent = "0"] =
      /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return { parent: Number(parent), name };
  } catch {
    return { parent: 0, name: "" };
  }
};

/** Ends the SSH connection this process was started through; nothing happens where there is none. */
const cutSsh = (): void => {
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid).parent) {
    if (parentOf(pid).name.startsWith("sshd")) {
      process.kill(pid, "SIGKILL");
      return;
    }
  }
};

const sleep = (seconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
};

export interface Struck {
  /** Streams through which the call goes on. */
  io: Io;
  /** Set: the call ends here, with this exit status. */
  status?: number;
  /** Set: the tool finds nobody at the region's or controller's address. */
  refused?: boolean;
  /** To be called when the tool is done. */
  end(): void;
}

const truncating = (io: Io): { io: Io; end: () => void } => {
  let text = "";
  const collected: Io = { ...io, out: (part) => void (text += part.toString()) };
  return { io: collected, end: () => io.out(text.slice(0, Math.floor(text.length / 2))) };
};

/** Lets the armed faults of whole calls strike this one. */
export const strikeCall = (home: string, argv: string[], io: Io): Struck => {
  const line = argv.join(" ");
  const struck = open(home, (rack) => NAMES.flatMap((name) => takeFault(rack, name, line) ?? []), {
    costsTime: false,
  });
  const get = (name: string): Fault | undefined => struck.find((fault) => fault.fault === name);
  const dies = get("call-killed");
  if (dies !== undefined && dies.with?.at !== "end") process.kill(process.pid, "SIGKILL");
  if (get("ssh-cut") !== undefined) cutSsh();
  if (get("output-long-line") !== undefined) io.err(`${"x".repeat(100_000)}\n`);
  const slow = get("output-slow");
  if (slow !== undefined) sleep(Number(slow.with?.seconds ?? 2));
  const cut = get("output-truncated") === undefined ? undefined : truncating(io);
  const result: Struck = {
    io: cut?.io ?? io,
    end: () => {
      cut?.end();
      if (dies !== undefined) process.kill(process.pid, "SIGKILL");
    },
  };
  if (get("disk-full") !== undefined) {
    io.err("[Errno 28] No space left on device\n");
    return { ...result, status: 1 };
  }
  return get("connection-refused") === undefined ? result : { ...result, refused: true };
};
