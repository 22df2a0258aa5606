import { replayMaas } from "./maas";
import { type Outcome, replayJuju } from "./juju";
import { readRecording } from "./recording";

/** `npm run rack:replay -- FILE.jsonl…`: exit 0 if every recorded call is answered as recorded, 1 if not, 2 for bad use. */
const main = async (files: string[]): Promise<number> => {
  if (files.length === 0 || files.includes("--help")) {
    process.stderr.write("usage: npm run rack:replay -- FILE.jsonl…\n");
    return files.length === 0 ? 2 : 0;
  }
  const total: Outcome = { calls: 0, differences: [] };
  for (const file of files) {
    const recording = readRecording(file);
    for (const outcome of [await replayMaas(recording), await replayJuju(recording)]) {
      total.calls += outcome.calls;
      total.differences.push(...outcome.differences);
    }
  }
  const { calls, differences } = total;
  process.stdout.write(
    `calls ${calls}, agree ${calls - differences.length}, differ ${differences.length}\n`,
  );
  for (const { file, line, call, expected, got } of differences) {
    process.stdout.write(
      `\n${file}:${line} ${call}\n  expected: ${expected}\n  got:      ${got}\n`,
    );
  }
  return differences.length === 0 ? 0 : 1;
};

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
