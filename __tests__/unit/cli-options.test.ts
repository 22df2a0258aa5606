import { options } from "../../cli/options";
import { UserError } from "../../cli/userError";

const KNOWN = { light: { type: "boolean" }, stack: { type: "string", short: "s" } } as const;

test("options are read, and help is printed instead", () => {
  expect(options(KNOWN, "help", { args: ["--light", "-s", "kit"] })?.values).toMatchObject({
    light: true,
    stack: "kit",
  });
  expect(options({}, "help", { args: ["a", "b"], takesWords: true })?.words).toEqual(["a", "b"]);
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  expect(options(KNOWN, "help", { args: ["--help"] })).toBeUndefined();
  expect(write.mock.calls).toEqual([["help"]]);
  write.mockRestore();
});

test.each([
  [["--lihgt"], "unknown option '--lihgt'"],
  [["x"], "unexpected argument 'x'"],
  [["--light=3"], "option '--light' does not take an argument"],
  [["--stack"], "option '-s, --stack <value>' argument missing"],
  [["--stack", "--x"], "option '--stack' argument is ambiguous"],
])("%j is told in a sentence, with exit status 2", (args, sentence) => {
  let thrown: unknown;
  try {
    options(KNOWN, "help", { args });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UserError);
  expect((thrown as UserError).status).toBe(2);
  expect((thrown as UserError).message).toBe(`${sentence}. There are: --light, --stack, --help`);
});
