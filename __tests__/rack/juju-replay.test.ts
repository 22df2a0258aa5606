import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { replayJuju } from "../../lab/rack/replay/juju";
import { readRecording } from "../../lab/rack/replay/recording";

const folder = join(__dirname, "../../lab/rack/recordings");

/** Differences that are known, by recording and line, with their reasons. */
const known = JSON.parse(readFileSync(join(folder, "known-differences.json"), "utf8")) as Record<
  string,
  Record<string, string>
>;

const replayed = async (name: string): Promise<{ calls: number; lines: string[] }> => {
  const { calls, differences } = await replayJuju(readRecording(join(folder, name)));
  return { calls, lines: differences.map(({ line }) => String(line)) };
};

test.each(["juju-golden-controller.jsonl", "juju-golden-maas.jsonl", "juju-golden-grammar.jsonl"])(
  "%s: what differs is listed with its reason, and what is listed differs",
  async (name) => {
    const { calls, lines } = await replayed(name);
    expect(lines).toEqual(Object.keys(known[name] ?? {}));
    expect(lines.length / calls).toBeLessThan(0.15);
  },
  600_000,
);

test("a recording that says something else is told apart", async () => {
  const place = mkdtempSync(join(tmpdir(), "replay-test-"));
  const lines = readFileSync(join(folder, "juju-golden-grammar.jsonl"), "utf8").split("\n");
  const file = join(place, basename("wrong.jsonl"));
  writeFileSync(file, `${lines[0] ?? ""}\n${(lines[0] ?? "").replace('"rc": 0', '"rc": 1')}\n`);
  const { differences } = await replayJuju(readRecording(file));
  rmSync(place, { recursive: true, force: true });
  expect(differences.map(({ line, got }) => [line, got])).toEqual([[2, "rc: expected 1, got 0"]]);
});
