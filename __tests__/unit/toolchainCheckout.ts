import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const HERE = resolve(__dirname, "../..");

/** A checkout with the real cli/, a stand-in for the tool chain's script and a `pulumi` that says how it was called. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), "cli test's "));
  readonly cache = join(this.folder, "cache");
  readonly bin = join(this.folder, "bin");

  constructor() {
    cpSync(join(HERE, "cli"), join(this.folder, "cli"), { recursive: true });
    cpSync(join(HERE, "package-lock.json"), join(this.folder, "package-lock.json"));
    symlinkSync(join(HERE, "node_modules"), join(this.folder, "node_modules"));
    mkdirSync(join(this.folder, "toolchain"));
    mkdirSync(join(this.cache, "toolchain", "bin"), { recursive: true });
    mkdirSync(this.bin);
    this.executable("toolchain/build.sh", "#!/bin/sh\necho tool chain: there\n");
    this.executable(
      "cache/toolchain/bin/pulumi",
      `#!/bin/sh
[ "$1 $2" = "stack init" ] && exec touch '${this.stateFile("dev").replaceAll("'", "'\\''")}'
echo "args: $*"; env | grep ^PULUMI_ | sort; exit \${FAKE_STATUS:-0}
`,
    );
    this.write("Pulumi.yaml", "name: private-cloud\n");
    this.write("Pulumi.dev.yaml", "config:\n  private-cloud:site:   1 # a comment\n");
    this.write("Pulumi.kit.yaml", "config: {}\n");
    mkdirSync(join(this.stateFile("dev"), ".."), { recursive: true, mode: 0o700 });
  }

  stateFile(stack: string): string {
    return join(
      this.folder,
      ".private-cloud",
      "state",
      ".pulumi",
      "stacks",
      "private-cloud",
      `${stack}.json`,
    );
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  executable(name: string, text: string): void {
    this.write(name, text);
    chmodSync(join(this.folder, name), 0o755);
  }

  run(args: string[], environment: Record<string, string> = {}): SpawnSyncReturns<string> {
    return spawnSync(
      "bash",
      [join(this.folder, "cli", "private-cloud"), ...args],
      this.options(environment),
    );
  }

  script(args: string[], environment: Record<string, string> = {}): SpawnSyncReturns<string> {
    const [name = "", ...rest] = args;
    return spawnSync(join(this.folder, "cli", name), rest, this.options(environment));
  }

  /** The stack that cli/lib.sh finds in a command line of pulumi. */
  named(args: string[]): string {
    const program = '. cli/lib.sh; named_stack "$@"';
    return spawnSync("bash", ["-c", program, "bash", ...args], {
      ...this.options({}),
      cwd: this.folder,
    }).stdout.trim();
  }

  options(environment: Record<string, string>): { encoding: "utf8"; env: NodeJS.ProcessEnv } {
    const { PATH = "", HOME = "/" } = process.env;
    return {
      encoding: "utf8",
      env: {
        PATH: `${this.bin}:${PATH}`,
        HOME,
        PRIVATE_CLOUD_CACHE: this.cache,
        TMPDIR: this.folder,
        ...environment,
      },
    };
  }

  foreground(...argv: string[]): SpawnSyncReturns<string> {
    return spawnSync("node", [join(this.folder, "cli", "foreground.mjs"), ...argv], {
      encoding: "utf8",
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
