import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { Checkout } from "./toolchainCheckout";

jest.setTimeout(60_000); // seconds on an idle machine; processes are started, and the machine may be busy

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
  cpSync(resolve(__dirname, "../../config"), join(checkout.folder, "config"), { recursive: true });
  // Lives until it has been written down, for ten seconds at most.
  checkout.executable(
    "bin/pulumi",
    '#!/bin/sh\nfor i in $(seq 200); do grep -q "\\"pid\\":$$," .private-cloud/run/current.json && break; sleep 0.05; done\necho $$\n',
  );
});
afterEach(() => checkout.remove());

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
