import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Commands of package.json that are not a part of `cli/private-cloud`. */
const npm = (...argv: string[]) => {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "-s", ...argv], {
    cwd: resolve(__dirname, "../.."),
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "commands-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(["rack:replay", "test:faults"])("%s explains itself", (command) => {
  const { status, stdout, stderr } = npm(command, "--", "--help");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(`npm run ${command}`);
});

test.each([
  ["rack:replay", ["--bogus"], "unknown option --bogus"],
  ["test:faults", ["--bogus"], "unknown option --bogus. There are: --help"],
  ["test:faults", ["("], '"(" is no regular expression'],
  ["test:faults", ["a", "b"], "one PATTERN is taken, not 2"],
  ["test:faults", ["no such fault"], 'no fault matches "no such fault"; there are: SSH cut'],
])("%s refuses %j with a sentence and status 2", (command, words, sentence) => {
  const { status, stdout, stderr } = npm(command, "--", ...words);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(`npm run ${command}: ${sentence}`);
});

test("rack:replay names the place of a line that is no JSON", () => {
  const file = join(folder, "cut.jsonl");
  writeFileSync(file, '{"what": "a recording"}\n{"argv": ["maas", "li');
  const { status, stderr } = npm("rack:replay", "--", file);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `${file}:2 is no JSON; a recording has one JSON object on each line\n`,
  });
});
