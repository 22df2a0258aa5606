import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { identify } from "../../cli/processes";
import { until } from "./support/until";
import { Checkout } from "./toolchainCheckout";

jest.setTimeout(60_000); // seconds on an idle machine; processes are started, and the machine may be busy

let checkout: Checkout;
let children: ChildProcess[];
beforeEach(() => {
  children = [];
  checkout = new Checkout();
  cpSync(resolve(__dirname, "../../config"), join(checkout.folder, "config"), { recursive: true });
  // Lives until it has been written down, for ten seconds at most.
  checkout.executable(
    "bin/pulumi",
    '#!/bin/sh\nfor i in $(seq 200); do grep -q "\\"pid\\":$$," .private-cloud/run/current.json && break; sleep 0.05; done\necho $$\n',
  );
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  checkout.remove();
});

/** Starts a program in the checkout; what it has said so far is in `said`. */
function start(
  command: string[],
  env: Record<string, string> = {},
): { child: ChildProcess; said: string } {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { ...checkout.options(env), cwd: checkout.folder });
  const started = { child, said: "" };
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (started.said += text.toString()));
  children.push(child);
  return started;
}

test("every pulumi of a run is recorded with its pid, the short ones too: each may hold the stack's lock when it is killed", () => {
  checkout.write(
    "cli/recorded.ts",
    `import { readFileSync } from "node:fs";
import { pulumi } from "./stack";
import { RunRecord } from "./runRecord";
void (async () => {
  await RunRecord.begin("up", () => undefined);
  const inside = await pulumi(["stack", "import"]);
  const { pulumi: recorded } = JSON.parse(readFileSync(".private-cloud/run/current.json", "utf8"));
  console.log(JSON.stringify({ inside: inside.stdout, recorded }));
})();
`,
  );
  const done = spawnSync("node", ["--import", "tsx", "cli/recorded.ts"], {
    ...checkout.options({}),
    cwd: checkout.folder,
  });
  expect(done.stderr).toBe("");
  const { inside, recorded } = JSON.parse(done.stdout) as {
    inside: string;
    recorded: { pid: number; startTime: string }[];
  };
  expect(recorded.map(({ pid }) => pid)).toEqual([Number(inside)]);
  expect(recorded[0]?.startTime).toMatch(/^\d+$/);
});

test("of two runs that begin at the same time one refuses and names the other, also while a killed one's processes are ended", async () => {
  checkout.write(
    "cli/begin.ts",
    `import { RunRecord } from "./runRecord";
import { main } from "./userError";
void main("begin", async () => {
  console.log("beginning");
  await RunRecord.begin("up", (line) => console.log(line));
  console.log("begun");
  process.stdin.resume();
});
`,
  );
  mkdirSync(join(checkout.folder, ".private-cloud/run"), { recursive: true });
  const earlier = { id: "earlier", command: "up", main: { pid: 4_000_000, startTime: "1" } };
  checkout.write(
    ".private-cloud/run/current.json",
    JSON.stringify({ ...earlier, pulumi: [], began: "2026-11-24T10:00:00Z" }),
  );
  // What the killed run left goes on until the test lets it end.
  const left = start(
    ["sh", "-c", "trap : TERM; echo waits; while [ ! -e go ]; do sleep 0.05; done"],
    { PRIVATE_CLOUD_RUN: earlier.id },
  );
  await until(() => left.said.includes("waits"), "the leftover runs");
  const runs = [1, 2].map(() => start(["node", "--import", "tsx", "cli/begin.ts"]));
  await until(() => runs.every(({ said }) => said.includes("beginning")), "both begin", 30);
  await until(() => runs.some(({ said }) => said.includes("ending")), "one ends the leftover", 30);
  checkout.write("go", "");
  await until(() => runs.some(({ said }) => said.includes("begun")), "one has begun", 30);
  await until(() => runs.some(({ child }) => child.exitCode !== null), "one has refused", 30);
  const [winner, loser] = runs[0]?.said.includes("begun") === true ? runs : [...runs].reverse();
  expect(loser?.child.exitCode).toBe(75);
  expect(loser?.said).toContain(`process ${winner?.child.pid}. Wait until it has ended`);
  const recorded = JSON.parse(checkout.read(".private-cloud/run/current.json")) as object;
  expect(recorded).toMatchObject({ main: identify(winner?.child.pid ?? 0) });
});

test("a terminal that is closed lets a running pulumi end by itself, as ^C does", async () => {
  checkout.executable(
    "bin/pulumi",
    "#!/bin/sh\ntrap 'echo interrupted' INT\necho pid=$$,\nwhile [ ! -e go ]; do sleep 0.05; done\nexit 3\n",
  );
  checkout.write(
    "cli/terminal.ts",
    `import { pulumiOnTerminal } from "./stack";
void pulumiOnTerminal(["up"]).then((status) => console.log("status=" + status));
`,
  );
  const up = start(["node", "--import", "tsx", "cli/terminal.ts"]);
  await until(() => up.said.includes("pid="), "pulumi runs", 30);
  const pulumi = Number(/pid=(\d+),/.exec(up.said)?.[1]);
  for (const pid of [pulumi, up.child.pid ?? 0]) process.kill(pid, "SIGHUP");
  await until(() => up.said.includes("interrupted"), "pulumi is asked to end", 30);
  up.child.kill("SIGHUP"); // from the command around it
  checkout.write("go", "");
  await until(() => up.child.exitCode !== null || up.child.signalCode !== null, "it ends", 30);
  expect(up.said).toMatch(/^pid=\d+,\ninterrupted\nstatus=3\n$/);
});
