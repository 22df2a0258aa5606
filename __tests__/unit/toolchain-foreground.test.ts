import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Checkout } from "./toolchainCheckout";

jest.setTimeout(60_000); // seconds on an idle machine; processes are started, and the machine may be busy

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => checkout.remove());

describe("the stack files", () => {
  const SALT = "encryptionsalt: v1:abc=:v1:def\n";
  const asPulumi = (extra = "") =>
    `config:\n  private-cloud:site: "1" # a comment\n${extra}${SALT}`;
  const file = () => checkout.read("Pulumi.dev.yaml");
  const write = (text: string) =>
    checkout.foreground(
      "node",
      "-e",
      "fs.writeFileSync(process.argv[1], process.argv[2])",
      join(checkout.folder, "Pulumi.dev.yaml"),
      text,
    );

  test("are as before when Pulumi has only formatted them and added its salt", () => {
    const before = file();
    expect(write(asPulumi()).status).toBe(0);
    expect(file()).toBe(before);
  });

  test("keep what a command has set, without the salt", () => {
    write(asPulumi("  private-cloud:light: true\n"));
    expect(file()).toBe(asPulumi("  private-cloud:light: true\n").replace(SALT, ""));
  });

  test("keep a salt that secret values need", () => {
    const text = asPulumi("  private-cloud:key:\n    secure: v1:xyz\n");
    write(text);
    expect(file()).toBe(text);
  });

  test("keep a salt that is committed", () => {
    checkout.write("Pulumi.dev.yaml", asPulumi());
    const git = (...args: string[]) => execFileSync("git", ["-C", checkout.folder, ...args]);
    git("init", "-q");
    git("add", "Pulumi.dev.yaml");
    git("-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "m");
    write(asPulumi());
    expect(file()).toBe(asPulumi());
  });

  test("have a filter in the checkout's own git, which is taken out again, and in none around it", () => {
    const git = (folder: string, ...args: string[]) =>
      spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" }).stdout;
    const filter = (folder: string) => git(folder, "config", "--get", "filter.pulumi-salt.clean");
    const script = (name: string) =>
      execFileSync("bash", ["-c", `. cli/lib.sh; ${name}`], {
        ...checkout.options({}),
        cwd: checkout.folder,
      });
    git(checkout.folder, "init", "-q");
    script("hide_salt");
    expect(filter(checkout.folder)).toContain("encryptionsalt");
    script("unhide_salt; unhide_salt");
    expect(filter(checkout.folder)).toBe("");
    rmSync(join(checkout.folder, ".git"), { recursive: true });
    const around = mkdtempSync(join(tmpdir(), "private-cloud-around-"));
    git(around, "init", "-q");
    git(around, "config", "filter.pulumi-salt.clean", "cat");
    cpSync(join(checkout.folder, "cli"), join(around, "inner", "cli"), { recursive: true });
    execFileSync("bash", ["-c", ". cli/lib.sh; unhide_salt"], {
      ...checkout.options({}),
      cwd: join(around, "inner"),
    });
    expect(filter(around)).toBe("cat\n");
    rmSync(around, { recursive: true });
  });
});

describe("a command in the foreground", () => {
  test("gives its exit status, or the signal that ended it", () => {
    expect(checkout.foreground("sh", "-c", "exit 7").status).toBe(7);
    expect(checkout.foreground("sh", "-c", "kill -9 $$").status).toBe(137);
    expect(checkout.foreground("no-such-program").status).toBe(127);
  });

  test("is asked to end when its parent is", async () => {
    const script = 'trap "echo asked; exit 3" TERM; echo ready; while :; do read -t 1 _ <&1; done';
    const child = spawn("node", [
      join(checkout.folder, "cli", "foreground.mjs"),
      "bash",
      "-c",
      script,
    ]);
    let said = "";
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString();
      if (said === "ready\n") child.kill("SIGTERM");
    });
    const status = await new Promise((done) => child.on("close", done));
    expect([status, said]).toEqual([3, "ready\nasked\n"]);
  });

  test("is asked to end when its parent is at the moment that it starts", () => {
    checkout.write(
      "early.cjs",
      `const processes = require("node:child_process");
const spawn = processes.spawn;
processes.spawn = (...words) => {
  const child = spawn(...words);
  process.kill(process.pid, "SIGTERM");
  return child;
};
require("node:module").syncBuiltinESMExports();
`,
    );
    const words = ["--require", join(checkout.folder, "early.cjs")];
    const script = join(checkout.folder, "cli", "foreground.mjs");
    const ended = spawnSync("node", [...words, script, "sleep", "20"], { encoding: "utf8" });
    expect(ended).toMatchObject({ status: 143, signal: null, stderr: "" });
  });
});

describe("the count of a level", () => {
  // prettier-ignore
  test.each([
    ["passed tests", 0, { numPassedTests: 3 }, "3 0"],
    ["failed tests", 1, { numPassedTests: 3, numFailedTests: 2 }, "3 2"],
    ["skipped ones as failed", 0, { numPassedTests: 3, numPendingTests: 1, numTodoTests: 1 }, "3 2"],
    ["a suite that could not be loaded", 1, { numPassedTests: 3, numRuntimeErrorTestSuites: 1 }, "3 1"],
    ["a run that failed otherwise", 1, { numPassedTests: 3 }, "3 1"],
    ["a level without tests", 0, {}, "0 1"],
    ["no result at all", 0, undefined, "0 1"],
  ])("has %s", (_what, status, result, expected) => {
    const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 };
    if (result) checkout.write("result.json", JSON.stringify({ ...none, ...result }));
    const script = join(checkout.folder, "cli", "count.mjs");
    const counted = execFileSync("node", [script, String(status), join(checkout.folder, "result.json")], { encoding: "utf8", stdio: "pipe" });
    expect(counted.trim()).toBe(expected);
  });
});
