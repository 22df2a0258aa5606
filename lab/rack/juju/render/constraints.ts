import { parseConstraints, sizeInMiB } from "../engine/constraints";

const SIZES = ["mem", "root-disk"];
const NUMBERS = ["cores", "cpu-power"];
const LISTS = ["tags", "spaces", "zones"];
const TRUTHS = ["allocate-public-ip"];

/** Constraints as a document: sizes in MiB, lists, numbers and truths as their own types. */
export const constraintsDocument = (text: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(parseConstraints(text)).map(([key, value]): [string, unknown] => {
      if (SIZES.includes(key)) return [key, sizeInMiB(value) ?? 0];
      if (NUMBERS.includes(key)) return [key, Number(value)];
      if (LISTS.includes(key)) return [key, value.split(",").filter((each) => each !== "")];
      if (TRUTHS.includes(key)) return [key, value === "true"];
      return [key, value];
    }),
  );
