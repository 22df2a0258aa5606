import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Marks a plugin that was built from package registries; the tool chain puts it beside the program. */
const MARK = "STAND-IN";
const PLUGINS = ["command", "openstack"];

/** Those of the plugins which the engine would start that are stand-ins, e.g. `command 1.2.1`. */
export function standInPlugins(): string[] {
  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  return PLUGINS.map((name) => {
    // The engine starts the version of the package that the program imports.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { version } = require(`@pulumi/${name}/package.json`) as { version: string };
    return { name, version };
  })
    .filter(({ name, version }) =>
      existsSync(join(home, "plugins", `resource-${name}-v${version}`, MARK)),
    )
    .map(({ name, version }) => `${name} ${version}`);
}
