import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { createHash } from "node:crypto";
import { delimiter, join, resolve } from "node:path";

const SCRIPT = resolve(__dirname, "../../toolchain/build.sh");
export const OFFICIAL = "3.248.0";
const ARCHIVE = `pulumi-v${OFFICIAL}-linux-${process.arch}.tar.gz`;

// prettier-ignore
const TOOLS = ["bash", "sh", "cat", "chmod", "cp", "curl", "cut", "dirname", "env", "find", "flock", "grep", "gzip", "head", "ln",
  "mkdir", "mktemp", "mv", "readlink", "rm", "sed", "setpriv", "sha256sum", "sleep", "sort", "tail", "tar", "timeout", "tr", "true", "uname"];

/** A `pulumi` that knows `version` and `plugin install`, as far as build.sh asks. */
const fakePulumi = (version: string) => `#!/bin/sh
case $1 in
  version) echo v${version} ;;
  plugin)
    dir=$PULUMI_HOME/plugins/resource-$4-v$5
    mkdir -p "$dir" && echo '#!/bin/sh' > "$dir/pulumi-resource-$4" && chmod 755 "$dir/pulumi-resource-$4" ;;
esac
`;

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  output: string;
  seconds: number;
}

export interface Started {
  child: ChildProcess;
  /** Resolves when the output so far contains the text. */
  says: (text: string) => Promise<void>;
  ended: Promise<Ended>;
}

function executable(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

const found = new Map<string, string>();
function findTool(name: string): string {
  const known = found.get(name);
  if (known !== undefined) return known;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const file = folders
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`${name} is not on PATH, and build.sh needs it`);
  found.set(name, file);
  return file;
}

/** A machine as build.sh sees it: a PATH with nothing of ours, a home, an official server on loopback. */
export class Bed {
  readonly folder = mkdtempSync(join(tmpdir(), "toolchain-test-"));
  readonly prefix = join(this.folder, "prefix");
  readonly home = join(this.folder, "home");
  private readonly bin = join(this.folder, "bin");
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  /** Takes over the answer for the archive. */
  onArchive: ((response: ServerResponse, archive: Buffer) => void) | undefined;
  onChecksums: ((response: ServerResponse, right: string) => void) | undefined;
  private readonly server: Server;
  private readonly archive: Buffer;
  private readonly started: ChildProcess[] = [];

  constructor() {
    mkdirSync(this.bin);
    mkdirSync(this.home);
    for (const tool of TOOLS) this.addTool(tool);
    this.archive = this.pack();
    this.server = createServer((request, response) => this.answer(request.url ?? "", response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
  }

  private url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private pack(): Buffer {
    const folder = join(this.folder, "pack");
    mkdirSync(join(folder, "pulumi"), { recursive: true });
    executable(join(folder, "pulumi", "pulumi"), fakePulumi(OFFICIAL));
    executable(join(folder, "pulumi", "pulumi-language-nodejs"), "#!/bin/sh\n");
    execFileSync("tar", ["-czf", join(folder, ARCHIVE), "-C", folder, "pulumi"]);
    return readFileSync(join(folder, ARCHIVE));
  }

  private answer(path: string, response: ServerResponse): void {
    this.requests.push(path);
    const sum = createHash("sha256").update(this.archive).digest("hex");
    const sums = `${"0".repeat(64)}  pulumi-v${OFFICIAL}-other.tar.gz\n${sum}  ${ARCHIVE}\n`;
    if (path === "/sums") {
      if (this.onChecksums) this.onChecksums(response, sums);
      else response.end(sums);
    } else if (path === `/sdk/${ARCHIVE}`) {
      if (this.onArchive) this.onArchive(response, this.archive);
      else response.end(this.archive);
    } else response.writeHead(404).end();
  }

  addTool(name: string): void {
    symlinkSync(findTool(name), join(this.bin, name));
  }

  removeTool(name: string): void {
    rmSync(join(this.bin, name));
  }

  /** A program on the bed's PATH. */
  program(name: string, text: string): void {
    executable(join(this.bin, name), text);
  }

  /** An installation of Pulumi that is on PATH. */
  installPulumi(version: string, withHost = true): string {
    const folder = join(this.folder, "opt");
    mkdirSync(folder);
    executable(join(folder, "pulumi"), fakePulumi(version));
    if (withHost) executable(join(folder, "pulumi-language-nodejs"), "#!/bin/sh\n");
    symlinkSync(join(folder, "pulumi"), join(this.bin, "pulumi"));
    return join(folder, "pulumi");
  }

  /** A Go whose builds take no time: what it "builds" answers `version`; each build is noted in `builds()`. */
  installGo(version = "go1.26.0", hangIn = ""): void {
    this.program(
      "go",
      `#!/bin/sh
[ "$1" = env ] && { echo ${version}; exit; }
out=; while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
echo "\${out##*/}" >> ${join(this.folder, "builds")}
[ "\${out##*/}" = "${hangIn}" ] && exec sleep 600
printf '#!/bin/sh\\necho v3.246.0\\n' > "$out"
`,
    );
  }

  builds(): string[] {
    try {
      return readFileSync(join(this.folder, "builds"), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }

  start(environment: Record<string, string> = {}): Started {
    const began = Date.now();
    const child = spawn(join(this.bin, "bash"), [SCRIPT, this.prefix], {
      env: {
        PATH: this.bin,
        HOME: this.home,
        PULUMI_TOOLS_DOWNLOAD: `${this.url()}/sdk`,
        PULUMI_TOOLS_CHECKSUMS: `${this.url()}/sums`,
        PULUMI_TOOLS_BUILD: "0",
        PULUMI_TOOLS_PATIENCE: "10",
        ...environment,
      },
    });
    this.started.push(child);
    let output = "";
    const waiting: { text: string; found: () => void }[] = [];
    const collect = (data: Buffer) => {
      output += data.toString();
      for (const { text, found } of waiting) if (output.includes(text)) found();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const ended = new Promise<Ended>((done) =>
      child.on("close", (status, signal) =>
        done({ status, signal, output, seconds: (Date.now() - began) / 1000 }),
      ),
    );
    const says = (text: string) =>
      new Promise<void>((found, fail) => {
        waiting.push({ text, found });
        if (output.includes(text)) found();
        void ended.then((e) => fail(new Error(`ended without saying "${text}":\n${e.output}`)));
      });
    return { child, says, ended };
  }

  run(environment: Record<string, string> = {}): Promise<Ended> {
    return this.start(environment).ended;
  }

  stamp(part: string): string | undefined {
    try {
      return readFileSync(join(this.prefix, ".stamps", part), "utf8").trim();
    } catch {
      return undefined;
    }
  }

  plugin(name: "command" | "openstack"): string {
    const version = { command: "1.2.1", openstack: "3.15.2" }[name];
    return join(this.prefix, "home", "plugins", `resource-${name}-v${version}`);
  }

  async close(): Promise<void> {
    for (const child of this.started) if (child.exitCode === null) child.kill("SIGKILL");
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
