/** As much of Go's net/url as Juju's command lines show. */
interface Url {
  scheme: string;
  /** What follows a scheme without a slash. */
  opaque: string;
  host: string;
  path: string;
  /** Has it a query, a fragment or a user? */
  more: boolean;
  /** As it is printed again. */
  shown: string;
}

const withoutHost = (rest: string): { host: string; user: boolean; path: string } => {
  if (!rest.startsWith("//")) return { host: "", user: false, path: rest };
  const [, authority = "", path = ""] = /^\/\/([^/]*)(.*)$/.exec(rest) ?? [];
  return { host: authority.replace(/^.*@/, ""), user: authority.includes("@"), path };
};

const decoded = (text: string): string =>
  text.replace(/(%[0-9a-fA-F]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll("%", ""), "hex").toString(),
  );

const hex = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;

/** A path that was written as Go would have written it is kept. */
const escapedPath = (path: string): string =>
  /^[\w.~$&+,/:;=@!'()*[\]%-]*$/.test(path)
    ? path
    : encodeURI(decoded(path)).replace(/[!'()*?#]/g, hex);

/** As a value in a URL's query. */
export const escapedQuery = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, hex)
    .replaceAll("%20", "+");

/** The parts of a URL, or Go's reason why it is none. `request`: it must be absolute, as in a request. */
export const parseUrl = (text: string, request = false): Url | string => {
  if ([...text].some((sign) => sign < " " || sign === "\u007f"))
    return "net/url: invalid control character in URL";
  if (request && text === "") return "empty url";
  const [, named = "", fragment] = /^([^#]*)(#.*)?$/s.exec(text) ?? [];
  if (named.startsWith(":")) return "missing protocol scheme";
  const [, scheme] = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(named) ?? [];
  const whole = scheme === undefined ? named : named.slice(scheme.length + 1);
  const [rest = "", query] = whole.split(/\?(.*)/s);
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(rest)?.[0];
  const base = { scheme: scheme?.toLowerCase() ?? "", opaque: "", host: "", path: "" };
  const asked = Boolean(query) || (fragment ?? "#") !== "#";
  if (!rest.startsWith("/")) {
    if (scheme !== undefined) {
      const shown = `${base.scheme}:${rest}`;
      return { ...base, opaque: rest, more: asked, shown };
    }
    if (request) return "invalid URI for request";
    if (rest.split("/")[0]?.includes(":")) return "first path segment in URL cannot contain colon";
  }
  if (escape !== undefined) return `invalid URL escape ${JSON.stringify(escape)}`;
  const { host, user, path } = withoutHost(rest);
  const prefix = scheme === undefined ? "" : `${base.scheme}:`;
  const shown = `${prefix}${rest.startsWith("//") ? `//${host}` : ""}${escapedPath(path)}`;
  return { ...base, host, path: decoded(path), more: asked || user, shown };
};
