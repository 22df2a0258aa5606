import type { Call } from "../call";
import { JujuError } from "../errors";

/** Refuses a `--base` that is not an operating system and a channel of it, before anything is asked. */
export const checkBase = (call: Call): void => {
  const base = call.flag("base") ?? "";
  if (base === "") return;
  if (base.split("@").length !== 2)
    throw new JujuError("expected base string to contain os and channel separated by '@'");
  if (!/^\w+@[\w.]+(\/\w+)?$/.test(base)) throw new JujuError(`base "${base}" not valid`);
};
