// node foreground.mjs COMMAND [ARGS]: runs a command on this terminal, then takes out of the stack files what Pulumi wrote there.
//
// ^C reaches the command by itself (it stays in the terminal's foreground group); SIGTERM and SIGHUP are passed on. The exit
// status is the command's, or 128 + the number of the signal that ended it.
//
// Pulumi writes the passphrase's salt into Pulumi.STACK.yaml at every command, and formats the file anew. The salt of this
// checkout's stack is in the state as well (PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER reads it there), so the committed file can
// stay as it was. A salt that is committed, or that secret values in the file need, stays.
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

const checkout = join(dirname(fileURLToPath(import.meta.url)), "..");
const SALT = /^encryptionsalt:.*\n?/m;

const stackFiles = () => readdirSync(checkout).filter((name) => /^Pulumi\.[^.]+\.yaml$/.test(name));
const read = (name) => readFileSync(join(checkout, name), "utf8");

function committedHasSalt(name) {
  try {
    const show = ["-C", checkout, "show", `HEAD:./${name}`];
    return SALT.test(
      execFileSync("git", show, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    return false; // not committed, or no git here
  }
}

// Pulumi writes 1 as "1": scalars are compared as text.
function sameContent(one, other) {
  const { load, FAILSAFE_SCHEMA: schema } = createRequire(import.meta.url)("js-yaml");
  return isDeepStrictEqual(load(one, { schema }), load(other, { schema }));
}

/** @param {Map<string, string>} before the texts before the command, by file name */
function forgetSalts(before) {
  for (const name of stackFiles()) {
    const text = read(name);
    if (!SALT.test(text) || /^\s*(- )?secure:/m.test(text) || committedHasSalt(name)) continue;
    const without = text.replace(SALT, "");
    const earlier = before.get(name)?.replace(SALT, "");
    const file = join(checkout, name);
    const part = `${file}.${process.pid}.part`;
    const kept = earlier !== undefined && sameContent(earlier, without) ? earlier : without;
    writeFileSync(part, kept, { mode: statSync(file).mode });
    renameSync(part, file);
  }
}

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  process.stderr.write("foreground.mjs: a command is needed\n");
  process.exit(2);
}
const before = new Map(stackFiles().map((name) => [name, read(name)]));
// Before the command starts: until then a signal would end this process alone, and leave the command without a parent.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
const child = spawn(program, args, { stdio: "inherit" });
child.on("error", (error) => {
  process.stderr.write(`${program}: ${error.message}\n`);
  process.exitCode = 127;
});
child.on("close", (code, signal) => {
  try {
    forgetSalts(before);
  } catch (error) {
    process.stderr.write(`the salt could not be taken out of a stack file: ${error.message}\n`);
  }
  process.exitCode = code !== null && code >= 0 ? code : 128 + (constants.signals[signal] ?? 0);
  if (code !== null && code < 0) process.exitCode = 127;
});
