import { buildSync } from "esbuild";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { programPath } from "./program";

const TOOLS = ["maas", "juju", "vault", "snap", "rack"];

/** A program for each tool, so that a call loads no more than its own; `rack` is first: the others find its rack. */
const PROGRAMS: Record<string, string> = {
  rack: "command.ts",
  maas: "maas/client.ts",
  juju: "juju/index.ts",
  vault: "vault/index.ts",
  callFaults: "core/callFaults.ts",
};

const bundled = (source: string, define: Record<string, string> = {}): string => {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, source)],
    write: false,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    supported: { "dynamic-import": false },
    charset: "ascii",
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
    define,
  });
  return outputFiles.map(({ text }) => text).join("");
};

/** Puts the programs and their compiled code into a folder, whole or not at all. */
const writePrograms = (folder: string, texts: Record<string, string>): void => {
  if (existsSync(folder)) return;
  const part = `${folder}.${process.pid}`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(programPath(part, name), text);
    const warm = programPath(part, "warm");
    writeFileSync(warm, bundled("warm.ts"));
    execFileSync(process.execPath, [warm, part, ...Object.keys(texts)], { stdio: "inherit" });
    rmSync(warm);
    renameSync(part, folder);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    // Another build of the same programs was faster.
    if (!existsSync(folder)) throw error;
  }
};

/**
 * Bundles the rack into a CommonJS file that needs nothing but Node and the folder of programs beside it, which is
 * named by what they hold: a call under way finds its own. `node --import tsx bundle.ts FILE` does it too.
 */
export const bundleRack = (outfile: string): void => {
  const texts = Object.fromEntries(
    Object.entries(PROGRAMS).map(([name, source]) => [name, bundled(source)]),
  );
  // Compiled code is of one version of Node.
  const digest = createHash("sha256").update(JSON.stringify([process.version, texts]));
  const folder = `programs-${digest.digest("hex").slice(0, 16)}`;
  writePrograms(join(dirname(outfile), folder), texts);
  const part = `${outfile}.${process.pid}`;
  writeFileSync(part, bundled("main.ts", { PROGRAMS_FOLDER: JSON.stringify(folder) }));
  renameSync(part, outfile);
};

/** Writes the executables that start the bundle's tools, with the rack's folder set. */
export const writeTools = (binDir: string, bundle: string, home: string): void => {
  mkdirSync(binDir, { recursive: true });
  for (const tool of TOOLS) {
    const path = join(binDir, tool);
    const text = `#!/bin/sh\nRACK_HOME="\${RACK_HOME:-${home}}" exec ${process.execPath} ${bundle} ${tool} "$@"\n`;
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
};

const [, , file] = process.argv;
if (require.main === module && file !== undefined) bundleRack(file);
