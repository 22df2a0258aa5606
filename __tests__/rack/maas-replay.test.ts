import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replayMaas } from "../../lab/rack/replay/maas";
import { readRecording } from "../../lab/rack/replay/recording";

const recording = (name: string): string => join(__dirname, "../../lab/rack/recordings", name);

test("every recorded call of the real maas 3.4.10 is answered as recorded", async () => {
  const { calls, differences } = await replayMaas(readRecording(recording("maas-golden.jsonl")));
  expect(differences).toEqual([]);
  expect(calls).toBe(122);
});

test("every request that Juju's MAAS provider made is accepted, with the recorded keys", async () => {
  const file = recording("maas-http-by-juju.jsonl");
  const { calls, differences } = await replayMaas(readRecording(file));
  expect(differences).toEqual([]);
  expect(calls).toBe(308);
});

test("a recording that says something else is told apart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replay-test-"));
  const wrong = readFileSync(recording("maas-golden.jsonl"), "utf8")
    .replace("No Machine matches the given query.", "No machine like that.")
    .replace('\\"added\\": 1,', '\\"added\\": 2,');
  const file = join(folder, "wrong.jsonl");
  writeFileSync(file, wrong);
  const { differences } = await replayMaas(readRecording(file));
  rmSync(folder, { recursive: true, force: true });
  expect(differences.map(({ line }) => line)).toEqual([4, 16]);
});
