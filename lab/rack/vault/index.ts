import { takeFault } from "../core/faults";
import type { Domain, Tool } from "../core/rack";
import { assess } from "../juju/engine/hooks";
import { setFlag, type VaultState } from "./state";

export type { VaultState } from "./state";

/** Vault has no time of its own but for the lifetimes of tokens, which are looked at when they are used. */
export const vault: Domain<VaultState> = {
  initial: () => ({ clusters: {} }),
  nextEvent: () => Infinity,
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
