/**
 * The whole stack's preview, in a network namespace with only loopback, against the preview of a program with the same number of
 * resources of the same two plugins and no components.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../command";
import { CHECKOUT } from "../folders";
import { UserError } from "../userError";
import type { Figure } from "./figure";
import { median } from "./median";

const ROUNDS = 3;

interface Timed {
  seconds: number;
  stdout: string;
}

async function preview(folder: string, backend: string, extra: string[] = []): Promise<Timed> {
  const began = process.hrtime.bigint();
  // Only loopback: what needs the network fails instead of being timed.
  const offline =
    process.getuid?.() === 0
      ? ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
      : [];
  const done = await run(
    [...offline, "pulumi", "preview", "--non-interactive", "--stack", "dev", ...extra],
    {
      cwd: folder,
      env: { ...process.env, PULUMI_BACKEND_URL: `file://${backend}` },
    },
  );
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (done.status !== 0) throw new UserError(`a preview failed:\n${done.stdout}\n${done.stderr}`);
  return { seconds, stdout: done.stdout };
}

/** Counts what the stack's preview registers of each of the two plugins. */
async function countResources(backend: string): Promise<{ commands: number; openstack: number }> {
  const { stdout } = await preview(CHECKOUT, backend, ["--json"]);
  const { steps } = JSON.parse(stdout) as {
    steps: { newState?: { type: string; custom?: boolean } }[];
  };
  const types = steps.flatMap((s) => (s.newState?.custom ? [s.newState.type] : []));
  return {
    commands: types.filter((t) => t.startsWith("command:")).length,
    openstack: types.filter((t) => t.startsWith("openstack:")).length,
  };
}

function baselineProgram(commands: number, openstack: number): string {
  return `import * as command from "@pulumi/command";
import * as openstack from "@pulumi/openstack";
const provider = new openstack.Provider("cloud", {
  authUrl: "https://127.0.50.1:5000/v3", userName: "u", password: "p", tenantName: "t", region: "RegionOne",
  userDomainName: "Default", projectDomainName: "Default",
});
for (let i = 0; i < ${commands}; i++) new command.local.Command(\`c\${i}\`, { create: "true", stdin: \`\${i}\` });
for (let i = 0; i < ${openstack}; i++) new openstack.networking.Network(\`n\${i}\`, { name: \`n\${i}\` }, { provider });
`;
}

function makeBaseline(folder: string, program: string): void {
  writeFileSync(join(folder, "Pulumi.yaml"), "name: baseline\nruntime: nodejs\n");
  writeFileSync(join(folder, "index.ts"), program);
  writeFileSync(
    join(folder, "package.json"),
    '{ "name": "baseline", "private": true, "main": "index.ts" }',
  );
  writeFileSync(
    join(folder, "tsconfig.json"),
    '{ "compilerOptions": { "strict": true, "target": "es2022", "module": "commonjs", "moduleResolution": "node", "skipLibCheck": true }, "files": ["index.ts"] }',
  );
  symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
}

/** Medians of {@link ROUNDS} previews of each, in turn. */
export async function previewFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "private-cloud-bench-"));
  const [own, plain, backend] = ["own", "plain", "baseline"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  let resources = "";
  try {
    for (const each of [own, plain, backend]) await run(["mkdir", each]);
    for (const [cwd, state] of [
      [CHECKOUT, own],
      [backend, plain],
    ] as const) {
      if (cwd === backend) {
        const { commands, openstack } = await countResources(own);
        makeBaseline(backend, baselineProgram(commands, openstack - 1)); // the provider is one of them
        resources = `${commands} of command, ${openstack} of openstack`;
      }
      const done = await run(["pulumi", "stack", "init", "dev", "--non-interactive"], {
        cwd,
        env: { ...process.env, PULUMI_BACKEND_URL: `file://${state}` },
      });
      if (done.status !== 0) throw new UserError(`pulumi stack init failed:\n${done.stderr}`);
    }
    const times: { stack: number[]; baseline: number[] } = { stack: [], baseline: [] };
    await preview(backend, plain); // fills the caches of compiled TypeScript, as countResources did for the stack
    for (let i = 0; i < ROUNDS; i++) {
      times.stack.push((await preview(CHECKOUT, own)).seconds);
      times.baseline.push((await preview(backend, plain)).seconds);
    }
    const [stack, baseline] = [median(times.stack), median(times.baseline)];
    const ratio = stack / baseline;
    return [
      {
        what: "preview, stack against the same resources without components",
        measured: `${stack.toFixed(1)} s, ${baseline.toFixed(1)} s, ratio ${ratio.toFixed(2)} (${resources})`,
        atMost: "1.3",
        holds: ratio <= 1.3,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
