import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "./userError";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/**
 * Reads a command's options, and its words if it takes some. `--help` prints the help and returns undefined; what is not known is
 * told in a sentence.
 */
export function options<T extends Options>(
  known: T,
  help: string,
  { args = process.argv.slice(2), takesWords = false } = {},
): { values: Values<T>; words: string[] } | undefined {
  const all: Options = { ...known, help: { type: "boolean", short: "h" } };
  try {
    const { values, positionals } = parseArgs({ options: all, args, allowPositionals: takesWords });
    if (values["help"] !== true) return { values: values as Values<T>, words: positionals };
    process.stdout.write(help);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith("ERR_PARSE_ARGS") !== true) throw error;
    const [said = ""] = message.split(/\.?\n|\. /);
    const names = Object.keys(all).map((name) => `--${name}`);
    throw new UserError(
      `${said.charAt(0).toLowerCase()}${said.slice(1)}. There are: ${names.join(", ")}`,
      2,
    );
  }
}
