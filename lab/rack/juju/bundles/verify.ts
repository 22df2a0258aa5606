import { parseUrl } from "../engine/offers";
import { JujuError } from "../errors";
import { isCidr } from "../grammar/cidr";
import { isApplication, quoted } from "../grammar/checks/names";
import { placements, type Bundle, type BundleApplication, type Draft } from "./read";

/** What must be right about a bundle before anything is done with it. All that is wrong is told at once. */

const isEndpoint = (name: string): boolean => /^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/.test(name);

/** Whether an offer is written with an endpoint is asked later, when it is consumed. */
const withoutEndpoint = (url: string): string => url.replace(/(\.[^:]*):[^:]*$/, "$1");

const saasErrors = (bundle: Draft): string[] =>
  Object.entries(bundle.saas).flatMap(([name, spec]) => {
    const errors: string[] = [];
    if (Object.hasOwn(bundle.applications, name))
      errors.push(`application "${name}" already exists with SAAS "${name}" name`);
    if (!isApplication(name)) errors.push(`invalid SAAS name "${name}" found`);
    const url = spec?.url ?? "";
    if (url !== "" && parseUrl(withoutEndpoint(url)) === undefined)
      errors.push(`invalid offer URL "${url}" for SAAS ${name}`);
    return errors;
  });

const offerErrors = (name: string, application: BundleApplication): string[] =>
  Object.entries(application.offers ?? {}).flatMap(([offer, spec]) => [
    ...(isApplication(offer) ? [] : [`invalid offer name "${offer}" in application "${name}"`]),
    ...(spec.endpoints ?? [])
      .filter((endpoint) => !isEndpoint(endpoint))
      .map(
        (endpoint) =>
          `invalid endpoint name "${endpoint}" for offer "${offer}" in application "${name}"`,
      ),
  ]);

const resourceErrors = (name: string, { resources = {} }: BundleApplication): string[] =>
  Object.entries(resources).flatMap(([resource, value]: [string, unknown]) => [
    ...(resource === "" ? [`missing resource name on application "${name}"`] : []),
    ...(typeof value === "string" || Number.isInteger(value)
      ? []
      : [`resource revision "${name}" is not int or string`]),
  ]);

const exposeErrors = (name: string, application: BundleApplication): string[] => {
  const exposed = Object.entries(application["exposed-endpoints"] ?? {});
  if (exposed.length > 0 && application.expose === true)
    return [
      `exposed-endpoints cannot be specified together with "exposed:true" in application "${name}" as this poses a security risk when deploying bundles to older controllers`,
    ];
  return exposed.flatMap(([endpoint, spec]) =>
    (spec?.["expose-to-cidrs"] ?? [])
      .filter((cidr) => !isCidr(cidr))
      .map(
        (cidr) =>
          `invalid CIDR "${cidr}" for expose to CIDRs field for endpoint "${endpoint}" in application "${name}"`,
      ),
  );
};

const placementErrors = (bundle: Draft, name: string, application: BundleApplication): string[] => {
  const errors: string[] = [];
  const units = application.num_units ?? 0;
  const to = placements(application);
  if (to.length > units && units > 0)
    errors.push(`too many units specified in unit placement for application "${name}"`);
  for (const place of to) {
    const target = place.includes(":") ? (place.split(":")[1] ?? "") : place;
    if (target === "new" || target === "lxd") continue;
    if (/^\d+$/.test(target)) {
      if (!Object.hasOwn(bundle.machines, target))
        errors.push(`placement "${place}" refers to a machine not defined in this bundle`);
    } else if (!Object.hasOwn(bundle.applications, target.split("/")[0] ?? "")) {
      errors.push(`placement "${place}" refers to an application not defined in this bundle`);
    }
  }
  return errors;
};

const applicationErrors = (bundle: Draft): string[] => {
  const all = Object.entries(bundle.applications);
  if (all.length === 0) return ["at least one application must be specified"];
  return all.flatMap(([name, application]) => {
    if (application === null) return [`bundle application for key "${name}" is undefined`];
    return [
      ...(application.charm === undefined ? ["empty charm path"] : []),
      ...(Object.hasOwn(bundle.saas, name)
        ? [`SAAS "${name}" already exists with application "${name}" name`]
        : []),
      ...offerErrors(name, application),
      ...resourceErrors(name, application),
      ...placementErrors(bundle, name, application),
      ...exposeErrors(name, application),
    ];
  });
};

const unreferred = (bundle: Draft): string[] => {
  const targets = new Set(
    Object.values(bundle.applications).flatMap((each) =>
      placements(each).map((place) => place.split(":").at(-1)),
    ),
  );
  return Object.keys(bundle.machines)
    .filter((id) => !targets.has(id))
    .map((id) => `machine "${id}" is not referred to by a placement directive`);
};

const isEnd = (end: string): boolean => {
  const [name = "", endpoint, more] = end.split(":");
  return (
    isApplication(name) && more === undefined && (endpoint === undefined || isEndpoint(endpoint))
  );
};

const relationErrors = (bundle: Draft): string[] => {
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const pair of bundle.relations) {
    const shown = `[${pair.map(quoted).join(" ")}]`;
    if (pair.length !== 2) {
      errors.push(`relation ${shown} has ${pair.length} endpoint(s), not 2`);
      continue;
    }
    const wrong = pair.filter((end) => !isEnd(end));
    errors.push(...wrong.map((end) => `invalid relation syntax ${quoted(end)}`));
    const names = pair.map((end) => end.split(":")[0] ?? "");
    for (const name of names.filter((_name, index) => isEnd(pair[index] ?? ""))) {
      const places = [bundle.applications, bundle.saas].filter((each) => Object.hasOwn(each, name));
      if (places.length === 0)
        errors.push(`relation ${shown} refers to application "${name}" not defined in this bundle`);
      if (places.length === 2)
        errors.push(
          `ambiguous relation "${name}" refers to a application and a SAAS in this bundle`,
        );
    }
    if (wrong.length > 0) continue;
    if (names[0] === names[1]) errors.push(`relation ${shown} relates an application to itself`);
    const key = [...pair].sort().join(" ");
    if (seen.has(key)) errors.push(`relation ${shown} is defined more than once`);
    seen.add(key);
  }
  return errors;
};

/** Throws with everything that is wrong. */
export const verify = (bundle: Draft): Bundle => {
  const errors = [
    ...saasErrors(bundle),
    ...applicationErrors(bundle),
    ...relationErrors(bundle),
    ...unreferred(bundle),
  ];
  if (errors.length > 0)
    throw new JujuError(
      `cannot deploy bundle: the provided bundle has the following errors:\n${errors.join("\n")}`,
    );
  return bundle as Bundle;
};
