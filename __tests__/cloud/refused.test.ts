/**
 * What needs no lab, through the real engine and the commands that people use: wrong values are refused before anything is made,
 * and a preview works without a network, without root and where there is no lab.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, homedir } from "node:os";
import { join } from "node:path";
import { Checkout, tail } from "../support/checkout";
import { processesWith } from "../support/killing";

// An address at which nothing is ever started.
const ADDRESS = "127.0.53.9";
const MINUTES = 60_000;
const CACHE =
  process.env["PRIVATE_CLOUD_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "private-cloud");

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout(ADDRESS);
});
afterAll(() => checkout.remove());

const stateFile = () =>
  join(checkout.project, ".private-cloud/state/.pulumi/stacks/private-cloud/dev.json");

/** Names of what the stack's state holds, the stack itself included. */
function recorded(): string[] {
  if (!existsSync(stateFile())) return [];
  const { checkpoint } = JSON.parse(readFileSync(stateFile(), "utf8")) as {
    checkpoint: { latest?: { resources?: { urn: string }[] } };
  };
  return (checkpoint.latest?.resources ?? []).map(({ urn }) => urn);
}

const WRONG: [string, (text: string) => string, RegExp[]][] = [
  [
    "a CIDR with host bits",
    (text) => `${text}  private-cloud:external:\n    cidr: 172.16.7.0/20\n`,
    [/private-cloud:external\.cidr is "?172\.16\.7\.0\/20.*host bits.*172\.16\.0\.0\/20/],
  ],
  [
    "a pool outside its subnet",
    (text) =>
      `${text}  private-cloud:external:\n    pool:\n      start: 192.168.7.1\n      end: 192.168.7.9\n`,
    [/private-cloud:external\.pool.*192\.168\.7\.1.*172\.16\.0\.0\/20/],
  ],
  [
    "an unknown key, and one of a section",
    (text) => `${text}  private-cloud:machnies: {}\n  private-cloud:app:\n    flavour: small\n`,
    [/private-cloud:machnies .*Did you mean machines/, /private-cloud:app\.flavour .*flavor/],
  ],
  [
    "a missing key",
    (text) => text.replace("    file: .private-cloud/dev/guest.qcow2\n", ""),
    [/private-cloud:image\.file is missing/],
  ],
];

describe.each(WRONG)("%s in Pulumi.dev.yaml", (_name, change, sentences) => {
  let back: () => void;
  beforeAll(() => {
    back = checkout.configure(change);
  });
  afterAll(() => back());

  test(
    "is refused with its path, and nothing is made",
    async () => {
      const ended = await checkout.command("preview");
      expect(ended.status).not.toBe(0);
      const said = `${ended.stdout}\n${ended.stderr}`.replace(/\s+/g, " ");
      for (const sentence of sentences) expect(said).toMatch(sentence);
      expect(said).toContain("Pulumi.dev.yaml must be corrected; nothing has been changed");
      expect(`${ended.stdout}\n${ended.stderr}`).not.toMatch(/\n\s+at .*\.[jt]s:\d/);
      expect(recorded()).toEqual([]);
    },
    2 * MINUTES,
  );

  test(
    "is refused by an up before anything is built or started",
    async () => {
      const cache = join(checkout.folder, "empty-cache");
      const ended = await checkout.start(["up"], { PRIVATE_CLOUD_CACHE: cache }).ended;
      expect(ended.status).toBe(1);
      const said = ended.stderr.replace(/\s+/g, " ");
      for (const sentence of sentences) expect(said).toMatch(sentence);
      expect(said).toContain("Pulumi.dev.yaml must be corrected; nothing has been changed");
      expect(said).not.toContain("tool chain");
      expect(existsSync(cache)).toBe(false);
    },
    MINUTES,
  );
});

describe("a preview", () => {
  /** Where `.private-cloud` is not there, with only loopback, as an unprivileged user with a tool chain of their own. */
  function offline(checkout: Checkout): string[] {
    const toolchain = join(checkout.folder, "cache", "toolchain");
    execFileSync("mkdir", ["-p", toolchain, join(checkout.folder, "tmp")]);
    execFileSync("cp", ["-a", `${join(CACHE, "toolchain")}/.`, toolchain]);
    execFileSync("chown", ["-R", "65534:65534", checkout.folder]);
    chmodSync(checkout.folder, 0o755);
    // The installed packages are bound in, because the folder they are in may be closed to other users.
    const script = `set -e
ip link set lo up
modules=$(readlink -f node_modules)
rm node_modules && mkdir node_modules && mount --bind "$modules" node_modules
exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$1" TMPDIR="$1/tmp" PRIVATE_CLOUD_CACHE="$1/cache" \\
  bash cli/private-cloud preview`;
    return ["unshare", "--net", "--mount", "sh", "-c", script, "sh", checkout.folder];
  }

  test(
    "works in a network namespace with only loopback, without root, with nothing running and nothing made before",
    async () => {
      const fresh = new Checkout(ADDRESS);
      try {
        const ended = await fresh.spawn(offline(fresh)).ended;
        expect(ended.status === 0 ? "" : tail(ended)).toBe("");
        expect(ended.stdout).toMatch(/\d+ to create/);
        expect(ended.stdout).toContain("Stand-ins are shown for");
      } finally {
        fresh.remove();
      }
    },
    3 * MINUTES,
  );
});

describe("an up that is asked to end while it prepares", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s ends with all that it started",
    async (signal) => {
      const cache = join(checkout.folder, `cache-${signal}`);
      mkdirSync(join(cache, "toolchain"), { recursive: true });
      symlinkSync(join(CACHE, "lab"), join(cache, "lab"));
      const script = join(checkout.project, "toolchain", "build.sh");
      const before = readFileSync(script);
      // In a session of its own it gets no signal but its own.
      const sleep = `sleep ${7_000_000 + process.pid}`;
      writeFileSync(script, `#!/bin/bash\nsetsid ${sleep} & echo it builds >&2; wait\n`);
      try {
        const { child, ended } = checkout.start(["up"], { PRIVATE_CLOUD_CACHE: cache });
        child.stderr?.on("data", (text: string) => {
          if (!text.includes("it builds") || child.pid === undefined) return;
          // A terminal sends ^C to the whole group; everybody else signals one process.
          process.kill(signal === "SIGINT" ? -child.pid : child.pid, signal);
        });
        const { status, stderr } = await ended;
        expect([status, stderr]).toEqual([
          128 + constants.signals[signal],
          expect.stringContaining(`stopped by ${signal}. \`npm run up\` goes on from here`),
        ]);
        expect(processesWith(sleep)).toEqual([]);
      } finally {
        writeFileSync(script, before);
      }
    },
    MINUTES,
  );
});

