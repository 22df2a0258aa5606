import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../lab/rack/command";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rack-command-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const rack = async (...argv: string[]) => {
  let stdout = "";
  let stderr = "";
  const io = {
    out: (text: string | Buffer) => void (stdout += String(text)),
    err: (text: string) => void (stderr += text),
    stdin: () => "a:b:c",
    stdoutIsTerminal: false,
  };
  const rc = await run(argv, io, {}, join(home, "rack"));
  return { rc, stdout, stderr };
};

test.each([
  ["reset --drivn", "Unknown option '--drivn'; there are: --seed, --random, --factor, --driven"],
  ["reset --seed", "Option '--seed <value>' argument missing; there are: --seed"],
  ["reset kit", 'no argument "kit" is taken'],
  ["reset --seed kti", '--seed: kit or empty, got "kti"'],
  ["reset --maas 3.3", '--maas: one of 3.4, 3.5, 3.6, 3.7, next, got "3.3"'],
  ["reset --juju stable", '--juju: a version such as 3.6.25 is needed, got "stable"'],
  ["reset --factor fast", '--factor: a number of at least 0 is needed, got "fast"'],
  ["region --port 1", "Unknown option '--port'; there are: --listen, --help"],
  ["state --yaml", "Unknown option '--yaml'; there are: --json, --help"],
  ["advance", "seconds are needed"],
  ["advance 1 2", 'no argument "2" is taken'],
  ["faults", "a plan file is needed"],
  ["sshd", "a configuration file is needed"],
])("rack %s is refused with a sentence and status 2", async (line, sentence) => {
  const [command = "", ...rest] = line.split(" ");
  const { rc, stdout, stderr } = await rack(command, ...rest);
  expect({ rc, stdout }).toEqual({ rc: 2, stdout: "" });
  expect(stderr).toContain(`rack ${command}: ${sentence}`);
  expect(existsSync(join(home, "rack"))).toBe(false);
});

test("every option that a command's help names is taken", async () => {
  for (const command of ["reset", "region", "state", "advance", "faults", "sshd"]) {
    const { rc, stdout } = await rack(command, "--help");
    expect(rc).toBe(0);
    const [usage = ""] = stdout.split("\n\n");
    const refused = (await rack(command, "--no-such-option")).stderr;
    for (const [option] of usage.matchAll(/--[a-z-]+/g)) expect(refused).toContain(option);
  }
});

test("options make the rack that was asked for", async () => {
  const words = ["--seed=empty", "--driven", "--maas", "3.7", "--juju", "4.0.15"];
  expect(await rack("reset", ...words, "--api-key-stdin")).toEqual({
    rc: 0,
    stdout: "",
    stderr: "",
  });
  expect((await rack("state")).stdout).toMatch(/\(driven\)\nprofile {3}MAAS 3\.7, Juju 4\.0\.15\n/);
  expect((await rack("advance", "60")).stdout).toBe("2026-01-05T08:01:00.000Z\n");
});
