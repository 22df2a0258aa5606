import type { User } from "./state";

const PREFIX = "OAuth ";

/** The fields of an Authorization header, decoded. */
const fields = (header: string): Map<string, string> => {
  const result = new Map<string, string>();
  for (const part of header.slice(PREFIX.length).split(",")) {
    const [, key = "", value = ""] = /^\s*([^=]+)="?([^"]*)"?\s*$/.exec(part) ?? [];
    try {
      if (key !== "") result.set(key, decodeURIComponent(value));
    } catch {
      result.set(key, value);
    }
  }
  return result;
};

/**
 * Who a request is from, by OAuth 1.0 with PLAINTEXT signatures, the only kind MAAS takes. `anonymous` without a
 * header; `refused` with MAAS's text otherwise.
 */
export const authenticate = (
  users: readonly User[],
  header: string | undefined,
): { user: User } | { anonymous: true } | { refused: string } => {
  if (header === undefined || header === "") return { anonymous: true };
  const refused = { refused: "Authorization Error: Invalid API key." };
  if (!header.startsWith(PREFIX)) return refused;
  const given = fields(header);
  if (given.get("oauth_signature_method") !== "PLAINTEXT") return refused;
  for (const user of users) {
    const key = user.keys.find(
      (each) =>
        each.consumer === given.get("oauth_consumer_key") &&
        each.token === given.get("oauth_token"),
    );
    if (key === undefined || key.expired === true) continue;
    return given.get("oauth_signature") === `&${key.secret}` ? { user } : refused;
  }
  return refused;
};
