import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replayController } from "./jujuController";
import { replayGrammar } from "./jujuGrammar";
import type { Outcome } from "./maas";
import type { CliCall, Recording } from "./recording";

export type { Outcome };

/** Replays the `juju` calls of a recording: command lines that clients judged, or what a controller did. */
export const replayJuju = async (recording: Recording): Promise<Outcome> => {
  const calls = recording.calls.filter(
    (call): call is CliCall => call.kind === "cli" && call.argv[0] === "juju",
  );
  if (calls.length === 0) return { calls: 0, differences: [] };
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  try {
    const judged = calls.filter((call) => call.state !== undefined);
    const lived = calls.filter((call) => call.state === undefined);
    const outcomes = [
      await replayGrammar(recording.file, judged, join(folder, "judged")),
      await replayController(recording.file, lived, join(folder, "lived")),
    ];
    return {
      calls: outcomes.reduce((sum, each) => sum + each.calls, 0),
      differences: outcomes.flatMap((each) => each.differences),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
