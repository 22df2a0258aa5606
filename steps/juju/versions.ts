/** Juju versions and what is known against them. One table: measured and read facts are in docs/adr/0004. */
import { StepError } from "../errors";
import type { Juju } from "./cli";
import { controllerShape } from "./shapes";

interface Refusal {
  matches: (version: Version) => boolean;
  reason: string;
}

interface Version {
  major: number;
  minor: number;
  patch: number;
  /** e.g. `beta2`; empty for a release. */
  stage: string;
}

const DELETES = "deletes the MAAS machines that it should release";

const REFUSALS: Refusal[] = [
  { matches: (v) => is(v, 3, 6) && v.patch === 24, reason: DELETES },
  {
    matches: (v) => is(v, 3, 6) && v.patch < 24,
    reason: "is older than 3.6.25, the first of 3.6 that is known good",
  },
  {
    matches: (v) => is(v, 4, 0) && (v.patch === 12 || v.patch === 13),
    reason: "may delete the MAAS machines that it should release",
  },
  {
    matches: (v) => is(v, 4, 0) && v.patch < 12,
    reason:
      "cannot place units on chosen MAAS machines, and is older than 4.0.14, the first of 4.0 that is known good",
  },
  { matches: (v) => is(v, 4, 1), reason: DELETES },
  { matches: (v) => v.stage !== "", reason: "is not a release" },
  {
    matches: (v) => !is(v, 3, 6) && !is(v, 4, 0),
    reason: "has a command line that is not known here",
  },
];

function is(version: Version, major: number, minor: number): boolean {
  return version.major === major && version.minor === minor;
}

/** Reads e.g. `3.6.25-ubuntu-amd64`, `4.1-beta2.1` or `3.6.25`. */
export function parseVersion(text: string): Version {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:-((?:alpha|beta|rc)\d*))?/.exec(text.trim());
  if (!found) {
    throw new StepError(
      `juju says its version is "${text.trim().slice(0, 60)}", which is none. Install Juju 3.6.25 or later.`,
    );
  }
  const [, major, minor, patch, stage = ""] = found;
  return { major: Number(major), minor: Number(minor), patch: Number(patch ?? 0), stage };
}

/** Why `version` is not used on a real rack; undefined if it is. */
export function refusedBecause(version: string): string | undefined {
  const parsed = parseVersion(version);
  return REFUSALS.find(({ matches }) => matches(parsed))?.reason;
}

/** Refuses a dangerous version unless it is allowed by name; `who` is e.g. `the juju client on the bastion`. */
export function requireSafe(version: string, who: string, allowUnsafe: boolean): void {
  const reason = refusedBecause(version);
  if (reason === undefined || allowUnsafe) return;
  throw new StepError(
    `${who} is Juju ${version.trim()}, which ${reason}. ` +
      "Install 3.6.25 or later of 3.6, or 4.0.14 or later of 4.0 (snap refresh juju --channel 3.6); " +
      "or set allowUnsafeJuju where machines may be lost.",
  );
}

/** Both the client's and the controller's version: either may be the one that deletes machines. */
export async function requireSafePair(
  juju: Juju,
  controller: string,
  allowUnsafe: boolean,
): Promise<void> {
  await requireSafeClient(juju, allowUnsafe);
  const shown = await juju.read(controllerShape, "show-controller", controller);
  const version = shown[controller]?.details["agent-version"];
  if (version !== undefined) requireSafe(version, `The controller ${controller}`, allowUnsafe);
}

export async function requireSafeClient(juju: Juju, allowUnsafe: boolean): Promise<void> {
  requireSafe((await juju.ask("version")).trim(), "The juju client on the bastion", allowUnsafe);
}
