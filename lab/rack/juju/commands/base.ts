import type { Call } from "../call";
import { SERIES } from "../engine/series";
import { JujuError } from "../errors";
import { baseFault } from "../grammar/channel";

/** `--series`, which Juju 3 still knows. */
const checkSeries = (call: Call): void => {
  const series = call.flag("series") ?? "";
  if (series === "") return;
  call.err("WARNING series flag is deprecated, use --base instead\n");
  if (!SERIES.has(series))
    throw new JujuError(
      `attempting to convert ${JSON.stringify(series)} to a base: series ${JSON.stringify(series)} not valid`,
    );
};

/** Refuses a `--base` that is not an operating system and a channel of it, before anything is asked. */
export const checkBase = (call: Call): void => {
  checkSeries(call);
  const base = call.flag("base") ?? "";
  const fault = base === "" ? undefined : baseFault(base);
  if (fault !== undefined) throw new JujuError(fault);
};
