import { createHash } from "node:crypto";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const HERE = resolve(__dirname, "..", "..");

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
  seconds: number;
}

/**
 * A checkout of its own for a test of the whole path: the files of this one, its installed packages by a link, another lab at
 * another address. What a person's own lab does is not touched.
 */
export class Checkout {
  readonly folder: string;
  readonly labHome: string;
  readonly environment: NodeJS.ProcessEnv;

  constructor(readonly address: string) {
    // Below /var/tmp: the lab's folder must not be on an overlay or a small tmpfs.
    this.folder = mkdtempSync(join("/var/tmp", "private-cloud-test-"));
    this.labHome = join(this.folder, "lab-home");
    const project = this.project;
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
      cwd: HERE,
      encoding: "utf8",
    });
    for (const file of files.trim().split("\n")) {
      const target = join(project, file);
      mkdirSync(dirname(target), { recursive: true });
      // A file that git knows may have been removed and not yet committed.
      try {
        cpSync(join(HERE, file), target);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    symlinkSync(join(HERE, "node_modules"), join(project, "node_modules"));
    this.environment = {
      ...process.env,
      PRIVATE_CLOUD_LAB_HOME: this.labHome,
      PRIVATE_CLOUD_LAB_ADDRESS: address,
    };
    // Jest's own settings are none of the product's.
    for (const name of ["NODE_ENV", "JEST_WORKER_ID", "NODE_OPTIONS"])
      delete this.environment[name];
  }

  get project(): string {
    return join(this.folder, "project");
  }

  /** The folder of this checkout's temporary files, as cli/lib.sh names it. */
  get temporary(): string {
    const hash = createHash("sha256").update(this.project).digest("hex").slice(0, 12);
    return join(tmpdir(), `private-cloud-${hash}`);
  }

  /** Starts one of the project's commands as npm does. */
  start(
    args: string[],
    environment: NodeJS.ProcessEnv = {},
  ): { child: ChildProcess; ended: Promise<Ended> } {
    return this.spawn(["bash", join("cli", "private-cloud"), ...args], environment);
  }

  /** Starts any program in the checkout, as the leader of a process group of its own. */
  spawn(
    argv: string[],
    environment: NodeJS.ProcessEnv = {},
  ): { child: ChildProcess; ended: Promise<Ended> } {
    const began = Date.now();
    const [program = "", ...args] = argv;
    const child = spawn(program, args, {
      cwd: this.project,
      env: { ...this.environment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve) =>
      child.on("close", (code) =>
        resolve({ status: code ?? 128, stdout, stderr, seconds: (Date.now() - began) / 1000 }),
      ),
    );
    return { child, ended };
  }

  command(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Runs the lab's own command on this checkout's lab. */
  lab(...args: string[]): Promise<Ended> {
    return this.spawn([join("lab", "lab"), ...args], {
      LAB_HOME: this.labHome,
      LAB_ADDRESS: this.address,
    }).ended;
  }

  /** Runs a program of the lab's own root filesystem, as `lab enter` does. */
  inLab(argv: string[], input = "", environment: NodeJS.ProcessEnv = {}): string {
    return execFileSync(join(this.project, "lab", "lab"), ["enter", ...argv], {
      encoding: "utf8",
      input,
      // What it says goes into the error, not between the lines of a test's report.
      stdio: "pipe",
      env: {
        ...this.environment,
        LAB_HOME: this.labHome,
        LAB_ADDRESS: this.address,
        ...environment,
      },
    });
  }

  /** Changes the text of Pulumi.dev.yaml, and returns what takes the change back. */
  configure(change: (text: string) => string): () => void {
    const file = join(this.project, "Pulumi.dev.yaml");
    const before = readFileSync(file, "utf8");
    const after = change(before);
    if (after === before) throw new Error("the change of Pulumi.dev.yaml changes nothing");
    writeFileSync(file, after);
    return () => writeFileSync(file, before);
  }

  json(file: string): unknown {
    return JSON.parse(readFileSync(join(this.project, file), "utf8"));
  }

  remove(): void {
    for (const folder of [this.folder, this.temporary])
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits for a condition with a deadline; the condition may throw until it holds. */
export async function eventually<T>(
  what: string,
  seconds: number,
  condition: () => T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last = "";
  for (;;) {
    try {
      const value = condition();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = String(error);
    }
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what} ${last}`);
    await pause(200);
  }
}

/** The last lines of what a command said, for the message of a failed expectation. */
export function tail(ended: Ended, lines = 40): string {
  return `${ended.stdout}\n${ended.stderr}`.trim().split("\n").slice(-lines).join("\n");
}
