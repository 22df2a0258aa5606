/** What is asked of storage (`[POOL][,COUNT][,SIZE]` in any order) and of devices (`[COUNT,]CLASS[,KEY=VALUE;...]`). */

export interface Directive {
  /** The charm's or Juju's own choice if empty. */
  pool: string;
  count: number;
  /** 0: as small as may be. */
  sizeMiB: number;
}

const SIZE = /^(-?\d+(?:\.\d+)?)([MGTPEZY])(?:i?B)?$/;

const quoted = (text: string): string => JSON.stringify(text);

type Field = Partial<Directive> | string;

const readField = (field: string, word: string): Field => {
  if (/^[a-zA-Z]+[-?a-zA-Z0-9]*$/.test(field)) return { pool: field };
  if (/^-?\d+$/.test(field))
    return Number(field) > 0
      ? { count: Number(field) }
      : `parsing storage count: count must be greater than zero, got ${quoted(field)}`;
  const [, number, unit = ""] = SIZE.exec(field) ?? [];
  if (number === undefined) return `unrecognized storage ${word} ${quoted(field)} not valid`;
  if (number.startsWith("-"))
    return `cannot parse size: expected a non-negative number, got ${quoted(number)}`;
  return { sizeMiB: Math.ceil(Number(number) * 1024 ** "MGTPEZY".indexOf(unit)) };
};

const NAMES: Record<keyof Directive, string> = {
  pool: "pool name",
  count: "storage instance count",
  sizeMiB: "storage size",
};

/** Storage's directive, or what is wrong with it. */
export const parseDirective = (text: string, major: 3 | 4): Directive | string => {
  const word = major === 3 ? "constraint" : "directive";
  const parsed: Partial<Directive> = {};
  for (const part of text.split(",").filter((each) => each !== "")) {
    const field = readField(part, word);
    if (typeof field === "string") return field;
    for (const [key, value] of Object.entries(field) as [keyof Directive, string | number][]) {
      const old = parsed[key];
      const show = (each: string | number): string =>
        typeof each === "string" ? quoted(each) : String(each);
      if (old !== undefined && old !== 0)
        return `${NAMES[key]} is already set to ${show(old)}, new value ${show(value)} not valid`;
    }
    Object.assign(parsed, field);
  }
  if (!Object.values(parsed).some((value) => value !== 0))
    return `storage ${word}s require at least one field to be specified`;
  return { pool: "", count: 1, sizeMiB: 0, ...parsed };
};

/** What is wrong with the constraints of a device; undefined if nothing is. */
export const deviceFault = (text: string): string | undefined => {
  const [count = "", kind, attributes, more] = text.split(",");
  if (more !== undefined)
    return "cannot parse device constraints string, supported format is [<count>,]<device-class>|<vendor/type>[,<key>=<value>;...]";
  if (kind === undefined) return undefined;
  if (!/^\+?\d+$/.test(count) || Number(count) === 0)
    return `count must be greater than zero, got ${quoted(count)}`;
  const wrong = attributes?.split(";").find((each) => each.split("=").length !== 2);
  return wrong === undefined
    ? undefined
    : `device attribute key/value pair has bad format: ${quoted(wrong)}`;
};
