/** One line of what `npm run bench` prints. */
export interface Figure {
  what: string;
  measured: string;
  /** What the README promises. */
  atMost: string;
  /** Undefined: it could not be measured here; `measured` says why. */
  holds: boolean | undefined;
}
