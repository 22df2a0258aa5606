import { buildSync } from "esbuild";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TOOLS = ["maas", "juju", "vault", "snap", "rack"];

/** Bundles the rack into one CommonJS file that needs nothing but Node. `node --import tsx bundle.ts FILE` does it too. */
export const bundleRack = (outfile: string): void => {
  buildSync({
    entryPoints: [join(__dirname, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
  });
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
