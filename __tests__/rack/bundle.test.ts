import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compile, programPath } from "../../lab/rack/program";

const run = promisify(execFile);
const ROOT = join(__dirname, "../..");

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rack-build-"));
  const build = () =>
    run(
      process.execPath,
      ["--import", "tsx", "lab/rack/bundle.ts", join(folder, "out", "rack.cjs")],
      { cwd: ROOT },
    );
  await Promise.all([build(), build()]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = (): string => {
  const names = readdirSync(join(folder, "out"));
  expect(names).toEqual([expect.stringMatching(/^programs-[0-9a-f]{16}$/), "rack.cjs"]);
  return join(folder, "out", names[0] ?? "");
};

const readRack = (home: string, argv: string[]) =>
  run(process.execPath, [join(folder, "out", "rack.cjs"), ...argv], {
    env: { RACK_HOME: home, HOME: home },
  });

test("two builds at once leave one set of programs, which answers", async () => {
  programs();
  const home = join(folder, "home");
  await readRack(home, ["rack", "reset", "--driven"]);
  const { stdout } = await readRack(home, ["rack", "state"]);
  expect(stdout).toContain("profile   MAAS 3.5, Juju 3.6.25");
  expect((await readRack(home, ["snap", "list"])).stdout).toContain("juju");
});

test("V8 takes the compiled code of every program", () => {
  const where = programs();
  for (const name of ["rack", "maas", "juju", "vault", "callFaults"]) {
    expect(compile(where, name).cachedDataRejected).toBe(false);
    // What is read byte by byte must hold no character of several bytes.
    expect(readFileSync(programPath(where, name), "utf8")).toMatch(/^\p{ASCII}*$/u);
  }
});
