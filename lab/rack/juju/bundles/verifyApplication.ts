import { existsSync } from "node:fs";
import { isAbsolute, resolve as resolvePath } from "node:path";
import { isCidr } from "../grammar/cidr";
import { baseFault } from "../grammar/channel";
import { parseCharm } from "../grammar/charmUrl";
import { deviceFault, parseDirective } from "../grammar/directive";
import { isApplication, isEndpoint, isUnit } from "../grammar/checks/names";
import type { BundleApplication, Document } from "./shape";

/** What is wrong with the applications of a bundle. */

export interface Checks {
  /** Paths of charms begin there. */
  folder: string;
  constraintFault: (text: string) => string | undefined;
  major: 3 | 4;
}

/** One that is not told is right. */
export const isBase = (text: string): boolean =>
  text === "" || (!text.startsWith("@") && baseFault(text) === undefined);

export const isSeries = (text: string): boolean => /^([a-z]+([a-z0-9]+)?)?$/.test(text);

const directiveFault = (text: string, major: 3 | 4): string | undefined => {
  const parsed = parseDirective(text, major);
  return typeof parsed === "string" ? parsed : undefined;
};

const charmErrors = (name: string, application: BundleApplication, checks: Checks): string[] => {
  const { charm = "", revision, channel = "" } = application;
  const empty = charm === "" ? ["empty charm path"] : [];
  if (charm.startsWith(".") || isAbsolute(charm)) {
    const path = resolvePath(checks.folder, charm);
    return existsSync(path)
      ? empty
      : [...empty, `charm path in application "${name}" does not exist: ${path}`];
  }
  const parsed = parseCharm(charm, checks.major === 3);
  if (typeof parsed === "string")
    return [...empty, `invalid charm URL in application "${name}": ${parsed}`];
  if (revision === undefined) return empty;
  return [
    ...(parsed.store === "ch" && channel === ""
      ? [
          `application "${name}" with a revision requires a channel for future upgrades, please use channel`,
        ]
      : []),
    ...(revision < 0 ? [`the revision for application "${name}" must be zero or greater`] : []),
  ];
};

const partErrors = (name: string, application: BundleApplication, checks: Checks): string[] => {
  const { base = "", series = "", constraints = "", storage, devices } = application;
  const errors: string[] = [];
  if (!isSeries(series))
    errors.push(`application "${name}" declares an invalid series "${series}"`);
  if (!isBase(base)) errors.push(`application "${name}" declares an invalid base "${base}"`);
  const fault = checks.constraintFault(constraints);
  if (fault !== undefined)
    errors.push(`invalid constraints "${constraints}" in application "${name}": ${fault}`);
  for (const [kind, entries, faultOf] of [
    ["storage", storage, (text: string) => directiveFault(text, checks.major)],
    ["device", devices, deviceFault],
  ] as const)
    for (const [key, text] of Object.entries(entries ?? {})) {
      if (!isApplication(key))
        errors.push(`invalid ${kind} name "${key}" in application "${name}"`);
      const wrong = faultOf(text);
      if (wrong !== undefined)
        errors.push(`invalid ${kind} "${key}" in application "${name}": ${wrong}`);
    }
  return errors;
};

const offerErrors = (name: string, { offers }: BundleApplication): string[] =>
  Object.entries(offers ?? {}).flatMap(([offer, spec]) => [
    ...(isApplication(offer) ? [] : [`invalid offer name "${offer}" in application "${name}"`]),
    ...(spec?.endpoints ?? [])
      .filter((endpoint) => !isEndpoint(endpoint))
      .map(
        (endpoint) =>
          `invalid endpoint name "${endpoint}" for offer "${offer}" in application "${name}"`,
      ),
  ]);

const resourceErrors = (name: string, { resources }: BundleApplication): string[] =>
  Object.entries(resources ?? {}).flatMap(([resource, value]: [string, unknown]) => [
    ...(resource === "" ? [`missing resource name on application "${name}"`] : []),
    ...(typeof value === "string" || Number.isInteger(value)
      ? []
      : [`resource revision "${name}" is not int or string`]),
  ]);

/** `[CONTAINER:]MACHINE`, `[CONTAINER:]APPLICATION[/UNIT]` or `[CONTAINER:]new`. */
const PLACE = /^(?:[a-z]+:)?([a-z0-9/-]+)$/;

const placeError = (bundle: Document, place: string): string | undefined => {
  const target = PLACE.exec(place)?.[1] ?? "";
  const [name = "", unit] = target.split("/");
  if (target === "new") return undefined;
  if (/^(0|[1-9]\d*)$/.test(target))
    return Object.hasOwn(bundle.machines ?? {}, target)
      ? undefined
      : `placement "${place}" refers to a machine not defined in this bundle`;
  if (name === "new" || !(unit === undefined ? isApplication(name) : isUnit(target)))
    return `invalid placement syntax "${place}"`;
  const applications = bundle.applications ?? {};
  if (!Object.hasOwn(applications, name))
    return `placement "${place}" refers to an application not defined in this bundle`;
  const units = applications[name]?.num_units ?? 0;
  return unit !== undefined && Number(unit) >= units
    ? `placement "${place}" specifies a unit greater than the ${units} unit(s) started by the target application`
    : undefined;
};

const placementErrors = (
  bundle: Document,
  name: string,
  { num_units: units = 0, to }: BundleApplication,
): string[] => {
  const places = to ?? [];
  const errors = units < 0 ? [`negative number of units specified on application "${name}"`] : [];
  if (units >= 0 && places.length > units)
    errors.push(`too many units specified in unit placement for application "${name}"`);
  return [...errors, ...places.flatMap((place) => placeError(bundle, place) ?? [])];
};

const exposeErrors = (name: string, application: BundleApplication): string[] => {
  const exposed = Object.entries(application["exposed-endpoints"] ?? {});
  if (exposed.length > 0 && application.expose === true)
    return [
      `exposed-endpoints cannot be specified together with "exposed:true" in application "${name}" as this poses a security risk when deploying bundles to older controllers`,
    ];
  return exposed.flatMap(([endpoint, spec]) =>
    (spec["expose-to-cidrs"] ?? [])
      .filter((cidr) => !isCidr(cidr))
      .map(
        (cidr) =>
          `invalid CIDR "${cidr}" for expose to CIDRs field for endpoint "${endpoint}" in application "${name}"`,
      ),
  );
};

export const applicationsErrors = (bundle: Document, checks: Checks): string[] => {
  const all = Object.entries(bundle.applications ?? {});
  if (all.length === 0) return ["at least one application must be specified"];
  return all.flatMap(([name, application]) => {
    if (application === null) return [`bundle application for key "${name}" is undefined`];
    return [
      ...charmErrors(name, application, checks),
      ...(Object.hasOwn(bundle.saas ?? {}, name)
        ? [`SAAS "${name}" already exists with application "${name}" name`]
        : []),
      ...partErrors(name, application, checks),
      ...offerErrors(name, application),
      ...resourceErrors(name, application),
      ...placementErrors(bundle, name, application),
      ...exposeErrors(name, application),
    ];
  });
};
