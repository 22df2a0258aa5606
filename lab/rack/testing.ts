import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bastion, startBastion } from "./bastion";
import { bundleRack, writeTools } from "./bundle";
import type { Fault } from "./core/faults";
import type { CloudAccess } from "./core/rack";
import { SshFaults } from "./sshFaults";

export interface RackOptions {
  /** @default "kit" */
  seed?: "kit" | "empty";
  /** What random values are drawn from. @default the seed's name */
  random?: string;
  /** @default "driven" */
  mode?: "driven" | "running";
  /** Virtual seconds per second in mode running. @default 2000 */
  factor?: number;
  /** MAAS version that is played. @default "3.5" */
  maas?: string;
  /** Juju client version that is played. @default "3.6.25" */
  juju?: string;
  cloud?: CloudAccess;
  /** Start an SSH server too. @default true */
  sshd?: boolean;
}

export interface Result {
  rc: number;
  stdout: string;
  stderr: string;
}

/** A rack of its own in a temporary folder: tools, region and SSH server. */
export interface TestRack {
  /** The rack's state folder. */
  home: string;
  /** HOME of the bastion's user. */
  userHome: string;
  binDir: string;
  maasUrl: string;
  apiKey: string;
  sshPort: number;
  hostKey: string;
  privateKey: string;
  user: string;
  bastion: Bastion | undefined;
  /** Runs a tool as on the bastion, without SSH. */
  exec(argv: string[], stdin?: string, environment?: Record<string, string>): Promise<Result>;
  /** Lets virtual seconds pass. */
  advance(seconds: number): Promise<void>;
  faults(plan: Fault[]): Promise<void>;
  /** Ends and starts the region again, as a crash would. */
  restartRegion(signal?: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

const API_KEY = "QzB4yFkjTuDWRC9cAm:bRkPNvsqsYKpX7VnGt:Jf3hUNQ8WmHMrLxCzEyTdPaGvKbXs24Q";

/** One bundle per test process; it is rebuilt only in a new one. */
let built: string | undefined;

const bundleOnce = (): string => {
  if (built !== undefined && existsSync(built)) return built;
  const folder = mkdtempSync(join(tmpdir(), "rack-bundle-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  built = join(folder, "rack.cjs");
  bundleRack(built);
  return built;
};

const collect = (child: ChildProcess, stdin: string | undefined): Promise<Result> =>
  new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ rc: code ?? 128, stdout, stderr }));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin ?? "");
  });

interface Region {
  url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const startRegion = (
  bundle: string,
  environment: NodeJS.ProcessEnv,
  port: number,
): Promise<Region> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [bundle, "rack", "region", "--listen", `127.0.0.1:${port}`],
      { env: environment, stdio: ["ignore", "pipe", "pipe"] },
    );
    let text = "";
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const [, address] = /listening (\S+)/.exec(text) ?? [];
      if (address === undefined) return;
      resolve({
        url: `http://${address}/MAAS`,
        stop: async (signal = "SIGTERM") => {
          if (child.exitCode !== null) return;
          const ended = new Promise((done) => child.once("exit", done));
          child.kill(signal);
          await ended;
        },
      });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`the region ended with ${code ?? "a signal"}: ${text}`)),
    );
  });

const resetArguments = (options: RackOptions, cloudFile: string): string[] => [
  ...["reset", "--api-key-stdin", "--seed", options.seed ?? "kit"],
  ...(options.random === undefined ? [] : ["--random", options.random]),
  ...(options.mode === "running" ? ["--factor", String(options.factor ?? 2000)] : ["--driven"]),
  ...["--maas", options.maas ?? "3.5", "--juju", options.juju ?? "3.6.25"],
  ...(options.cloud === undefined ? [] : ["--cloud", cloudFile]),
];

/** Starts a rack for a test; `stop` ends everything it started and removes its folder. */
export const startRack = async (options: RackOptions = {}): Promise<TestRack> => {
  const folder = mkdtempSync(join(tmpdir(), "rack-"));
  const home = join(folder, "state");
  const userHome = join(folder, "home");
  const binDir = join(folder, "bin");
  mkdirSync(userHome, { mode: 0o700 });
  const bundle = bundleOnce();
  writeTools(binDir, bundle, home);
  const environment = {
    PATH: `${binDir}:/usr/bin:/bin`,
    HOME: userHome,
    RACK_HOME: home,
    LC_ALL: "C.UTF-8",
  };
  const run = (
    argv: string[],
    stdin?: string,
    extra: Record<string, string> = {},
  ): Promise<Result> => {
    const [tool = "", ...rest] = argv;
    const inside = ["maas", "juju", "vault", "snap", "rack"].includes(tool);
    const [command, words] = inside ? [process.execPath, [bundle, ...argv]] : [tool, rest];
    return collect(
      spawn(command, words, { env: { ...environment, ...extra }, cwd: userHome }),
      stdin,
    );
  };
  const must = async (argv: string[], stdin?: string): Promise<void> => {
    const { rc, stderr } = await run(argv, stdin);
    if (rc !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  };
  const cloudFile = join(folder, "cloud.json");
  if (options.cloud !== undefined)
    writeFileSync(cloudFile, JSON.stringify(options.cloud), { mode: 0o600 });
  await must(["rack", ...resetArguments(options, cloudFile)], API_KEY);
  let region = await startRegion(bundle, environment, 0);
  const port = Number(new URL(region.url).port);
  const bastion =
    options.sshd === false ? undefined : await startBastion(join(folder, "sshd"), environment);
  const sshFaults = bastion && new SshFaults(bastion);
  return {
    home,
    userHome,
    binDir,
    maasUrl: region.url,
    apiKey: API_KEY,
    sshPort: bastion?.port ?? 0,
    hostKey: bastion?.hostKey ?? "",
    privateKey: bastion?.privateKey ?? "",
    user: bastion?.user ?? "",
    bastion,
    exec: run,
    advance: (seconds) => must(["rack", "advance", String(seconds)]),
    faults: async (plan) => {
      await must(["rack", "faults", "-"], JSON.stringify(plan));
      await sshFaults?.apply(plan);
    },
    restartRegion: async (signal = "SIGKILL") => {
      await region.stop(signal);
      region = await startRegion(bundle, environment, port);
    },
    stop: async () => {
      sshFaults?.forget();
      await bastion?.stop();
      await region.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