describe("where there can be no lab", () => {
  test(
    "up says what is missing and that a preview works, and the real preview does",
    async () => {
      const tools = join(checkout.folder, "tools");
      mkdirSync(tools, { recursive: true });
      writeFileSync(join(tools, "uname"), "#!/bin/sh\necho Darwin\n", { mode: 0o755 });
      const path = { PATH: `${tools}:${process.env["PATH"] ?? ""}` };
      const up = await checkout.start(["up"], path).ended;
      expect(up.status).toBe(1);
      expect(up.stderr).toMatch(/the lab needs Linux .* `npm run preview` works without it/);
      const preview = await checkout.start(["preview"], path).ended;
      expect(preview.status === 0 ? "" : tail(preview)).toBe("");
      expect(preview.stdout).toMatch(/\d+ to create/);
    },
    3 * MINUTES,
  );
});

test(
  "bench prints what it can measure, with what is allowed and the load, and says what it cannot",
  async () => {
    const ended = await checkout.command("bench", "runs", "lab", "preview");
    expect(ended.status === 0 ? "" : tail(ended)).toBe("");
    expect(ended.stdout).toMatch(
      /^\? {4}up that changes nothing: not recorded in this checkout: it takes a second `npm run up`; at most 1:00 \(load [\d. ]+\)$/m,
    );
    expect(ended.stdout).toMatch(
      /memory of the whole lab: the lab of this checkout does not run; at most 11 GB/,
    );
    expect(ended.stdout).toMatch(
      /^(ok {2}|OVER) preview, .*: [\d.]+ s, [\d.]+ s, ratio \d\.\d\d \(\d+ of command, \d+ of openstack\); at most 1\.3/m,
    );
    expect((await checkout.command("bench", "speed")).stderr).toContain(
      "unknown group speed; there are: runs",
    );
  },
  5 * MINUTES,
);
