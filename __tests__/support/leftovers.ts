/** What an ended lab must not leave on this machine. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Checkout } from "./checkout";
import { processesWith } from "./killing";

/** What is looked at before a lab is started, and again after it has gone. */
export interface Machine {
  interfaces: string[];
  /** Namespaces with names, as `ip netns` has them. */
  namespaces: string[];
}

export function machine(): Machine {
  const links = JSON.parse(execFileSync("ip", ["-j", "link"], { encoding: "utf8" })) as {
    ifname: string;
  }[];
  return {
    interfaces: links.map(({ ifname }) => ifname).sort(),
    namespaces: existsSync("/run/netns") ? readdirSync("/run/netns").sort() : [],
  };
}

/** The pid namespace of the running lab; undefined when it is down. */
export function pidNamespace(checkout: Checkout): string | undefined {
  try {
    const init = readFileSync(join(checkout.labHome, "run", "init.pid"), "utf8").trim();
    return readlinkSync(`/proc/${init}/ns/pid`);
  } catch {
    return undefined;
  }
}

function membersOf(namespace: string): string[] {
  return readdirSync("/proc").filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/ns/pid`) === namespace;
    } catch {
      return false;
    }
  });
}

/** Everything that is left of a checkout's lab and stack, in words; empty when nothing is. */
export function leftovers(
  checkout: Checkout,
  before: Machine,
  namespace: string | undefined,
): string[] {
  const now = machine();
  const added = (what: keyof Machine) =>
    now[what].filter((name) => !before[what].includes(name)).map((name) => `${what}: ${name}`);
  return [
    ...[checkout.folder, checkout.temporary].flatMap((words) =>
      processesWith(words).map((pid) => `process ${pid} names ${words}`),
    ),
    ...(namespace === undefined
      ? []
      : membersOf(namespace).map((pid) => `process ${pid} of the lab`)),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((mount) => mount.includes(checkout.folder)),
    ...added("interfaces"),
    ...added("namespaces"),
    ...[checkout.labHome, join(checkout.project, ".private-cloud"), checkout.temporary]
      .filter((folder) => existsSync(folder))
      .map((folder) => `folder ${folder}`),
  ];
}
