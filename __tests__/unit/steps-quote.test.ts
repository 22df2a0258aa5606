import { execFileSync } from "node:child_process";

import * as fc from "fast-check";

import { quote } from "../../steps/bastion/quote";

const shells = ["/bin/sh", "/bin/bash"];

/** What a real shell makes of the command line: the words, each ended by NUL. */
function words(shell: string, argv: string[]): string[] {
  const line = quote(["printf", "%s\\0", ...argv]);
  const output = execFileSync(shell, ["-c", line], { encoding: "utf8" });
  return output.split("\0").slice(0, -1);
}

const word = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom(
    "",
    "'",
    "''",
    '"',
    "$HOME",
    "`id`",
    "\\",
    "\n",
    "a\nb",
    "*",
    "~",
    "-n",
    "a=b",
    "!",
    "#",
    "é",
    "a'b\"c",
  ),
);

describe.each(shells)("a command line quoted for %s", (shell) => {
  it("is split into exactly the words it was made of", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (raw) => {
        const argv = raw.map((text) => text.replaceAll("\0", ""));
        expect(words(shell, argv)).toEqual(argv);
      }),
      { numRuns: 150 },
    );
  });
});

it("leaves plain words as they are, so that command lines stay readable", () => {
  expect(quote(["maas", "kit", "tag", "update-nodes", "a", "add=x1y2z3"])).toBe(
    "maas kit tag update-nodes a add=x1y2z3",
  );
});

it("does not let a command be taken for an assignment", () => {
  expect(() => execFileSync("/bin/sh", ["-c", quote(["a=b"])], { stdio: "pipe" })).toThrow(
    /not found/,
  );
});

it("refuses what no command line can hold", () => {
  expect(() => quote(["a", "b\0c"])).toThrow("NUL");
  expect(() => quote([])).toThrow("needs a command");
});
