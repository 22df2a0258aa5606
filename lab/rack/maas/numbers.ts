import type { MaasState } from "./state";

/** The next id of a kind of object; ids are never used twice. */
export const nextNumber = (maas: MaasState, kind: string, first = 1): number => {
  const number = (maas.numbers[kind] ?? first - 1) + 1;
  maas.numbers[kind] = number;
  return number;
};
