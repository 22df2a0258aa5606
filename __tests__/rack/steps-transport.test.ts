import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { Bastion } from "../../steps/bastion/bastion";
import { PERSIST_SECONDS } from "../../steps/bastion/connection";
import { StepError } from "../../steps/errors";
import type { BastionSpec } from "../../steps/specs";
import { fastClock } from "./support/fastClock";
import {
  descendants,
  kill,
  processesWith,
  startSshd,
  type TestServer,
  until,
} from "./support/sshd";

jest.setTimeout(60_000);

let server: TestServer;
const clock = fastClock(20);
const open: Bastion[] = [];
let lines: string[] = [];

beforeAll(async () => {
  server = await startSshd();
});

beforeEach(() => {
  lines = [];
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((bastion) => bastion.close()));
});

afterAll(() => server.stop());

function bastion(lock: string, spec: Partial<BastionSpec> = {}, waitSeconds?: number): Bastion {
  const made = new Bastion(
    { ...server.spec, ...spec },
    server.secrets,
    lock,
    (line) => lines.push(line),
    { clock, ...(waitSeconds === undefined ? {} : { lockWaitSeconds: waitSeconds }) },
  );
  open.push(made);
  return made;
}

async function failure(work: Promise<unknown>): Promise<StepError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StepError)) throw new Error(`expected a StepError, got ${String(error)}`);
  return error;
}

/** Folders of connections that were looked at, and what the connection's files are called. */
const folders = new Map<string, string>();

/** Processes of the server that hold a connection. */
function connections(): number {
  const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(server.pid)], {
    encoding: "utf8",
  });
  return children.trim().split("\n").filter(Boolean).length;
}

it("shares one connection between steps that start at the same time, and leaves no key file", async () => {
  const both = [bastion("one"), bastion("two"), bastion("three")];
  await Promise.all(both.map((each) => each.open()));
  const outputs = await Promise.all(both.map((each, index) => each.run(["echo", `it's ${index}`])));
  expect(outputs.map(({ stdout }) => stdout)).toEqual(["it's 0\n", "it's 1\n", "it's 2\n"]);
  expect(connections()).toBe(1);
  const [master = 0] = processesWith("ControlPersist").filter((pid) =>
    fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(String(server.spec.port)),
  );
  const words = fs.readFileSync(`/proc/${master}/cmdline`, "utf8").split("\0");
  const identity =
    words.find((word) => word.startsWith("IdentityFile="))?.slice("IdentityFile=".length) ?? "";
  expect(path.basename(identity)).toMatch(/\.key$/);
  expect(fs.existsSync(identity)).toBe(false);
  const [name = ""] = path.basename(identity).split(".");
  const folder = path.dirname(identity);
  expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  folders.set(folder, name);
  // Only the socket is there as long as the connection is.
  expect(fs.readdirSync(folder).filter((file) => file.startsWith(name))).toEqual([`${name}.s`]);
});

it("passes input and large output through unchanged", async () => {
  const text = `${"ü\n".repeat(1_000_000)}`;
  const { stdout } = await bastion("large").run(["cat"], { stdin: text });
  expect(stdout.length).toBe(text.length);
  expect(stdout === text).toBe(true);
});

it("says what failed, with the tool's last words, its status and no stack", async () => {
  const error = await failure(bastion("fails").run(["ls", "/no such thing"]));
  expect(error.message).toMatch(
    /^On the bastion, "ls '\/no such thing'" ended with status 2: ls: cannot access/,
  );
});

it("ends a command that takes too long, and one that prints too much", async () => {
  const slow = await failure(bastion("slow").run(["sleep", "30"], { timeoutSeconds: 1 }));
  expect(slow.message).toContain('"sleep 30" did not end within 1 s');
  const loud = await failure(bastion("loud").run(["head", "-c", "40000000", "/dev/zero"]));
  expect(loud.message).toContain("printed more than 32 MiB");
});

