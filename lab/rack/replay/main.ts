import { replayMaas } from "./maas";
import { type Outcome, replayJuju } from "./juju";
import { readRecording } from "./recording";

const HELP = `npm run rack:replay -- FILE.jsonl…

Plays recordings of the real maas, juju and MAAS region against racks made for them, and prints how many calls agree and
what differs: the call with its file and line, what was recorded, what the rack answered.
Exit status 0: every call is answered as recorded; 1: some are not; 2: wrong use, or a file that cannot be read.
`;

const main = async (files: string[]): Promise<number> => {
  if (files.includes("--help") || files.includes("-h")) {
    process.stdout.write(HELP);
    return 0;
  }
  const option = files.find((file) => file.startsWith("-"));
  if (files.length === 0 || option !== undefined) {
    const said = option === undefined ? "a FILE.jsonl is needed" : `unknown option ${option}`;
    process.stderr.write(`npm run rack:replay: ${said}\n\n${HELP}`);
    return 2;
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
