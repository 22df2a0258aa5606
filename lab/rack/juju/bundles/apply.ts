import { resolve as resolvePath } from "node:path";
import { takeFault } from "../../core/faults";
import type { Rack } from "../../core/rack";
import { spacesKnown } from "../engine/bindings";
import { countUpload, isLocal, optionValue, resolveCharm, type Resolved } from "../engine/charms";
import { formatConstraints } from "../engine/constraints";
import { addApplication, findRelation, hasRelation, relate } from "../engine/deploy";
import { charmOf, findApplication } from "../engine/find";
import { enqueue, hook } from "../engine/hooks";
import { baseOfSeries } from "../engine/series";
import { JujuError } from "../errors";
import { playedBy } from "../profile";
import { compareText } from "../render/order";
import type { Application, Model } from "../state";
import { exposeAsSaid } from "./exposing";
import { mapMachines, type MachineMap, refuseUnused } from "./mapping";
import { exchangeOffers, type Surroundings } from "./offering";
import { Placing } from "./placing";
import type { Bundle } from "./read";
import type { BundleApplication } from "./shape";

const inBundle = <T>(action: () => T): T => {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(`cannot deploy bundle: ${error.message}`);
  }
};

/** A bundle against a model: makes what is missing, change by change, and tells what it did. */
export class BundleRun {
  private readonly lines: string[] = [];
  private readonly located: string[] = [];
  private readonly progress: string[] = [];
  /** Bundle machine → machine of the model. */
  private readonly mapping: Map<string, string>;
  private readonly uploaded = new Set<string>();

  constructor(
    private readonly rack: Rack,
    private readonly model: Model,
    private readonly bundle: Bundle,
    private readonly options: MachineMap &
      Surroundings & {
        /** The bundle's: paths of local charms begin there. */
        folder: string;
        dryRun: boolean;
        trust: boolean;
        force: boolean;
      },
  ) {
    this.mapping = mapMachines(model, bundle, options);
  }

  private readonly changes = (line: string): void => void this.lines.push(line);

  /** Changes, and what goes to standard error before and after them. */
  said(): { lines: string[]; located: string[]; progress: string[] } {
    return { lines: this.lines, located: this.located, progress: this.progress };
  }

  run(): void {
    const names = Object.keys(this.bundle.applications).sort(compareText);
    const resolved = new Map(names.map((name) => [name, this.resolve(name)]));
    refuseUnused(this.model, this.bundle, this.mapping);
    for (const name of names) this.application(name, resolved.get(name)!);
    const { rack, model, bundle, changes } = this;
    const placing = new Placing(rack, model, bundle, this.mapping, changes);
    placing.machines();
    exchangeOffers(rack, model, bundle, {
      ...{ around: this.options, dryRun: this.options.dryRun, changes },
      progress: (line) => this.progress.push(line),
    });
    for (const [left = "", right = ""] of bundle.relations) this.relation(left, right);
    for (const name of names) placing.units(name);
  }

  private spec(name: string): BundleApplication {
    return this.bundle.applications[name] ?? {};
  }

  private resolve(name: string): Resolved {
    const { charm = "", channel, revision, base, series } = this.spec(name);
    const there = findApplication(this.model, name);
    const resolved = resolveCharm(this.rack, this.model, charm, {
      channel: channel ?? there?.channel,
      revision,
      base: base ?? baseOfSeries(series) ?? this.bundle.base,
      path: resolvePath(this.options.folder, charm),
    });
    if (there === undefined && !isLocal(charm))
      this.located.push(
        `Located charm "${resolved.charm.name}" in charm-hub, channel ${resolved.channel}\n`,
      );
    return resolved;
  }

  private optionsOf(name: string, resolved: Resolved): Record<string, string | number | boolean> {
    const given = Object.entries(this.spec(name).options ?? {}).filter(
      ([, value]) => value !== null,
    );
    const known = ([key]: [string, unknown]): boolean => key in resolved.charm.config;
    try {
      // The options are checked by the controller, which a dry run does not ask.
      return Object.fromEntries(
        (this.options.dryRun ? given.filter(known) : given).map(([key, value]) => [
          key,
          optionValue(key, resolved.charm.config[key], value),
        ]),
      );
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      throw new JujuError(
        `cannot deploy bundle: cannot add application "${name}": ${error.message}`,
      );
    }
  }

