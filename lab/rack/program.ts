import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";

/** One bundled file of the rack, and V8's compiled code of it beside it: a call need not compile what it runs. */
export const programPath = (folder: string, name: string): string => join(folder, `${name}.cjs`);

export const codePath = (folder: string, name: string): string => join(folder, `${name}.code`);

const readCode = (folder: string, name: string): Buffer | undefined => {
  try {
    return readFileSync(codePath(folder, name));
  } catch {
    return undefined;
  }
};

type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** Compiles a program, from its compiled code where there is any: V8 refuses that of another version of itself. */
export const compile = (folder: string, name: string): Script => {
  const path = programPath(folder, name);
  // The bundler escapes what is not ASCII, and V8 keeps one byte for a character of such a text.
  const text = readFileSync(path, "latin1");
  return new Script(`(function(exports,require,module,__filename,__dirname){${text}\n})`, {
    filename: path,
    cachedData: readCode(folder, name),
  });
};

/** Evaluates a compiled program; gives what it exports. */
export const evaluate = <Exports extends object>(
  script: Script,
  folder: string,
  name: string,
): Exports => {
  const path = programPath(folder, name);
  const loaded = { exports: {} };
  const wrapped = script.runInThisContext() as Wrapped;
  wrapped(loaded.exports, createRequire(path), loaded, path, folder);
  return loaded.exports as Exports;
};
