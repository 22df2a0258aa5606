import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";

/** A real OpenSSH server on loopback whose sessions find the rack's tools. */
export interface Bastion {
  port: number;
  user: string;
  /** Its public host key, `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** OpenSSH private key that may log in. */
  privateKey: string;
  /** No connection is accepted until `accept` is called. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** The server answers with another host key from now on, and returns its public half. */
  changeHostKey(): Promise<string>;
  restoreHostKey(): Promise<void>;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server: Server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      );
    });
  });

const makeKey = (path: string): { publicKey: string; privateKey: string } => {
  rmSync(path, { force: true });
  rmSync(`${path}.pub`, { force: true });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path]);
  return {
    publicKey: readFileSync(`${path}.pub`, "utf8").trim(),
    privateKey: readFileSync(path, "utf8"),
  };
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });

const untilAnswers = async (port: number, log: () => string): Promise<void> => {
  const deadline = Date.now() + 15_000;
  while (!(await answers(port))) {
    if (Date.now() > deadline) throw new Error(`sshd does not answer on port ${port}: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const configure = (folder: string, port: number, environment: Record<string, string>): string => {
  const settings = Object.entries(environment)
    .map(([name, value]) => `"${name}=${value}"`)
    .join(" ");
  const path = join(folder, "sshd_config");
  // StrictModes would refuse a folder below a world-writable one, which temporary folders are.
  const text = `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, "host_key")}
PidFile none
AuthorizedKeysFile ${join(folder, "authorized_keys")}
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
UseDNS no
MaxSessions 64
MaxStartups 64
SetEnv ${settings}
Subsystem sftp internal-sftp
`;
  writeFileSync(path, text);
  return path;
};

/** Starts sshd as the current user; sessions get `environment` (PATH among it). */
export const startBastion = async (
  folder: string,
  environment: Record<string, string>,
): Promise<Bastion> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // sshd as root insists on its privilege separation folder.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const host = makeKey(join(folder, "host_key"));
  const client = makeKey(join(folder, "client_key"));
  writeFileSync(join(folder, "authorized_keys"), `${client.publicKey}\n`, { mode: 0o600 });
  const port = await freePort();
  const config = configure(folder, port, environment);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    let log = "";
    const started = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    started.stderr.on("data", (chunk: Buffer) => (log = `${log}${chunk.toString()}`.slice(-2000)));
    child = started;
    await untilAnswers(port, () => log);
  };
  const end = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await ended;
  };
  await start();
  return {
    port,
    user: userInfo().username,
    hostKey: host.publicKey,
    privateKey: client.privateKey,
    refuse: end,
    accept: start,
    changeHostKey: async () => {
      await end();
      const { publicKey } = makeKey(join(folder, "host_key"));
      await start();
      return publicKey;
    },
    restoreHostKey: async () => {
      await end();
      writeFileSync(join(folder, "host_key"), host.privateKey, { mode: 0o600 });
      await start();
    },
    stop: end,
  };
};
