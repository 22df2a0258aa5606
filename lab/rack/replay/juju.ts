import type { Outcome } from "./maas";
import type { CliCall, Recording } from "./recording";

export type { Outcome };

/** Replays the `juju` calls of a recording. */
export const replayJuju = (recording: Recording): Promise<Outcome> => {
  const calls = recording.calls.filter(
    (call): call is CliCall => call.kind === "cli" && call.argv[0] !== "maas",
  );
  if (calls.length > 0) throw new Error(`${recording.file}: recordings of juju cannot be replayed`);
  return Promise.resolve({ calls: 0, differences: [] });
};
