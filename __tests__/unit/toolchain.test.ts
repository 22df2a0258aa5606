import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Bed, OFFICIAL } from "./toolchainBed";

jest.setTimeout(60_000); // seconds on an idle machine; processes are started, and the machine may be busy

let bed: Bed;
beforeEach(async () => {
  bed = new Bed();
  await bed.listen();
});
afterEach(() => bed.close());

const nothingInstalled = () => {
  expect(readdirSync(join(bed.prefix, "bin"))).toEqual([]);
  expect(readdirSync(join(bed.prefix, "home", "plugins"))).toEqual([]);
};

/** Running processes that build.sh started: they inherited the bed's home. */
const running = () =>
  readdirSync("/proc").filter((entry) => {
    try {
      return (
        /^\d+$/.test(entry) &&
        readFileSync(`/proc/${entry}/environ`, "utf8").split("\0").includes(`HOME=${bed.home}`)
      );
    } catch {
      return false; // ended meanwhile, or another user's
    }
  });

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`still not: ${what}`);
    await new Promise((next) => setImmediate(next));
  }
}

describe("the official download", () => {
  test("is verified, installed with its language host and plugins, and left alone by the next run", async () => {
    const first = await bed.run();
    expect(first.output).toContain(
      `tool chain: cli ${OFFICIAL} official download; host official; command 1.2.1 official`,
    );
    expect(first.status).toBe(0);
    expect(existsSync(join(bed.prefix, "bin", "pulumi-language-nodejs"))).toBe(true);
    for (const name of ["command", "openstack"] as const) {
      expect(existsSync(join(bed.plugin(name), `pulumi-resource-${name}`))).toBe(true);
      expect(existsSync(join(bed.plugin(name), "STAND-IN"))).toBe(false);
    }
    const asked = bed.requests.length;
    const second = await bed.run();
    expect(second.status).toBe(0);
    expect(second.output.trim().split("\n")).toHaveLength(1);
    expect(bed.requests).toHaveLength(asked);
  });

  test("works without curl", async () => {
    bed.removeTool("curl");
    bed.addTool("node");
    expect((await bed.run()).status).toBe(0);
    expect(bed.stamp("cli")).toBe(`${OFFICIAL} official download`);
  });

  test("with a wrong checksum is refused, and nothing of it is kept", async () => {
    bed.onArchive = (response, archive) => response.end(Buffer.concat([archive, Buffer.from("x")]));
    const ended = await bed.run();
    expect(ended.output).toMatch(/refused: the checksum of pulumi-v\S+ is wrong/);
    expect(ended.output).toContain(
      "cli is not to be had officially, and PULUMI_TOOLS_BUILD=0 forbids to build it",
    );
    expect(ended.status).toBe(1);
    nothingInstalled();
  });

  test("with a wrong checksum leads to the build, and nothing official is asked again", async () => {
    bed.onArchive = (response, archive) => response.end(archive.subarray(1));
    bed.installGo();
    const ended = await bed.run({ PULUMI_TOOLS_BUILD: "1" });
    expect(ended.status).toBe(0);
    expect(bed.stamp("cli")).toBe("3.246.0 built");
    expect(bed.requests).toHaveLength(2);
  });

  test("that the checksums do not name is refused", async () => {
    bed.onChecksums = (response) => response.end(`${"0".repeat(64)}  another.tar.gz\n`);
    const ended = await bed.run();
    expect(ended.output).toMatch(/refused|not to be had/);
    expect(ended.status).toBe(1);
    nothingInstalled();
  });

  test.each(["curl", "node"])(
    "is given up (%s) when no byte comes for the time that patience allows",
    async (tool) => {
      if (tool === "node") {
        bed.removeTool("curl");
        bed.addTool("node");
      }
      bed.onChecksums = () => undefined;
      const ended = await bed.run({ PULUMI_TOOLS_PATIENCE: "1" });
      expect(ended.status).toBe(1);
      expect(ended.seconds).toBeGreaterThanOrEqual(1);
      expect(ended.seconds).toBeLessThan(20);
      expect(bed.requests).toEqual(["/sums"]);
      nothingInstalled();
    },
  );

  test("is looked for once where nobody listens", async () => {
    bed.installGo();
    const nobody = "http://127.0.0.1:1";
    const ended = await bed.run({
      PULUMI_TOOLS_BUILD: "1",
      PULUMI_TOOLS_DOWNLOAD: nobody,
      PULUMI_TOOLS_CHECKSUMS: `${nobody}/sums`,
    });
    expect(ended.status).toBe(0);
    expect(ended.output.match(/is not to be had/g)).toHaveLength(1);
    expect(ended.output).not.toContain("plugin install");
    expect(ended.seconds).toBeLessThan(20);
  });

  test("that was killed half-way leaves no process, and the next run completes it", async () => {
    let half = false;
    bed.onArchive = (response, archive) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, archive.length / 2), () => (half = true));
    };
    const killed = bed.start();
    await until(() => half, "half of the archive is sent");
    killed.child.kill("SIGKILL");
    expect((await killed.ended).signal).toBe("SIGKILL");
    await until(() => running().length === 0, "no process is left");
    nothingInstalled();
    bed.onArchive = undefined;
    expect((await bed.run()).status).toBe(0);
    expect(readdirSync(bed.prefix).filter((name) => name.startsWith(".work"))).toEqual([]);
  });

  test("is made once when two start at once", async () => {
    let go: () => void = () => undefined;
    bed.onChecksums = (response, right) => (go = () => response.end(right));
    const first = bed.start();
    await until(() => bed.requests.length === 1, "the first asks for the checksums");
    const second = bed.start();
    await second.says("another build.sh is at work, waiting");
    bed.onChecksums = undefined;
    go();
    const ended = await Promise.all([first.ended, second.ended]);
    expect(ended.map((e) => e.status)).toEqual([0, 0]);
    expect(bed.requests.filter((path) => path.startsWith("/sdk/"))).toHaveLength(1);
  });
});

