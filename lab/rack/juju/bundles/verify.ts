import { constraintError } from "../engine/constraints";
import { isApplication, isEndpoint, isNumber, quoted } from "../grammar/checks/names";
import { parseOffer } from "../grammar/offerUrl";
import { JujuError } from "../errors";
import type { OfferWords } from "../words";
import { mixedError } from "./series";
import type { Document } from "./shape";
import { applicationsErrors, type Checks, isBase, isSeries } from "./verifyApplication";

/** What must be right about a bundle before anything is done with it. All that is wrong is told at once. */

type Texts = Checks & { words: OfferWords };

/** Constraints as a bundle of its own may have them, before overlays are laid over it. */
export const ownConstraints = (text: string): string | undefined =>
  constraintError(text) ??
  (/(^|\s)image-id=/.test(text)
    ? "'image-id' constraint in a base bundle not supported"
    : undefined);

/** Juju 4 takes what looks like an endpoint for one, where its own commands take the rest for a controller. */
const placeOf = (url: string, major: 3 | 4): string =>
  major === 4 ? url.replace(/^([^:]*):[a-z][a-z0-9]*([_-][a-z0-9]+)*$/, "$1") : url;

const saasErrors = (bundle: Document, { words, major }: Texts): string[] =>
  Object.entries(bundle.saas ?? {}).flatMap(([name, spec]) => {
    const errors: string[] = [];
    if (Object.hasOwn(bundle.applications ?? {}, name))
      errors.push(`application "${name}" already exists with SAAS "${name}" name`);
    if (!isApplication(name)) errors.push(`invalid SAAS name "${name}" found`);
    const url = spec?.url ?? "";
    if (url !== "" && typeof parseOffer(placeOf(url, major), words, false) === "string")
      errors.push(`invalid offer URL "${url}" for SAAS ${name}`);
    return errors;
  });

const machineErrors = (bundle: Document, constraintFault: Checks["constraintFault"]): string[] =>
  Object.entries(bundle.machines ?? {}).flatMap(([id, machine]) => {
    const errors = isNumber(id) ? [] : [`invalid machine id "${id}" found in machines`];
    const { constraints = "", base = "", series = "" } = machine ?? {};
    const fault = constraintFault(constraints);
    if (fault !== undefined)
      errors.push(`invalid constraints "${constraints}" in machine "${id}": ${fault}`);
    if (!isSeries(series)) errors.push(`invalid series "${series}" for machine "${id}"`);
    if (!isBase(base)) errors.push(`invalid base "${base}" for machine "${id}"`);
    return errors;
  });

const isEnd = (end: string): boolean => {
  const [name = "", endpoint, more] = end.split(":");
  return (
    isApplication(name) && more === undefined && (endpoint === undefined || isEndpoint(endpoint))
  );
};

const relationErrors = (bundle: Document): string[] => {
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const pair of (bundle.relations ?? []).map((each) => each ?? [])) {
    const shown = `[${pair.map(quoted).join(" ")}]`;
    if (pair.length !== 2) {
      errors.push(`relation ${shown} has ${pair.length} endpoint(s), not 2`);
      continue;
    }
    const wrong = pair.filter((end) => !isEnd(end));
    errors.push(...wrong.map((end) => `invalid relation syntax ${quoted(end)}`));
    const names = pair.map((end) => end.split(":")[0] ?? "");
    for (const name of names.filter((_name, index) => isEnd(pair[index] ?? ""))) {
      const places = [bundle.applications ?? {}, bundle.saas ?? {}].filter((each) =>
        Object.hasOwn(each, name),
      );
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

const unreferred = ({ applications, machines }: Document): string[] => {
  const targets = new Set(
    Object.values(applications ?? {}).flatMap((each) =>
      (each?.to ?? []).map((place) => place.split(":").at(-1) ?? "").filter(isNumber),
    ),
  );
  return Object.keys(machines ?? {})
    .filter((id) => !targets.has(id))
    .map((id) => `machine "${id}" is not referred to by a placement directive`);
};

/** Throws with everything that is wrong. Paths of charms must be absolute or begin in `folder`. */
export const verify = (bundle: Document, options: Texts): void => {
  const { bundle: type = "", "default-base": base = "", series = "" } = bundle;
  const mixed = options.major === 3 ? mixedError(bundle) : undefined;
  const errors = [
    ...(type === "" || type === "kubernetes" ? [] : [`bundle has an invalid type "${type}"`]),
    ...(isSeries(series) ? [] : [`bundle declares an invalid series "${series}"`]),
    ...(isBase(base) ? [] : [`bundle declares an invalid base "${base}"`]),
    ...saasErrors(bundle, options),
    ...machineErrors(bundle, options.constraintFault),
    ...applicationsErrors(bundle, options),
    ...relationErrors(bundle),
    ...unreferred(bundle),
  ];
  // Series that are not those of their bases are told beside other errors only.
  if (errors.length > 0 && mixed !== undefined) errors.unshift(mixed);
  if (errors.length > 0)
    throw new JujuError(
      `cannot deploy bundle: the provided bundle has the following errors:\n${errors.join("\n")}`,
    );
};
