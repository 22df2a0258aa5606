import type { Call } from "../call";
import { Said } from "../errors";
import { findUnit } from "../engine/find";
import { checkEntity } from "../grammar/checks/statusLog";

export const showStatusLog = (call: Call): number => {
  const [name = ""] = call.words;
  const type = call.flag("type") ?? "unit";
  const unit = call.inModel((model) => {
    if (type !== "model") checkEntity(name, type);
    return findUnit(model, name);
  });
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
