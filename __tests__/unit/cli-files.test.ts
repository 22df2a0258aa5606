import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFile, readJson, replaceFile } from "../../cli/files";
import { UserError } from "../../cli/userError";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "private-cloud-files-"));
  file = join(folder, "x.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file is made once: whoever comes second is told so and changes nothing", () => {
  expect(createFile(file, "first")).toBe(true);
  expect(createFile(file, "second")).toBe(false);
  expect(readFileSync(file, "utf8")).toBe("first");
  expect(readdirSync(folder)).toEqual(["x.json"]);
});

test("a file is replaced, readable by its owner alone", () => {
  replaceFile(file, "1");
  replaceFile(file, "2");
  expect(readJson(file, "")).toBe(2);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["x.json"]);
});

test.each(["", '{"id": "a'])(
  "a file of ours that is cut short (%j) is told in a sentence",
  (text) => {
    expect(readJson(file, "")).toBeUndefined();
    writeFileSync(file, text);
    const read = () => readJson(file, "Remove it.");
    expect(read).toThrow(UserError);
    expect(read).toThrow(`${file} is empty or cut short`);
    expect(read).toThrow(/ Remove it\.$/);
  },
);