  private application(name: string, resolved: Resolved): void {
    const there = findApplication(this.model, name);
    if (there !== undefined) {
      this.change(there, resolved);
      return;
    }
    const { charm, channel, base } = resolved;
    const local = resolved.origin === "local";
    const key = `${charm.name} ${channel} ${base} ${resolved.revision}`;
    const on = `ubuntu@${base}/stable`;
    const reference = this.spec(name).charm ?? "";
    if (!this.uploaded.has(key)) {
      this.uploaded.add(key);
      const pinned =
        this.spec(name).revision === undefined ? "" : ` with revision ${resolved.revision}`;
      this.lines.push(
        local
          ? `upload charm ${reference} for base ${on} with architecture=amd64`
          : `upload charm ${charm.name} from charm-hub${pinned} for base ${on} from channel ${channel} with architecture=amd64`,
      );
    }
    const using = name === charm.name || local ? "" : ` using ${charm.name}`;
    const from = local ? "" : " from charm-hub";
    const tail = local ? "" : ` with ${channel}`;
    this.lines.push(`deploy application ${name}${from} on ${on}${tail}${using}`);
    countUpload(this.model, resolved);
    for (const resource of Object.keys(charm.resources ?? {}))
      this.progress.push(`  added resource ${resource}\n`);
    const bindings = this.spec(name).bindings ?? {};
    this.refuseSpaces(bindings);
    const wanted = {
      name,
      resolved,
      constraints: this.spec(name).constraints ?? "",
      options: this.optionsOf(name, resolved),
      bindings,
      trust: this.options.trust && this.spec(name).trust === true,
    };
    const application = inBundle(() => addApplication(this.rack, this.model, wanted));
    const pinned = Object.entries(this.spec(name).resources ?? {}).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    );
    if (pinned.length > 0) application.storeResources = Object.fromEntries(pinned);
    this.expose(application);
  }

  private refuseSpaces(bindings: Record<string, string>): void {
    const strange = Object.values(bindings).find(
      (space) => !spacesKnown(this.rack).includes(space),
    );
    if (strange !== undefined)
      throw new JujuError(`cannot deploy bundle: space "${strange}" not found`);
  }

  private expose(application: Application): void {
    const { rack, changes } = this;
    const { dryRun } = this.options;
    exposeAsSaid(rack, application, this.spec(application.name), { dryRun, changes });
  }

  private change(application: Application, resolved: Resolved): void {
    const { name } = application;
    const spec = this.spec(name);
    this.upgrade(application, resolved, spec);
    const wanted = this.optionsOf(name, resolved);
    const changed = Object.entries(wanted).filter(
      ([key, value]) =>
        (application.options[key] ?? charmOf(application).config[key]?.default) !== value,
    );
    if (changed.length > 0) {
      this.lines.push(`set application options for ${name}`);
      if (!playedBy(this.rack).bundleOptions && !this.options.dryRun)
        throw new JujuError(
          `cannot deploy bundle: cannot update options for application "${name}": config yaml not supported not implemented`,
        );
      Object.assign(application.options, Object.fromEntries(changed));
      for (const unit of application.units)
        if (unit.stage >= 3) enqueue(unit, hook("config-changed", this.rack.now + 1000));
    }
    const constraints = formatConstraints(spec.constraints ?? "");
    const same = constraints === formatConstraints(application.constraints);
    if (!same && !application.subordinate) {
      this.lines.push(`set constraints for ${name} to "${constraints}"`);
      application.constraints = constraints;
    }
    this.expose(application);
  }

  private upgrade(application: Application, resolved: Resolved, spec: BundleApplication): void {
    if (application.origin === "local") return;
    const { name } = application;
    if (spec.channel !== undefined && resolved.channel !== application.channel) {
      if (!this.options.force)
        throw new JujuError(
          `cannot deploy bundle: upgrades not supported across channels (existing: "${application.channel}", requested: "${resolved.channel}"); use --force to override`,
        );
      application.channel = resolved.channel;
    }
    if (spec.revision === undefined || spec.revision === application.revision) return;
    if (spec.revision < application.revision)
      throw new JujuError(
        `cannot deploy bundle: application "${name}": downgrades are not currently supported: deployed revision ${application.revision} is newer than requested revision ${spec.revision}`,
      );
    this.lines.push(
      `upgrade ${name} from charm-hub using charm ${application.charm} for base ubuntu@${application.base}/stable from channel ${application.channel}`,
    );
    application.revision = spec.revision;
    for (const unit of application.units)
      if (unit.stage >= 3) enqueue(unit, hook("upgrade-charm", this.rack.now + 2000));
  }

  /** What is written out whole is known to be there; of anything else only the controller can say. */
  private relation(left: string, right: string): void {
    const { model, rack } = this;
    if (hasRelation(model, left, right)) return;
    this.lines.push(`add relation ${left} - ${right}`);
    if (this.options.dryRun || findRelation(model, left, right) !== undefined) return;
    if (takeFault(rack, "relation-not-made", `${left} ${right}`) !== undefined) return;
    try {
      relate(rack, model, left, right);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      throw new JujuError(
        `cannot deploy bundle: cannot add relation between "${left}" and "${right}": ${error.message}`,
      );
    }
  }
}
