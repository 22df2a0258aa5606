import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { SECRETS_VARIABLE } from "../../steps/specs";
import {
  descendants,
  kill,
  processesWith,
  startSshd,
  type TestServer,
  until,
} from "./support/sshd";
import { type Place, startStep, step, type StepProcess } from "./support/steps";

jest.setTimeout(60_000);

const PROJECT = path.resolve(__dirname, "../..");
const PLANTED = "planted-secret-value-7f3a";

let server: TestServer;
let place: Place;
let tools: string;
const started: StepProcess[] = [];

/** A tool that says nothing for a long time, once it has shown that it runs. */
const SLEEPING_TOOL = '#!/bin/sh\necho $$ > "$HOME/tool.pid"\nexec sleep 300\n';

const settled = {
  controller: "c",
  model: "m",
  applications: { vault: 1 },
  allowed: [],
  patience: { stallSeconds: 60, ceilingSeconds: 60, pollSeconds: 1, quietSeconds: 0 },
};

beforeAll(async () => {
  tools = fs.mkdtempSync(path.join(os.tmpdir(), "pc-tools-"));
  for (const tool of ["juju", "maas"]) {
    fs.writeFileSync(path.join(tools, tool), SLEEPING_TOOL, { mode: 0o755 });
  }
  server = await startSshd({ PATH: `${tools}:/usr/bin:/bin` });
  place = { spec: server.spec, secrets: { ...server.secrets, maasApiKey: `a:b:${PLANTED}` } };
});

afterEach(() => {
  for (const { child } of started.splice(0)) if (child.pid) kill(child.pid);
  fs.rmSync(path.join(server.home, "tool.pid"), { force: true });
});

afterAll(async () => {
  await server.stop();
  fs.rmSync(tools, { recursive: true });
});

function begin(
  shell = false,
  name = "juju/settled",
  spec: Record<string, unknown> = settled,
): StepProcess {
  const process = startStep(place, name, spec, shell);
  started.push(process);
  return process;
}

async function toolRuns(): Promise<void> {
  await until("the tool runs on the bastion", () =>
    fs.existsSync(path.join(server.home, "tool.pid")),
  );
}

/** ssh clients of this test's bastion; the shared connection, which goes by itself, is none. */
function clients(): number[] {
  return processesWith(`${server.spec.user}@127.0.0.1 --`).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] === "ssh";
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

async function lockIsFree(): Promise<void> {
  await until("the lock is free", () =>
    processesWith("settled-c-m").every((pid) => !descendants(server.pid).includes(pid)),
  );
}

describe("what a step is given", () => {
  const run = (name: string, spec: unknown, secrets: unknown = place.secrets) =>
    step(
      { spec: place.spec, secrets: secrets as Place["secrets"] },
      name,
      spec as Record<string, unknown>,
    );

  it("is refused with the path of what is wrong, and exit status 2", async () => {
    const { code, lines, result } = await run("juju/settled", {
      ...settled,
      patience: { stallSeconds: -1 },
    });
    expect(code).toBe(2);
    expect(result).toBeUndefined();
    expect(lines.join(" ")).toContain("spec.patience.stallSeconds: Too small");
    expect(lines.join(" ")).not.toContain("    at ");
  });

  it("may not have members that nobody knows", async () => {
    const { code, lines } = await run("juju/settled", { ...settled, modell: "m" });
    expect([code, lines.join(" ")]).toEqual([2, expect.stringContaining('"modell"')]);
  });

  it("is never repeated when it is secret", async () => {
    const secrets = { ...place.secrets, maasApiKey: PLANTED };
    const maas = { profile: "p", url: "http://h/MAAS" };
    const { code, lines } = await run(
      "maas/site",
      { maas, settings: {}, zones: [], pools: [], subnets: [] },
      secrets,
    );
    expect(code).toBe(2);
    expect(lines.join(" ")).toContain("secrets.maasApiKey: must have three parts");
    expect(lines.join(" ")).not.toContain(PLANTED);
  });

  it("must name a step that there is", async () => {
    const { code, lines } = await run("maas/nothing", settled);
    expect([code, lines.join(" ")]).toEqual([
      2,
      expect.stringContaining("Steps are: maas/site, maas/fleet"),
    ]);
  });
});

