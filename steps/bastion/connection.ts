/**
 * One multiplexed OpenSSH connection to the bastion, shared by all step processes of a run. The first that needs it makes
 * it; it closes by itself a few seconds after the last command.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { type Clock, duration } from "../clock";
import { StepError } from "../errors";
import type { BastionSecrets, BastionSpec } from "../specs";
import { connectTrouble, Trouble, troubleError } from "./errors";
import type { Guard } from "./guard";
import { exclusively } from "./processes";
import { quote } from "./quote";

/** Seconds without any command after which the shared connection closes. */
export const PERSIST_SECONDS = 15;
const CONNECT_SECONDS = 15;
/** A dead connection is noticed after this many seconds without an answer, times four. */
const ALIVE_SECONDS = 15;
/** A bastion that cannot be reached may be starting, or busy: it is tried again for so long. */
const PATIENCE_MS = 60_000;
const LONGEST_PAUSE_MS = 5000;
const HOST_ALIAS = "private-cloud-bastion";
// sun_path holds 108 bytes; ssh binds to a temporary name that is 17 longer.
const LONGEST_SOCKET_PATH = 88;

/** Options of every ssh process: nothing from the user's or the machine's configuration, no agent, no questions. */
const COMMON = [
  ["-F", "none"],
  ["-T"],
  ["-o", "BatchMode=yes"],
  ["-o", "LogLevel=ERROR"],
  ["-o", "ForwardAgent=no"],
  ["-o", "ForwardX11=no"],
].flat();

export class Connection {
  /** Where this connection's files are; nothing of them outlives it. */
  private readonly base: string;
  private readonly socket: string;

