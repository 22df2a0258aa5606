/**
 * Values drawn from the rack's seed and a key alone. Each draw advances this one `Random`; a new one of the same key
 * begins at its start again, so what other parts of the rack have drawn, and in which order, changes nothing. Keys that
 * shall not give the same again and again name the moment too.
 */
export interface Random {
  /** A number in [0, 1). */
  float(): number;
  /** A whole number in [low, high]. */
  int(low: number, high: number): number;
  /** `nominal` moved by at most `share` of itself up or down, in its unit. @default share 0.15 */
  jitter(nominal: number, share?: number): number;
  /** So many lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** So many letters of the alphabet. */
  letters(count: number, alphabet: string): string;
  /** One of the items; throws where there are none. */
  pick<T>(items: readonly T[]): T;
  /** A version 4 UUID. */
  uuid(): string;
}

// xmur3 and mulberry32 (public domain, bryc): small, fast and the same on every platform.
const hash = (text: string): number => {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
};

export const random = (seed: string, key: string): Random => {
  let a = hash(`${seed}\0${key}`);
  const float = (): number => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low: number, high: number): number => low + Math.floor(float() * (high - low + 1));
  const letters = (count: number, alphabet: string): string =>
    Array.from({ length: count }, () => alphabet[int(0, alphabet.length - 1)]).join("");
  const hex = (digits: number): string => letters(digits, "0123456789abcdef");
  return {
    float,
    int,
    letters,
    hex,
    jitter: (nominal, share = 0.15) => nominal * (1 - share + 2 * share * float()),
    pick: (items) => {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new RangeError("pick from an empty list");
      return item;
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[int(0, 3)] ?? "8"}${hex(3)}-${hex(12)}`,
  };
};
