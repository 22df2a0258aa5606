import type { Rack } from "../../core/rack";
import { machineConstraints } from "../engine/constraints";
import { addUnits } from "../engine/deploy";
import { findApplication, findUnit, hostOf } from "../engine/find";
import { addMachine, newContainerId, newMachineId } from "../engine/machines";
import { addUnit } from "../engine/units";
import { compareText } from "../render/order";
import type { Application, Model } from "../state";
import { baseOfSeries } from "../engine/series";
import type { Bundle } from "./read";

/** Machines of a bundle that are not there yet, and units on them. */
export class Placing {
  private readonly fresh = new Set<string>();

  constructor(
    private readonly rack: Rack,
    private readonly model: Model,
    private readonly bundle: Bundle,
    /** Bundle machine → machine of the model. */
    private readonly mapping: Map<string, string>,
    private readonly tell: (line: string) => void,
  ) {}

  machines(): void {
    const { model, rack } = this;
    for (const id of Object.keys(this.bundle.machines).sort(compareText)) {
      if (this.mapping.has(id)) continue;
      const spec = this.bundle.machines[id] ?? {};
      const machine = newMachineId(model);
      const base = spec.base ?? baseOfSeries(spec.series) ?? this.bundle.base ?? "ubuntu@22.04";
      addMachine(rack, model, machine, {
        base: base.replace(/^ubuntu@/, "").replace(/\/stable$/, ""),
        constraints: machineConstraints(rack, model, spec.constraints ?? ""),
      });
      this.mapping.set(id, machine);
      this.fresh.add(machine);
      this.tell(
        machine === id
          ? `add new machine ${machine}`
          : `add new machine ${machine} (bundle machine ${id})`,
      );
    }
  }

  units(name: string): void {
    const application = findApplication(this.model, name);
    const spec = this.bundle.applications[name];
    if (application === undefined || application.subordinate) return;
    const to = spec?.to ?? [];
    const have = application.units.filter((unit) => unit.life === "alive").length;
    for (let index = have; index < (spec?.num_units ?? 0); index++) {
      this.unit(application, to[index] ?? to.at(-1) ?? "");
    }
  }

  private unit(application: Application, place: string): void {
    const { rack, model } = this;
    const [kind, target = ""] = place.includes(":") ? place.split(":") : ["", place];
    const machine = this.mapping.get(target) ?? this.machineOfUnit(target);
    if (machine === undefined) {
      const [unit] = addUnits(rack, model, application, 1, [kind ?? ""]);
      this.fresh.add(unit?.machine ?? "");
      this.tell(`add new machine ${hostOf(unit?.machine ?? "")}`);
      this.tell(`add unit ${unit?.name ?? ""} to new machine ${unit?.machine ?? ""}`);
      return;
    }
    const age = (id: string): string => (this.fresh.has(id) ? "new" : "existing");
    if (kind !== "lxd") {
      const unit = addUnit(rack, model, application, machine);
      this.tell(`add unit ${unit.name} to ${age(machine)} machine ${machine}`);
      return;
    }
    const host = hostOf(machine);
    const id = newContainerId(model, host);
    addMachine(rack, model, id, {
      base: application.base,
      constraints: machineConstraints(rack, model, application.constraints),
    });
    const unit = addUnit(rack, model, application, id);
    this.tell(`add lxd container ${id} on ${age(host)} machine ${host}`);
    this.tell(`add unit ${unit.name} to ${id}`);
  }

  private machineOfUnit(target: string): string | undefined {
    const unit = target.includes("/")
      ? findUnit(this.model, target)
      : findApplication(this.model, target)?.units[0];
    return unit?.machine;
  }
}
