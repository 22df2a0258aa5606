/** Charms of a deployed bundle go to the channel and revision that configuration says: forward only. */
import { StepError } from "../errors";
import type { BundleSpec } from "../specs";
import type { StepContext } from "../step";
import { type Juju, JujuError } from "./cli";
import type { Status } from "./shapes";

/** What `juju refresh` is told of one application. */
export interface CharmChange {
  application: string;
  /** e.g. `--channel zed/stable`. */
  words: string[];
}

/** Juju has not yet got the charm of an application that was deployed a moment ago. */
const DEPLOYING = /deploy incomplete, please try refresh again/i;
const PAUSES_MS = [2000, 5000, 10_000, 20_000];

/** Asks for one application after another; the model settles afterwards. */
export async function changeCharms(
  context: StepContext,
  juju: Juju,
  model: string,
  changes: CharmChange[],
): Promise<void> {
  for (const { application, words } of changes) {
    context.progress(`${application}: charm is refreshed (${words.join(" ")})`);
    await refresh(context, juju, ["refresh", "-m", model, application, ...words]);
  }
}

async function refresh(context: StepContext, juju: Juju, words: string[]): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      // It may be given twice: a charm that is there is left as it is.
      await juju.change(words, { repeatable: true });
      return;
    } catch (error) {
      const pause = PAUSES_MS[attempt];
      const early = error instanceof JujuError && DEPLOYING.test(error.stderr);
      if (!early || pause === undefined) throw error;
      await context.clock.sleep(pause);
    }
  }
}

/** @throws StepError if any charm would go back; then none is changed */
export function planCharms(bundle: BundleSpec, status: Status): CharmChange[] {
  const changes: CharmChange[] = [];
  const back: string[] = [];
  for (const [application, { channel, revision }] of Object.entries(bundle.applications)) {
    const now = status.applications[application];
    const nowChannel = now?.["charm-channel"];
    // It is not there yet, or its charm is a local one.
    if (nowChannel === undefined || nowChannel === "") continue;
    const nowRevision = now?.["charm-rev"];
    const moves = full(channel) !== full(nowChannel);
    const pinned = revision !== undefined && revision !== nowRevision;
    if (!moves && !pinned) continue;
    if (compareTracks(track(channel), track(nowChannel)) < 0) {
      back.push(`${application} from ${nowChannel} to ${channel}`);
    } else if (pinned && nowRevision !== undefined && revision < nowRevision) {
      back.push(`${application} from revision ${nowRevision} to ${revision}`);
    }
    changes.push({
      application,
      words: [
        ...["--channel", channel],
        ...(revision === undefined ? [] : ["--revision", `${revision}`]),
      ],
    });
  }
  if (back.length === 0) return changes;
  throw new StepError(
    `Charms would go back, which they do not survive: ${back.join("; ")}. ` +
      "Configure the channel or revision that is deployed, or a later one.",
  );
}

function full(channel: string): string {
  return channel.includes("/") ? channel : `latest/${channel}`;
}

function track(channel: string): string {
  return full(channel).split("/")[0] ?? "";
}

/** Names in the order of the alphabet, then numbers, as releases are called: yoga, zed, 2023.1, 2023.2. */
function compareTracks(a: string, b: string): number {
  const [first, second] = [a, b].map((text) => text.split(".").map(Number));
  const numbers = [first, second].map((parts) => parts?.every((part) => !Number.isNaN(part)));
  if (numbers[0] !== numbers[1]) return numbers[0] ? 1 : -1;
  if (!numbers[0]) return a < b ? -1 : a > b ? 1 : 0;
  const length = Math.max(first?.length ?? 0, second?.length ?? 0);
  for (let index = 0; index < length; index++) {
    const difference = (first?.[index] ?? 0) - (second?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