it.each([
  ["by itself", ["no-such-tool"]],
  ["behind env", ["env", "A=b", "no-such-tool", "word"]],
  ["behind a shell", ["sh", "-c", 'exec "$@"', "sh", "no-such-tool", "word"]],
])("names a tool that the bastion lacks, %s", async (_how, argv) => {
  const error = await failure(bastion("lacks").run(argv));
  expect(error.message).toMatch(/The bastion has no command "no-such-tool".*Install it there/);
});

it("refuses a bastion with another host key before it sends anything", async () => {
  const hostKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFvr6Ut8sS3Nq5H9xJbuW0GZzBvyHbTdb1QjQDuzzwPz";
  const error = await failure(bastion("host", { hostKey }).open());
  expect(error.message).toMatch(/^bastion\.hostKey: .* showed another host key/);
  expect(error.exitCode).toBe(1);
});

it("says that the bastion refused the key", async () => {
  const other = await startSshd();
  try {
    const made = new Bastion(server.spec, other.secrets, "denied", () => undefined);
    const error = await failure(made.open());
    expect(error.message).toMatch(/refused the key .*authorized_keys/);
    await made.close();
  } finally {
    await other.stop();
  }
});

it("says that the bastion cannot be reached, as something to try again", async () => {
  const error = await failure(bastion("nobody", { port: 1 }).open());
  expect(error.message).toMatch(
    /127\.0\.0\.1:1 cannot be reached \(.*refused.*Check that it is up/,
  );
  expect(error.exitCode).toBe(75);
});

it("keeps secret files private and removes them, also after a failure", async () => {
  const made = bastion("files");
  const seen = await failure(
    made.withFile("planted-secret", async (file) => {
      expect(fs.readFileSync(file, "utf8")).toBe("planted-secret");
      expect(fs.statSync(file).mode & 0o777).toBe(0o600);
      expect(file.startsWith(`${server.home}/private-cloud/`)).toBe(true);
      await made.run(["false"]);
    }),
  );
  expect(seen.message).toContain('"false" ended with status 1');
  expect(fs.readdirSync(path.join(server.home, "private-cloud/run/files"))).toEqual([]);
  await made.close();
  expect(fs.existsSync(path.join(server.home, "private-cloud/run/files"))).toBe(false);
});

it("sweeps what a bastion without power left of a step", async () => {
  const left = path.join(server.home, "private-cloud/run/swept/left");
  fs.mkdirSync(path.dirname(left), { recursive: true });
  fs.writeFileSync(left, "planted-secret");
  await bastion("swept").open();
  expect(fs.existsSync(left)).toBe(false);
});

it("waits for the lock, says who holds it, and has it as soon as it is free", async () => {
  const first = bastion("lock");
  await first.open();
  const second = bastion("lock").open();
  await until("the second says that it waits", () => lines.length > 0);
  expect(lines[0]).toMatch(/^waiting for the lock lock on the bastion, held by .*@.* pid \d+/);
  await first.close();
  await second;
});

it("gives up on a lock that stays held, as something to try again", async () => {
  await bastion("held").open();
  const error = await failure(bastion("held", {}, 1).open());
  expect(error.message).toMatch(
    /is held by .* pid \d+ for more than .*Wait for that run or end it/,
  );
  expect(error.exitCode).toBe(75);
});

it("waits for a change that a killed run left behind", async () => {
  const killed = bastion("left");
  const go = path.join(server.home, "left-go");
  const program = 'touch "$0-runs"; while [ ! -e "$0" ]; do sleep 0.05; done';
  void killed.run(["sh", "-c", program, go]).catch(() => undefined);
  await until("the command runs", () => fs.existsSync(`${go}-runs`));
  killed.abort();
  let opened = false;
  const next = bastion("left")
    .open()
    .then(() => (opened = true));
  await until("the next run waits", () =>
    lines.includes("waiting for a command of an earlier run of left to end"),
  );
  expect(opened).toBe(false);
  fs.writeFileSync(go, "");
  await next;
});

it("repeats a read when the connection is cut, and takes the lock again", async () => {
  const made = bastion("cut");
  await made.open();
  const cut = made.run(
    [
      "sh",
      "-c",
      'if [ -e "$0" ]; then echo again; else touch "$0"; sleep 30; fi',
      `${server.home}/once`,
    ],
    {
      repeatable: true,
    },
  );
  await until("the command runs", () => fs.existsSync(path.join(server.home, "once")));
  await server.restart();
  expect((await cut).stdout).toBe("again\n");
  expect(lines).toContain("the connection to the bastion was cut; connecting again");
});

it("has its secret files again when the connection was cut, and connects once for all who wait", async () => {
  const made = bastion("again");
  await made.withFile("planted-secret", async (file) => {
    await server.restart();
    const reads = ["one", "two", "three"].map(async (word) => {
      const { stdout } = await made.run(["sh", "-c", 'cat "$0"; echo " $1"', file, word], {
        repeatable: true,
      });
      return stdout;
    });
    expect(await Promise.all(reads)).toEqual([
      "planted-secret one\n",
      "planted-secret two\n",
      "planted-secret three\n",
    ]);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });
  expect(lines.filter((line) => line.startsWith("waiting for the lock"))).toEqual([]);
  expect(fs.readdirSync(path.join(server.home, "private-cloud/run/again"))).toEqual([]);
});

it("does not repeat a change when the connection is cut, but says that the next run continues", async () => {
  const made = bastion("change");
  const cut = failure(made.run(["sh", "-c", 'touch "$0"; sleep 30', `${server.home}/change`]));
  await until("the command runs", () => fs.existsSync(path.join(server.home, "change")));
  for (const pid of descendants(server.pid)) kill(pid);
  const error = await cut;
  expect(error.message).toMatch(/connection .* was cut while a command ran.*Run again/);
  expect(error.exitCode).toBe(75);
});

describe("a command that outlives the connection", () => {
  it("is attached to and collected by another run", async () => {
    const first = bastion("detached");
    await first.open();
    const program = 'echo out; echo err >&2; while [ ! -e "$HOME/go" ]; do sleep 0.1; done; exit 3';
    await first.detached("job").start("what it is for", ["sh", "-c", program]);
    await first.close();
    const second = bastion("detached");
    await second.open();
    const job = second.detached("job");
    expect(await job.look()).toEqual({ kind: "running", id: "what it is for" });
    fs.writeFileSync(path.join(server.home, "go"), "");
    await until("it has ended", async () => (await job.look()).kind !== "running");
    expect(await job.look()).toEqual({ kind: "ended", id: "what it is for", status: 3 });
    expect(await job.output()).toEqual({ stdout: "out\n", stderr: "err\n" });
    await job.forget();
    expect(await job.look()).toEqual({ kind: "absent" });
  });

  it("is known to have died, by a kill or by a restart of the bastion", async () => {
    const made = bastion("died");
    await made.open();
    const job = made.detached("dies");
    await job.start("x", ["sleep", "60"]);
    const file = path.join(server.home, "private-cloud/steps/dies/pid");
    const [pid = "", started = ""] = fs.readFileSync(file, "utf8").split(" ");
    for (const process of [Number(pid), ...descendants(Number(pid))]) kill(process);
    await until("the kill is noticed", async () => (await job.look()).kind === "died");
    expect(await job.look()).toEqual({ kind: "died", id: "x", restarted: false });
    fs.writeFileSync(file, `${pid} ${started} another-boot\n`);
    expect(await job.look()).toEqual({ kind: "died", id: "x", restarted: true });
  });
});

it("leaves no process and no file on this machine", async () => {
  const made = bastion("nothing");
  await made.open();
  await Promise.all(open.splice(0).map((each) => each.close()));
  await until(
    "all ssh processes have ended",
    () =>
      processesWith(`private-cloud-${process.getuid?.() ?? 0}/`).filter((pid) => ours(pid))
        .length === 0,
    PERSIST_SECONDS + 15,
  );
  expect(files()).toEqual([]);
});

/** Files of this server's connections; their names begin with what the connection is. */
function files(): string[] {
  return [...folders].flatMap(([folder, name]) =>
    fs.readdirSync(folder).filter((file) => file.startsWith(name)),
  );
}

/** Connections of other tests on this machine are none of ours. */
function ours(pid: number): boolean {
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words.includes(String(server.spec.port));
  } catch {
    return false;
  }
}
