import type { Tool } from "../core/rack";
import { peek } from "../core/store";

/** `snap`: only what set-up asks for versions. */
export const snap: Tool = (argv, io, env, home) => {
  const [verb, name] = argv;
  const versions = peek(home, ({ profile }) => ({ juju: profile.juju, maas: profile.maas }));
  const rows: [string, string, string][] = [
    ["juju", versions.juju, `${versions.juju.split(".").slice(0, 2).join(".")}/stable`],
    ["maas", `${versions.maas}.0`, `${versions.maas}/stable`],
    ["vault", "1.8.8", "1.8/stable"],
  ];
  if (verb !== "list") {
    io.err(`error: the rack's snap can only list\n`);
    return 1;
  }
  const found = rows.filter(([each]) => name === undefined || each === name);
  if (found.length === 0) {
    io.err("error: no matching snaps installed\n");
    return 1;
  }
  io.out("Name   Version  Rev    Tracking     Publisher   Notes\n");
  for (const [each, version, tracking] of found)
    io.out(`${each.padEnd(7)}${version.padEnd(9)}1000   ${tracking.padEnd(13)}canonical✓  -\n`);
  return 0;
};
