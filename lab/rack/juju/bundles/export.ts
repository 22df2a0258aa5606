import { charmOf, endpointsOf, hostOf, isContainer, settingOf } from "../engine/find";
import { EVERYWHERE, exposedDocument, isExposed } from "../engine/expose";
import { offersOf, remotesOf } from "../engine/offers";
import { fromStore } from "../engine/resources";
import { parseConstraints, sizeInMiB } from "../engine/constraints";
import { JujuError } from "../errors";
import { compact } from "../render/compact";
import { naturally } from "../render/order";
import type { Application, JujuMachine, Model } from "../state";
import { seriesOf } from "../engine/series";

/** The bundle that would make a model again. What only an overlay may say is a document of its own. */

type Shown = Record<string, unknown>;

/** What an exported bundle says: neither what is empty nor what is false. */
const said = (entries: Shown): Shown =>
  compact(Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== false)));

const sorted = <T>(entries: [string, T][]): Record<string, T> =>
  Object.fromEntries(entries.sort(([a], [b]) => naturally(a, b)));

const ORDER = [
  ...["arch", "cores", "cpu-power", "mem", "root-disk", "instance-type", "image-id", "container"],
  ...["virt-type", "tags", "spaces", "zones", "root-disk-source"],
];

/** Sizes are bare mebibytes here, and cores have their old name. */
const constraints = (text: string): string => {
  const parsed = parseConstraints(text);
  return ORDER.flatMap((key) => {
    const value = parsed[key];
    if (value === undefined || value === "") return [];
    const size = key === "mem" || key === "root-disk" ? sizeInMiB(value) : undefined;
    return [`${key === "cores" ? "cpu-cores" : key}=${size ?? value}`];
  }).join(" ");
};

/** Exposed endpoints, unless it is all of them to everybody. */
const granular = (application: Application): Record<string, object> => {
  const { "": all, ...others } = application.exposed;
  const simple =
    all !== undefined &&
    Object.keys(others).length === 0 &&
    all.spaces.length === 0 &&
    all.cidrs.every((cidr) => EVERYWHERE.includes(cidr));
  return simple ? {} : exposedDocument(application);
};

const full = (base: string): string => `ubuntu@${base}/stable`;

export interface Wanted {
  charmDefaults: boolean;
  series: boolean;
  /** The base of a model that says nothing of it. */
  defaultBase: string;
}

/** One model on its way into a bundle. */
class Export {
  private readonly base: string;
  private readonly used: Set<string>;
  private readonly machines: JujuMachine[];
  private readonly namesSpaces: boolean;

  constructor(
    private readonly model: Model,
    private readonly wanted: Wanted,
  ) {
    const configured = String(settingOf(model, "default-base") ?? "");
    const own = configured === "" ? wanted.defaultBase : configured;
    this.base = own.replace(/^ubuntu@/, "").replace(/\/stable$/, "");
    const { applications } = model;
    const hosts = new Set(
      applications.flatMap((each) => each.units.map(({ machine }) => hostOf(machine))),
    );
    this.machines = model.machines.filter((each) => hosts.has(each.id));
    this.used = new Set([...applications, ...this.machines].map((each) => each.base));
    const spaces = applications.flatMap((each) => Object.values(each.bindings));
    this.namesSpaces = new Set(spaces).size > 1;
  }

  /** One base for all is the bundle's own. */
  private get only(): string | undefined {
    const [only] = this.used;
    return this.used.size === 1 && only !== this.base ? only : undefined;
  }

  private baseOf(base: string): Shown {
    if (base === this.base || this.only !== undefined) return {};
    return { ...(this.wanted.series ? { series: seriesOf(base) } : {}), base: full(base) };
  }

  private options({ options, ...application }: Application): Shown {
    const { config } = charmOf(application as Application);
    const defaults = Object.entries(config).map(([name, { default: value }]): [string, unknown] => [
      name,
      value ?? null,
    ]);
    const all = { ...(this.wanted.charmDefaults ? Object.fromEntries(defaults) : {}), ...options };
    return sorted(Object.entries(all));
  }

