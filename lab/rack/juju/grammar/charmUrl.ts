import { parseUrl } from "./url";

/** A charm's reference: `[ch:|local:][ARCHITECTURE/][SERIES/]NAME[-REVISION]`. */
export interface CharmReference {
  store: "ch" | "local";
  name: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/;
const LABEL = /^[a-z]+([a-z0-9]+)?$/;

const quoted = (text: string): string => JSON.stringify(text);

const withoutRevision = (name: string): string => name.replace(/(?<=.)-\d+$/, "");

const wrongName = (name: string): string | undefined =>
  NAME.test(name) ? undefined : `name ${quoted(name)} not valid`;

/** Juju 3 looks at a series too. */
const wrongSeries = (series: string, checked: boolean): string | undefined =>
  !checked || LABEL.test(series) ? undefined : `series name ${quoted(series)} not valid`;

const inStore = (shown: string, path: string, series: boolean): CharmReference | string => {
  const parts = path.replace(/^\/+|\/+$/g, "").split("/");
  if (parts.length > 3) return `charm or bundle URL ${quoted(shown)} malformed`;
  const [first = "", second = ""] = parts;
  if (first.startsWith("~"))
    return `charmhub charm or bundle URL with user name: ${quoted(shown)} not valid`;
  if (parts.length === 3 && !LABEL.test(first))
    return `in URL ${quoted(shown)}: architecture name ${quoted(first)} not valid`;
  const name = withoutRevision(parts.at(-1) ?? "");
  const fault = wrongName(name);
  if (fault !== undefined)
    return `cannot parse name and/or revision in URL ${quoted(shown)}: ${fault}`;
  const named = parts.length === 3 ? second : parts.length === 2 && !LABEL.test(first) ? first : "";
  const strange = named === "" ? undefined : wrongSeries(named, series);
  return strange === undefined ? { store: "ch", name } : `in URL ${quoted(shown)}: ${strange}`;
};

const onDisk = (
  text: string,
  shown: string,
  path: string,
  series: boolean,
): CharmReference | string => {
  const parts = path.split("/");
  const malformed = `charm or bundle URL has invalid form: ${quoted(text)}`;
  if (parts.length > 4) return malformed;
  if (parts[0]?.startsWith("~")) return `local charm or bundle URL with user name: ${quoted(text)}`;
  if (parts.length > 2) return malformed;
  const strange = parts.length === 2 ? wrongSeries(parts[0] ?? "", series) : undefined;
  if (strange !== undefined) return `cannot parse URL ${quoted(text)}: ${strange}`;
  const name = withoutRevision(parts.at(-1) ?? "");
  const fault = wrongName(name);
  return fault === undefined
    ? { store: "local", name }
    : `cannot parse URL ${quoted(shown)}: ${fault}`;
};

/** The charm that a text refers to; where it refers to none, what is wrong with it. `series`: is a series looked at? */
export const parseCharm = (text: string, series: boolean): CharmReference | string => {
  const url = parseUrl(text);
  if (typeof url === "string") return `cannot parse charm or bundle URL: ${quoted(text)}`;
  if (url.more) return `charm or bundle URL ${quoted(text)} has unrecognized parts`;
  if (url.scheme === "ch") return inStore(url.shown, url.opaque || url.path, series);
  if (url.opaque === "") return inStore(url.shown, url.path, series);
  if (url.scheme !== "local")
    return `cannot parse URL ${quoted(url.shown)}: schema ${quoted(url.scheme)} not valid`;
  return onDisk(text, url.shown, url.opaque, series);
};