describe("a pulumi on PATH", () => {
  test("is used when it is compatible, with official plugins", async () => {
    const own = bed.installPulumi("3.260.1");
    const ended = await bed.run();
    expect(ended.status).toBe(0);
    expect(bed.stamp("cli")).toBe("3.260.1 from PATH");
    expect(readlinkSync(join(bed.prefix, "bin", "pulumi"))).toBe(own);
    expect(bed.stamp("openstack")).toBe("3.15.2 official");
    expect(bed.requests.filter((path) => path.startsWith("/sdk/"))).toEqual([]);
  });

  test.each(["3.100.0", "4.0.0"])(
    "is not used when it is %s, and that is said",
    async (version) => {
      bed.installPulumi(version);
      const ended = await bed.run();
      expect(ended.output).toContain(
        `is not used (version ${version}, 3.245.0 or newer, before 4, is needed)`,
      );
      expect(bed.stamp("cli")).toBe(`${OFFICIAL} official download`);
    },
  );

  test("is not used without its language host", async () => {
    bed.installPulumi("3.260.1", false);
    expect((await bed.run()).output).toContain("is not used (no pulumi-language-nodejs beside it)");
    expect(bed.stamp("cli")).toBe(`${OFFICIAL} official download`);
  });

  test("brings its user's plugins along, but no stand-in", async () => {
    bed.installPulumi("3.260.1");
    for (const [name, version] of [
      ["command", "1.2.1"],
      ["openstack", "3.15.2"],
    ] as const) {
      const folder = join(bed.home, ".pulumi", "plugins", `resource-${name}-v${version}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `pulumi-resource-${name}`), "#!/bin/sh\n", { mode: 0o755 });
      if (name === "openstack") writeFileSync(join(folder, "STAND-IN"), "");
    }
    expect((await bed.run()).status).toBe(0);
    expect(bed.stamp("command")).toMatch(/^1\.2\.1 from .*official$/);
    expect(bed.stamp("openstack")).toBe("3.15.2 official");
    expect(existsSync(join(bed.plugin("openstack"), "STAND-IN"))).toBe(false);
  });
});

describe("the build from Go modules", () => {
  const build = { PULUMI_TOOLS_BUILD: "1", PULUMI_TOOLS_OFFICIAL: "0" };

  test("marks its plugins as stand-ins and does nothing the second time", async () => {
    bed.installGo();
    expect((await bed.run(build)).status).toBe(0);
    expect(bed.builds()).toEqual(["cli", "host", "command", "openstack"]);
    expect(bed.requests).toEqual([]);
    for (const name of ["command", "openstack"] as const)
      expect(readFileSync(join(bed.plugin(name), "STAND-IN"), "utf8")).toContain(
        `Not the official plugin ${name}`,
      );
    expect((await bed.run(build)).status).toBe(0);
    expect(bed.builds()).toHaveLength(4);
  });

  test("that was killed goes on with the part that was not finished", async () => {
    bed.installGo("go1.26.0", "command");
    const killed = bed.start(build);
    await until(() => bed.builds().includes("command"), "the third part is building");
    await until(() => running().length > 1, "the build and its compiler run");
    killed.child.kill("SIGKILL");
    await killed.ended;
    await until(() => running().length === 0, "no process is left");
    bed.installGo();
    expect((await bed.run(build)).status).toBe(0);
    expect(bed.builds()).toEqual(["cli", "host", "command", "command", "openstack"]);
  });

  test("ends with its child when it is asked to", async () => {
    bed.installGo("go1.26.0", "cli");
    const started = bed.start(build);
    await until(() => bed.builds().length === 1, "the first part is building");
    started.child.kill("SIGTERM");
    expect((await started.ended).status).toBe(143);
    await until(() => running().length === 0, "no process is left");
    expect(readdirSync(bed.prefix).filter((name) => name.startsWith(".work"))).toEqual([]);
  });

  test("says what is missing without Go, and with an old one", async () => {
    const none = await bed.run(build);
    expect(none.status).toBe(1);
    expect(none.output).toContain(
      "cli must be built, and there is no Go on PATH: put the official pulumi (>= 3.245.0) on PATH, or install Go 1.25.8 or newer",
    );
    bed.installGo("go1.24.2");
    expect((await bed.run(build)).output).toContain("Go 1.24.2 is too old");
  });

  test("shows the end of a failed build's output", async () => {
    bed.program(
      "go",
      '#!/bin/sh\n[ "$1" = env ] && { echo go1.26.0; exit; }\necho "no such module" >&2; exit 1\n',
    );
    const ended = await bed.run(build);
    expect(ended.status).toBe(1);
    expect(ended.output).toMatch(/ {4}no such module\nbuild\.sh: cli: the build failed/);
  });
});