  private bindings(application: Application): Shown {
    if (!this.namesSpaces) return {};
    const charm = charmOf(application);
    const { "": fallback = "alpha" } = application.bindings;
    const declared = Object.keys(endpointsOf(charm)).filter(
      (name) => name !== "juju-info" || charm.provides?.[name] !== undefined,
    );
    const names = ["", ...declared, ...(charm.extraBindings ?? [])];
    return sorted(names.map((name) => [name, application.bindings[name] ?? fallback]));
  }

  /** What the charm can have, as it was asked for or as Juju gives it by itself. */
  private storage(application: Application): Shown {
    const known = Object.entries(charmOf(application).storage ?? {});
    return sorted(
      known.map(([name, { kind, least = 0 }]) => {
        const fallback = [
          kind === "block" ? "loop" : "rootfs",
          least > 0 ? `${least}` : "",
          "1024M",
        ];
        return [
          name,
          application.storage?.[name] ?? fallback.filter((each) => each !== "").join(","),
        ];
      }),
    );
  }

  private application(application: Application): Shown {
    const local = application.origin === "local";
    const units = [...application.units].sort((a, b) => naturally(a.name, b.name));
    const place = (machine: string): string =>
      isContainer(machine) ? `lxd:${hostOf(machine)}` : machine;
    const placed = application.subordinate
      ? {}
      : { num_units: units.length || undefined, to: units.map(({ machine }) => place(machine)) };
    return said({
      charm: local ? `local:${application.charm}-${application.revision}` : application.charm,
      channel: local ? "" : application.channel,
      revision: local ? undefined : application.revision,
      ...this.baseOf(application.base),
      resources: sorted(Object.entries(fromStore(application))),
      ...placed,
      // Both together are refused, lest a controller that knows no endpoints expose them all.
      expose: isExposed(application) && Object.keys(granular(application)).length === 0,
      options: this.options(application),
      constraints: constraints(application.constraints),
      storage: this.storage(application),
      bindings: this.bindings(application),
      trust: application.trust,
    });
  }

  document(): Shown {
    const { model, wanted } = this;
    const base = this.used.has(this.base) ? this.base : (this.only ?? "");
    return said({
      "default-base": base === "" ? "" : full(base),
      series: wanted.series && base !== "" ? seriesOf(base) : "",
      saas: sorted(
        remotesOf(model).map((each) => [each.name, { url: `${each.controller}:${each.url}` }]),
      ),
      applications: sorted(model.applications.map((each) => [each.name, this.application(each)])),
      machines: sorted(
        this.machines.map((each) => [
          each.id,
          said({ constraints: constraints(each.constraints), ...this.baseOf(each.base) }),
        ]),
      ),
      relations: model.relations
        .filter(({ ends, far }) => ends.length > 1 && far?.side !== "offer")
        .map(({ ends }) => ends.map(({ application, endpoint }) => `${application}:${endpoint}`)),
    });
  }

  overlay(): Shown {
    const offers = (name: string): Shown =>
      sorted(
        offersOf(this.model)
          .filter((each) => each.application === name)
          .map((each) => [
            each.name,
            {
              endpoints: Object.values(each.endpoints).sort(),
              acl: sorted(Object.entries({ admin: "admin", ...each.access })),
            },
          ]),
      );
    const said = (application: Application): Shown =>
      compact({
        "exposed-endpoints": granular(application),
        offers: offers(application.name),
      });
    const applications = this.model.applications
      .map((each): [string, Shown] => [each.name, said(each)])
      .filter(([, shown]) => Object.keys(shown).length > 0);
    return compact({ applications: sorted(applications) });
  }
}

/** The bundle and what goes into its overlay, which may be nothing. */
export const exportBundle = (model: Model, wanted: Wanted): { base: Shown; overlay: Shown } => {
  if (model.applications.length === 0)
    throw new JujuError("nothing to export as there are no applications");
  const made = new Export(model, wanted);
  return { base: made.document(), overlay: made.overlay() };
};
