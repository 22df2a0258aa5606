import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import * as fc from "fast-check";
import { drivenClock } from "../../lab/rack/core/clock";
import { open, reset } from "../../lab/rack/core/store";

let home: string;
let program: string;

/** Adds a tag with each call, and reports each that came back. */
const WRITER = `
import { open } from "./core/store";
import { writeSync } from "node:fs";
const home = process.argv[2];
for (;;) {
  const count = open(home, ({ maas }) =>
    maas.tags.push({ name: "t" + maas.tags.length, definition: "", comment: "", kernel_opts: "x".repeat(2000) }),
  );
  writeSync(1, count + "\\n");
}
`;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "rack-kill-"));
  program = join(home, "writer.cjs");
  buildSync({
    stdin: { contents: WRITER, resolveDir: join(__dirname, "../../lab/rack"), loader: "ts" },
    outfile: program,
    bundle: true,
    platform: "node",
  });
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Kills the writer once it has reported `calls` calls and `spins` more turns of this process have passed. */
const killAfter = async (rack: string, calls: number, spins: number): Promise<number> => {
  const child = spawn(process.execPath, [program, rack], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  let reached = (): void => undefined;
  const enough = new Promise<void>((resolve) => (reached = resolve));
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split("\n").length > calls) reached();
  });
  await enough;
  for (let spin = 0; spin < spins; spin++) await new Promise(setImmediate);
  child.kill("SIGKILL");
  await once(child, "close");
  return Number(text.split("\n").at(-2));
};

test("a call killed at any moment leaves a state that the next call reads, with all that was reported", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat(300), async (calls, spins) => {
      const rack = join(home, "rack");
      const seed = {
        name: "kit" as const,
        random: "kill",
        profile: { maas: "3.5", juju: "3.6.25" },
        apiKey: "a:b:c",
        cloud: null,
      };
      reset(rack, seed, drivenClock(), true);
      const reported = await killAfter(rack, calls, spins);
      const names = open(rack, ({ maas }) => maas.tags.map(({ name }) => name));
      // The call that was killed may have been written before it could say so.
      expect([reported, reported + 1]).toContain(names.length);
      expect(names).toEqual(names.map((_, index) => `t${index}`));
    }),
    { numRuns: 12 },
  );
}, 60_000);
