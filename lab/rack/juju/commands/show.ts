import type { Call } from "../call";
import { JujuError } from "../errors";
import { exposedDocument, isExposed } from "../engine/expose";
import { charmOf, findApplication, findUnit, needApplication } from "../engine/find";
import { constraintsDocument } from "../render/constraints";
import { relationInfo } from "../render/relationInfo";
import { storeUrl } from "../render/offers";
import { charmUrl, StatusView } from "../render/status";

export const showApplication = async (call: Call): Promise<number> => {
  const shown = call.inModel((model, rack, controller) => {
    const view = new StatusView(rack, controller, model, false);
    return Object.fromEntries(
      call.words.map((name) => {
        const application = findApplication(model, name);
        if (application === undefined) throw new JujuError(`application ${name} not found`);
        return [
          name,
          {
            charm: application.charm,
            base: `ubuntu@${application.base}`,
            ...(application.origin === "local" ? {} : { channel: application.channel }),
            constraints: constraintsDocument(application.constraints),
            principal: !application.subordinate,
            exposed: isExposed(application),
            ...(isExposed(application)
              ? { "exposed-endpoints": exposedDocument(application) }
              : {}),
            remote: false,
            life: application.life,
            "endpoint-bindings": view.bindings(application),
          },
        ];
      }),
    );
  });
  return call.show(shown);
};

const withRelations = (relations: object[]) =>
  relations.length === 0 ? {} : { "relation-info": relations };

export const showUnit = async (call: Call): Promise<number> => {
  const shown = call.inModel((model, rack) =>
    Object.fromEntries(
      call.words.map((name) => {
        const unit = findUnit(model, name);
        if (unit === undefined) throw new JujuError(`unit ${name} not found`);
        const application = needApplication(model, name.split("/")[0] ?? "");
        const machine = model.machines.find((each) => each.id === unit.machine);
        return [
          name,
          {
            ...(unit.version === "" ? {} : { "workload-version": unit.version }),
            machine: unit.machine,
            "opened-ports": unit.started ? (charmOf(application).ports ?? []) : [],
            "public-address": machine?.addresses[0] ?? "",
            charm: application.origin === "local" ? charmUrl(application) : storeUrl(application),
            leader: unit.leader,
            life: unit.life,
            ...withRelations(relationInfo(rack, model, unit)),
          },
        ];
      }),
    ),
  );
  return call.show(shown);
};