  constructor(
    private readonly bastion: BastionSpec,
    private readonly secrets: BastionSecrets,
    private readonly guard: Guard,
    private readonly clock: Clock,
    private readonly progress: (line: string) => void,
  ) {
    const identity = [
      bastion.host,
      bastion.port,
      bastion.user,
      bastion.hostKey,
      secrets.bastionPrivateKey,
    ];
    const name = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 12);
    this.base = path.join(runtimeFolder(name), name);
    this.socket = `${this.base}.s`;
  }

  /** Makes the shared connection unless it is there. */
  async open(): Promise<void> {
    if (await this.alive()) return;
    privateFolder(path.dirname(this.base));
    await exclusively(`${this.base}.lock`, async () => {
      if (await this.alive()) return;
      const since = this.clock.now();
      for (let attempt = 1; ; attempt++) {
        const { status, stderr } = await this.connect();
        if (status === 0) return;
        const trouble = connectTrouble(stderr);
        const left = PATIENCE_MS - (this.clock.now() - since);
        if (trouble !== Trouble.unreachable || left <= 0) {
          throw troubleError(trouble, this.bastion, stderr);
        }
        // A bastion that is busy with many logins drops some of them at the door: that is not worth a line.
        if (attempt === 3)
          this.progress(`the bastion does not answer; it is tried for another ${duration(left)}`);
        await this.clock.sleep(Math.min(attempt * 500, LONGEST_PAUSE_MS));
      }
    });
  }

  /** Starts a command on the bastion over the shared connection. It never connects by itself. */
  start(argv: string[]): ChildProcess {
    const child = spawn(
      "ssh",
      [
        ...COMMON,
        ["-S", this.socket],
        ["-o", "ControlMaster=no"],
        // Without the shared connection ssh would dial anew: this makes it fail at once instead.
        ["-o", "ProxyCommand=false"],
        [this.target(), "--", `export PATH="$PATH:/snap/bin"; exec ${quote(argv)}`],
      ].flat(),
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    this.guard.watch(child);
    return child;
  }

  pause(milliseconds: number): Promise<void> {
    return this.clock.sleep(milliseconds);
  }

  /** Closes the shared connection for all who use it. */
  async close(): Promise<void> {
    await this.control("exit");
  }

  private async alive(): Promise<boolean> {
    return fs.existsSync(this.socket) && (await this.control("check")) === 0;
  }

  private control(command: string): Promise<number | null> {
    const child = spawn("ssh", [...COMMON, "-S", this.socket, "-O", command, this.target()], {
      stdio: "ignore",
    });
    return new Promise((resolve, reject) => {
      child.once("error", (error) => reject(sshMissing(error)));
      child.once("close", resolve);
    });
  }

  private async connect(): Promise<{ status: number | null; stderr: string }> {
    const unique = `${this.base}.${randomBytes(6).toString("hex")}`;
    const [key, hosts, log] = [`${unique}.key`, `${unique}.known_hosts`, `${unique}.log`];
    const files = [key, hosts, log];
    for (const file of files) this.guard.removes(file);
    fs.rmSync(this.socket, { force: true });
    writePrivate(hosts, `${HOST_ALIAS} ${this.bastion.hostKey.trim()}\n`);
    writePrivate(key, `${this.secrets.bastionPrivateKey.trim()}\n`);
    const output = fs.openSync(log, "wx", 0o600);
    try {
      const status = await new Promise<number | null>((resolve, reject) => {
        // Own output file: the connection outlives this process and must not hold its output open.
        const child = spawn("ssh", [...COMMON, ...this.masterOptions(key, hosts), this.target()], {
          stdio: ["ignore", "ignore", output],
        });
        this.guard.watch(child);
        child.once("error", (error) => reject(sshMissing(error)));
        child.once("exit", resolve);
      });
      return { status, stderr: fs.readFileSync(log, "utf8") };
    } finally {
      fs.closeSync(output);
      for (const file of files) fs.rmSync(file, { force: true });
    }
  }

  private masterOptions(key: string, hosts: string): string[] {
    const options = [
      `ControlPath=${this.socket}`,
      `ControlPersist=${PERSIST_SECONDS}`,
      `UserKnownHostsFile=${hosts}`,
      "GlobalKnownHostsFile=/dev/null",
      "StrictHostKeyChecking=yes",
      "UpdateHostKeys=no",
      `HostKeyAlias=${HOST_ALIAS}`,
      `IdentityFile=${key}`,
      "IdentitiesOnly=yes",
      "IdentityAgent=none",
      "PreferredAuthentications=publickey",
      `ConnectTimeout=${CONNECT_SECONDS}`,
      `ServerAliveInterval=${ALIVE_SECONDS}`,
      "ServerAliveCountMax=4",
    ];
    return [
      "-M",
      "-N",
      "-f",
      "-p",
      String(this.bastion.port),
      ...options.flatMap((option) => ["-o", option]),
    ];
  }

  private target(): string {
    return `${this.bastion.user}@${this.bastion.host}`;
  }
}

/** A folder for sockets whose path is short enough for a control socket below it. */
function runtimeFolder(name: string): string {
  const user = process.getuid?.() ?? 0;
  for (const base of [process.env["XDG_RUNTIME_DIR"], os.tmpdir(), "/tmp"]) {
    if (!base || !fs.existsSync(base)) continue;
    const folder = path.join(base, `private-cloud-${user}`);
    if (path.join(folder, `${name}.s`).length <= LONGEST_SOCKET_PATH) return folder;
  }
  throw new StepError(
    "No folder has a path short enough for an ssh control socket: set TMPDIR to a shorter one.",
  );
}

/** Makes a folder that only this user can enter, and refuses one that somebody else prepared. */
function privateFolder(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const facts = fs.lstatSync(folder);
  if (!facts.isDirectory() || facts.uid !== (process.getuid?.() ?? facts.uid)) {
    throw new StepError(`${folder} does not belong to this user: remove it and run again.`);
  }
  if ((facts.mode & 0o077) !== 0) fs.chmodSync(folder, 0o700);
}

function writePrivate(file: string, text: string): void {
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, text, { mode: 0o600, flag: "wx" });
}

function sshMissing(error: Error): StepError {
  return new StepError(
    `The program ssh could not be started (${error.message}): install OpenSSH's client on this machine.`,
  );
}
