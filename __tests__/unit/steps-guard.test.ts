import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

jest.setTimeout(60_000); // seconds on an idle machine; processes are started, and the machine may be busy

const ROOT = resolve(__dirname, "../..");
const PROGRAM = `
import { writeFileSync } from "node:fs";
import { Guard } from ${JSON.stringify(join(ROOT, "steps/bastion/guard.ts"))};
const guard = new Guard();
for (const file of process.argv.slice(2)) {
  guard.removes(file);
  writeFileSync(file, "private");
}
process.stdout.write("ready");
setInterval(() => undefined, 1000);
`;

test("a process that is killed with SIGKILL leaves no private file, whatever its name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "private-cloud-guard-"));
  try {
    const files = [join(folder, " it's a key "), join(folder, "known hosts")];
    const program = join(folder, "main.ts");
    writeFileSync(program, PROGRAM);
    const child = spawn("node", ["--import", "tsx", program, ...files], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(files.map((file) => existsSync(file))).toEqual([true, true]);
    child.kill("SIGKILL");
    const deadline = Date.now() + 20_000;
    while (files.some((file) => existsSync(file)) && Date.now() < deadline) await pause(20);
    expect(files.map((file) => existsSync(file))).toEqual([false, false]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
