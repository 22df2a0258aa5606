import type { Rack } from "../../core/rack";
import { type Exposures, exposeEndpoints, isExposed } from "../engine/expose";
import { JujuError } from "../errors";
import { compareText } from "../render/order";
import type { Application } from "../state";
import type { BundleApplication } from "./shape";

/** What a bundle says of who may reach an application. It never takes an exposure away. */

/** The endpoints that a bundle names; none: all of them, for everybody. */
const wanted = (spec: BundleApplication): Exposures =>
  Object.fromEntries(
    Object.entries(spec["exposed-endpoints"] ?? {}).map(([endpoint, each]) => [
      endpoint,
      {
        spaces: [...(each?.["expose-to-spaces"] ?? [])].sort(compareText),
        cidrs: [...(each?.["expose-to-cidrs"] ?? [])].sort(compareText),
      },
    ]),
  );

const key = ({ spaces, cidrs }: { spaces: string[]; cidrs: string[] }): string =>
  `${spaces.join(",")} ${cidrs.join(",")}`;

const same = (a: Exposures, b: Exposures): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, each]) => {
    const other = b[name];
    return other !== undefined && key(other) === key(each);
  });

const listed = (what: string, names: string[]): string[] =>
  names.length === 0 ? [] : [`${what}${names.length > 1 ? "s" : ""} ${names.join(",")}`];

/** Endpoints with the same settings share a line; the one for all endpoints has its own. */
const lines = (application: string, endpoints: Exposures): string[] => {
  if (Object.keys(endpoints).length === 0)
    return [
      `expose all endpoints of ${application} and allow access from CIDRs 0.0.0.0/0 and ::/0`,
    ];
  const groups = new Map<string, string[]>();
  for (const [name, each] of Object.entries(endpoints)) {
    const group = name === "" ? "" : `of ${key(each)}`;
    groups.set(group, [...(groups.get(group) ?? []), name].sort(compareText));
  }
  return [...groups.values()]
    .sort(([a = ""], [b = ""]) => compareText(a, b))
    .map((names) => {
      const [first = ""] = names;
      const { spaces = [], cidrs = [] } = endpoints[first] ?? {};
      const from = [...listed("space", spaces), ...listed("CIDR", cidrs)].join(" and ");
      const what =
        first === ""
          ? "expose all endpoints"
          : `override expose settings for ${listed("endpoint", names).join("")}`;
      return `${what} of ${application} and allow access from ${from || "CIDRs 0.0.0.0/0 and ::/0"}`;
    });
};

/** Exposes an application as the bundle says: endpoints unless they are so already, all of them (`expose: true`) each time. */
export const exposeAsSaid = (
  rack: Rack,
  application: Application,
  spec: BundleApplication,
  options: { dryRun: boolean; changes: (line: string) => void },
): void => {
  const endpoints = wanted(spec);
  if (spec.expose !== true && Object.keys(endpoints).length === 0) return;
  if (isExposed(application) && same(application.exposed, endpoints)) return;
  lines(application.name, endpoints).forEach(options.changes);
  if (options.dryRun) return;
  try {
    exposeEndpoints(rack, application, endpoints);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(
      `cannot deploy bundle: cannot expose application ${application.name}: ${error.message}`,
    );
  }
};
