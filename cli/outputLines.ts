/** The stack's outputs on the terminal: a line for each, long ones cut. */

const WIDTH = 150;

/** One line per output; what is secret comes masked by Pulumi. */
export function outputLines(outputs: Record<string, unknown>): string[] {
  const names = Object.keys(outputs).sort();
  const widest = Math.max(0, ...names.map((name) => name.length));
  return names.map((name) => {
    const line = `  ${name.padEnd(widest)}  ${compact(outputs[name])}`;
    return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
  });
}

function compact(value: unknown): string {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return list(value);
  if (typeof value !== "object" || value === null) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${name} ${inner(member)}`);
  return members.join(", ");
}

function inner(value: unknown): string {
  const said = compact(value);
  return typeof value === "object" && value !== null ? `(${said})` : said;
}

/** Things are counted and named; the rest of what is known about them is in `pulumi stack output`. */
function list(values: unknown[]): string {
  const names = values.map((value) => {
    if (typeof value !== "object" || value === null) return compact(value);
    const { name, hostname, id } = value as Record<string, unknown>;
    return compact(name ?? hostname ?? id ?? "…");
  });
  const things = values.some((value) => typeof value === "object");
  return things ? `${values.length}: ${names.join(" ")}` : names.join(" ");
}

/** A certificate or another text of several lines is only named. */
function text(value: string): string {
  const [first = "", ...more] = value.trim().split("\n");
  return more.length === 0 ? first : `${first} …`;
}
