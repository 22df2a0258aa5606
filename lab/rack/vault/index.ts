import { faultArmed, takeFault } from "../core/faults";
import type { Domain, Rack, Tool } from "../core/rack";
import { assess } from "../juju/engine/hooks";
import { setFlag, type VaultState } from "./state";

export type { VaultState } from "./state";

const sealIsDue = (rack: Rack): boolean =>
  rack.faults.plan.some(({ fault }) => fault === "vault-sealed") &&
  rack.juju.controllers
    .flatMap(({ models }) => models)
    .flatMap(({ applications }) => applications)
    .filter(({ charm }) => charm === "vault")
    .flatMap(({ units }) => units)
    .some(
      ({ name, flags }) =>
        flags.includes("unsealed") && faultArmed(rack, "vault-sealed", name) !== undefined,
    );

/** Vault has no time of its own but for the lifetimes of tokens, which are looked at when they are used. */
export const vault: Domain<VaultState> = {
  initial: () => ({ clusters: {} }),
  nextEvent: (rack) => (sealIsDue(rack) ? rack.now : Infinity),
  advance: (rack) => {
    for (const controller of rack.juju.controllers) {
      for (const model of controller.models) {
        for (const application of model.applications.filter((each) => each.charm === "vault")) {
          for (const unit of application.units) {
            if (!unit.flags.includes("unsealed")) continue;
            if (takeFault(rack, "vault-sealed", unit.name) === undefined) continue;
            setFlag(unit, "unsealed", false);
            assess(rack, model, application, unit);
          }
        }
      }
    }
  },
};

// The command uses the store, and the store this module: it is loaded when it is called.
export const run: Tool = async (...call) => (await import("./command")).run(...call);
