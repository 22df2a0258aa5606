import type { Call } from "../call";
import { Said } from "../errors";
import { findUnit } from "../engine/find";

export const showStatusLog = (call: Call): number => {
  const unit = call.inModel((model) => findUnit(model, call.words[0] ?? ""));
  if (unit === undefined) throw new Said(1);
  call.json([
    {
      status: unit.workload.current,
      message: unit.workload.message,
      since: new Date(unit.workload.since).toISOString(),
      type: "workload",
    },
    {
      status: unit.agent.current,
      message: unit.agent.message,
      since: new Date(unit.agent.since).toISOString(),
      type: "juju-unit",
    },
  ]);
  return 0;
};
