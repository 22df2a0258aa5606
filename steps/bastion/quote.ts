/** The only place where a command line for the bastion is made of words. */

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word of a POSIX shell, whatever it contains but NUL. */
export function quoteWord(word: string): string {
  if (word.includes("\0")) throw new Error("A command line cannot hold a NUL character.");
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line which a POSIX shell splits into exactly `argv`. */
export function quote(argv: string[]): string {
  const [command, ...rest] = argv;
  if (command === undefined) throw new Error("A command line needs a command.");
  // A first word such as `a=b` would be an assignment if it were not quoted.
  const first = command.includes("=")
    ? `'${command.replaceAll("'", `'\\''`)}'`
    : quoteWord(command);
  return [first, ...rest.map(quoteWord)].join(" ");
}
