/** A real OpenSSH server of the current user on loopback, with a home folder of its own, for tests of the transport. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

import type { BastionSecrets, BastionSpec } from "../../../steps/specs";

export interface TestServer {
  spec: BastionSpec;
  secrets: BastionSecrets;
  home: string;
  /** Pids of the server and of all its sessions. */
  pid: number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSshd(environment: Record<string, string> = {}): Promise<TestServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-sshd-"));
  const home = path.join(folder, "home");
  fs.mkdirSync(home);
  for (const name of ["host", "user"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(folder, name)]);
  }
  const port = await freePort();
  const set = { HOME: home, PATH: `${process.env["PATH"] ?? ""}`, ...environment };
  fs.writeFileSync(
    path.join(folder, "sshd_config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${folder}/host`,
      `AuthorizedKeysFile ${folder}/user.pub`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      `SetEnv ${Object.entries(set)
        .map(([key, value]) => `"${key}=${value}"`)
        .join(" ")}`,
    ].join("\n"),
  );
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    server = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", path.join(folder, "sshd_config")], {
      stdio: ["ignore", "ignore", fs.openSync(path.join(folder, "log"), "a")],
    });
    await until("sshd listens", () =>
      fs.readFileSync(path.join(folder, "log"), "utf8").includes("listening on"),
    );
  };
  const stop = async (): Promise<void> => {
    const running = server;
    if (running?.pid === undefined) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    for (const pid of descendants(running.pid)) kill(pid);
    running.kill("SIGKILL");
    await ended;
    server = undefined;
  };
  fs.mkdirSync("/run/sshd", { recursive: true });
  await start();
  const [type = "", key = ""] = fs.readFileSync(path.join(folder, "host.pub"), "utf8").split(" ");
  return {
    spec: { host: "127.0.0.1", port, user: os.userInfo().username, hostKey: `${type} ${key}` },
    secrets: { bastionPrivateKey: fs.readFileSync(path.join(folder, "user"), "utf8") },
    home,
    get pid() {
      return server?.pid ?? 0;
    },
    restart: async () => {
      await stop();
      fs.truncateSync(path.join(folder, "log"));
      await start();
    },
    stop: async () => {
      await stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition; fails with its name when it does not come true in time. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 20,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** All processes below `root`. */
export function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It ended meanwhile.
    }
  }
  const found: number[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const below = children.get(pid) ?? [];
    found.push(...below);
    queue.push(...below);
  }
  return found;
}

/** Processes whose command line contains `text`. */
export function processesWith(text: string): number[] {
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => {
      try {
        return fs
          .readFileSync(`/proc/${entry}/cmdline`, "utf8")
          .replaceAll("\0", " ")
          .includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
