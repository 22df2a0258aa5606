/** Keys whose values name things of one run: compared by type alone. */
const OF_ONE_RUN =
  /^(id|.*_id|system_id|resource_uri|uuid|hardware_uuid|ip_addresses|created|.*_uri|token_key|token_secret|consumer_key)$/;

export const typeName = (value: unknown): string => {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
};

/**
 * Differences between two JSON values: keys, types and values, ids and addresses by type alone. `subset`: what came
 * may have more keys than what was expected.
 */
export const differences = (
  expected: unknown,
  got: unknown,
  path = "",
  subset = false,
): string[] => {
  const kind = typeName(expected);
  if (kind !== typeName(got)) return [`${path}: expected ${kind}, got ${typeName(got)}`];
  if (Array.isArray(expected) && Array.isArray(got)) {
    if (expected.length !== got.length) {
      return [`${path}: expected ${expected.length} items, got ${got.length}`];
    }
    return expected.flatMap((item, index) =>
      differences(item, got[index], `${path}[${index}]`, subset),
    );
  }
  if (kind === "object") {
    const a = expected as Record<string, unknown>;
    const b = got as Record<string, unknown>;
    const missing = Object.keys(a).filter((key) => !(key in b));
    const extra = subset ? [] : Object.keys(b).filter((key) => !(key in a));
    return [
      ...missing.map((key) => `${path}.${key}: missing`),
      ...extra.map((key) => `${path}.${key}: not expected`),
      ...Object.keys(a)
        .filter((key) => key in b)
        .flatMap((key) =>
          OF_ONE_RUN.test(key) && typeName(a[key]) === typeName(b[key]) && key !== "ip_addresses"
            ? []
            : key === "ip_addresses"
              ? sameCount(a[key], b[key], `${path}.${key}`)
              : differences(a[key], b[key], `${path}.${key}`, subset),
        ),
    ];
  }
  return expected === got
    ? []
    : [`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`];
};

const sameCount = (a: unknown, b: unknown, path: string): string[] =>
  Array.isArray(a) && Array.isArray(b) && a.length === b.length
    ? []
    : [`${path}: expected ${JSON.stringify(a)}, got ${JSON.stringify(b)}`];

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Keys of the first object in a JSON text that may be cut, with the types of their values as far as it goes. */
export const leadingKeys = (text: string): Map<string, string> => {
  const keys = new Map<string, string>();
  const start = text.search(/\{/);
  let depth = 0;
  for (const found of text
    .slice(Math.max(0, start))
    .matchAll(/"((?:[^"\\]|\\.)*)"(\s*:\s*(?=(\S)))?|[{}[\]]/g)) {
    const [token, key, value, first] = found;
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (value !== undefined && key !== undefined && depth === 1)
      keys.set(key, typeOfFirst(first ?? ""));
    if (depth === 0) break;
  }
  return keys;
};

const typeOfFirst = (character: string): string => {
  if (character === "{") return "object";
  if (character === "[") return "list";
  if (character === '"') return "string";
  if (character === "t" || character === "f") return "boolean";
  return character === "n" ? "null" : "number";
};
