import type { Call } from "../call";
import { JujuError } from "../errors";
import { baseFault } from "../grammar/channel";

/** Refuses a `--base` that is not an operating system and a channel of it, before anything is asked. */
export const checkBase = (call: Call): void => {
  const base = call.flag("base") ?? "";
  const fault = base === "" ? undefined : baseFault(base);
  if (fault !== undefined) throw new JujuError(fault);
};
