import { readFileSync, statSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import { JujuError } from "../errors";
import type { Document } from "./shape";

/** Options and annotations that a bundle takes from files beside it, and charms whose paths begin there. */

const DIRECTIVES: [string, BufferEncoding][] = [
  ["include-file://", "utf8"],
  ["include-base64://", "base64"],
];

const contents = (folder: string, name: string): Buffer => {
  const path = resolvePath(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new JujuError(`include file "${path}" not found`);
  if (found.isDirectory()) throw new JujuError(`include path "${path}" resolves to a folder`);
  return readFileSync(path);
};

const include = (folder: string, where: string, value: unknown): unknown => {
  const [directive, encoding] =
    DIRECTIVES.find(([start]) => typeof value === "string" && value.startsWith(start)) ?? [];
  if (directive === undefined) return value;
  const name = String(value).slice(directive.length);
  try {
    return contents(folder, name).toString(encoding);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(
      `cannot deploy bundle: processing ${where}: resolving include "${name}": ${error.message}`,
    );
  }
};

const all = <T>(
  entries: Record<string, T> | null | undefined,
  change: (key: string, value: T) => T,
): Record<string, T> =>
  Object.fromEntries(
    Object.entries(entries ?? {}).map(([key, value]) => [key, change(key, value)]),
  );

/** The document with the contents of its files. `folder`: where the bundle or overlay is that it came from. */
export const withIncludes = (document: Document, folder: string): Document => ({
  ...document,
  applications: all(document.applications, (name, application) => {
    if (application === null) return null;
    const { charm, options, annotations } = application;
    return {
      ...application,
      ...(charm?.startsWith(".") === true ? { charm: resolvePath(folder, charm) } : {}),
      options: all(options, (key, value) =>
        include(folder, `option "${key}" for application "${name}"`, value),
      ),
      annotations: all(annotations, (key, value) =>
        String(include(folder, `annotation "${key}" for application "${name}"`, value)),
      ),
    };
  }),
  machines: all(document.machines, (id, machine) => {
    if (machine?.annotations == null) return machine;
    const annotations = all(machine.annotations, (key, value) =>
      String(include(folder, `annotation "${key}" for machine "${id}"`, value)),
    );
    return { ...machine, annotations };
  }),
});
