/** The middle value; of an even number of values the upper of the two middle ones, of none NaN. */
export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