it("stops on SIGTERM, ends its ssh clients, and leaves the lock free", async () => {
  const { child, ended, ...run } = begin();
  await toolRuns();
  child.kill("SIGTERM");
  expect((await ended).code).toBe(1);
  expect(run.stderr()).toContain("Stopped by SIGTERM. The next run continues where this one was.");
  await until("no client is left", () => clients().length === 0);
  await lockIsFree();
});

it("takes its ssh clients with it when it is killed", async () => {
  const { child, ended } = begin();
  await toolRuns();
  expect(clients().length).toBeGreaterThan(0);
  const tool = Number(fs.readFileSync(path.join(server.home, "tool.pid"), "utf8"));
  child.kill("SIGKILL");
  await ended;
  await until("no client is left", () => clients().length === 0);
  await until("what only read has ended on the bastion", () => !fs.existsSync(`/proc/${tool}`));
  await lockIsFree();
});

it("takes the ssh client of a change with it too, which would wait for its command", async () => {
  const maas = { profile: "p", url: "http://h/MAAS" };
  const site = { maas, settings: {}, zones: [], pools: [], subnets: [] };
  const { child, ended } = begin(false, "maas/site", site);
  await toolRuns();
  expect(clients().length).toBeGreaterThan(0);
  child.kill("SIGKILL");
  await ended;
  await until("no client is left", () => clients().length === 0);
  kill(Number(fs.readFileSync(path.join(server.home, "tool.pid"), "utf8")));
});

it("stops when the process that started it is killed, also with a shell between them", async () => {
  const { child, ...run } = begin(true);
  await toolRuns();
  const [node = 0] = descendants(child.pid ?? 0);
  child.kill("SIGKILL");
  await until("the step has ended", () => !fs.existsSync(`/proc/${node}`));
  expect(run.stderr()).toContain("The run that started this step has ended");
  await until("no client is left", () => clients().length === 0);
});

it("stops when the engine above its plugin and shell is killed", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-engine-"));
  const [engine, plugin] = ["pulumi", "pulumi-resource-command"].map((name) =>
    path.join(folder, name),
  );
  for (const program of [engine, plugin]) fs.copyFileSync("/bin/bash", program ?? "");
  for (const program of [engine, plugin]) fs.chmodSync(program ?? "", 0o755);
  // Each shell waits for the next one, as engine, plugin and shell do.
  const inner = `${process.execPath} --import tsx steps/run.ts juju/settled; exit $?`;
  const middle = `/bin/sh -c '${inner}' < "$SPEC"; exit $?`;
  fs.writeFileSync(path.join(folder, "middle"), middle);
  fs.writeFileSync(path.join(folder, "spec"), JSON.stringify({ bastion: place.spec, ...settled }));
  const child = spawn(engine ?? "", ["-c", `${plugin} ${folder}/middle; exit $?`], {
    cwd: PROJECT,
    stdio: "ignore",
    env: {
      ...process.env,
      SPEC: path.join(folder, "spec"),
      [SECRETS_VARIABLE]: JSON.stringify(place.secrets),
    },
  });
  await toolRuns();
  const below = descendants(child.pid ?? 0);
  const node = below.find((pid) => fs.readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("node"));
  expect(node).toBeDefined();
  child.kill("SIGKILL");
  await until("the step has ended", () => !fs.existsSync(`/proc/${node ?? 0}`));
  await until("no client is left", () => clients().length === 0);
  below.forEach(kill);
  fs.rmSync(folder, { recursive: true });
});

it("gives secrets to no other process and prints none", async () => {
  const { child, ...run } = begin();
  await toolRuns();
  const below = descendants(child.pid ?? 0);
  const seen = [...below, ...descendants(server.pid)].flatMap((pid) => {
    try {
      return [
        fs.readFileSync(`/proc/${pid}/cmdline`, "utf8"),
        fs.readFileSync(`/proc/${pid}/environ`, "utf8"),
      ];
    } catch {
      return [];
    }
  });
  expect(seen.length).toBeGreaterThan(4);
  const secret = [PLANTED, server.secrets.bastionPrivateKey.split("\n")[3] ?? "?"];
  for (const text of [...seen, run.stderr()])
    for (const value of secret) expect(text).not.toContain(value);
});
