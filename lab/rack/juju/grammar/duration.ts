/** Go's time.Duration. */

const SECOND = 1_000_000_000n;

const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

/** The time package quotes characters beyond ASCII byte by byte. */
const quoted = (text: string): string =>
  [...Buffer.from(JSON.stringify(text))]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
    .join("");

/** What is wrong with a duration; undefined where it is one. */
export const durationFault = (text: string): string | undefined => {
  const invalid = `time: invalid duration ${quoted(text)}`;
  let rest = text.replace(/^[-+]/, "");
  if (rest === "0") return undefined;
  if (rest === "") return invalid;
  while (rest !== "") {
    const [number = ""] = /^(\d+\.?\d*|\.\d+)/.exec(rest) ?? [];
    if (number === "") return invalid;
    rest = rest.slice(number.length);
    const [unit = ""] = /^[^.\d]*/.exec(rest) ?? [];
    if (unit === "") return `time: missing unit in duration ${quoted(text)}`;
    if (!Object.hasOwn(UNITS, unit))
      return `time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`;
    rest = rest.slice(unit.length);
  }
  return undefined;
};

/** Nanoseconds of a duration that has no fault. */
export const nanosecondsOf = (text: string): bigint => {
  let sum = 0n;
  for (const [, whole = "", part = "", unit = ""] of text.matchAll(
    /(\d*)(?:\.(\d*))?([a-z\u00b5\u03bc]+)/g,
  )) {
    const one = UNITS[unit] ?? 0n;
    const fraction = part === "" ? 0n : (BigInt(part) * one) / 10n ** BigInt(part.length);
    sum += BigInt(whole === "" ? "0" : whole) * one + fraction;
  }
  return text.startsWith("-") ? -sum : sum;
};

/** As Go prints durations of at least a second: `1h0m0s`, `1m30s`, `2.5s`. */
export const shownDuration = (length: bigint): string => {
  const sign = length < 0n ? "-" : "";
  const all = length < 0n ? -length : length;
  const hours = all / (3600n * SECOND);
  const minutes = (all / (60n * SECOND)) % 60n;
  const part = (all % SECOND).toString().padStart(9, "0").replace(/0+$/, "");
  const seconds = `${(all / SECOND) % 60n}${part === "" ? "" : `.${part}`}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
};
