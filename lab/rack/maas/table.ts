import commands from "./commands.json";
import { actionDoc, handlerDoc } from "./docs";

interface Handler {
  path: string;
  params: string[];
  /** Action → `VERB` or `VERB op=name`. */
  actions: Record<string, string>;
}

export interface Operation {
  handler: string;
  action: string;
  method: string;
  op: string | null;
}

const collection = (path: string): Handler => ({
  path,
  params: [],
  actions: { create: "POST", read: "GET" },
});

const item = (path: string): Handler => ({
  path,
  params: ["id"],
  actions: { delete: "DELETE", read: "GET", update: "PUT" },
});

const minor = (profile: string): number =>
  profile === "next" ? Infinity : Number(profile.split(".")[1] ?? 4);

/** Handlers of a version: the recorded table of 3.4.10 with what later versions add. */
export const handlersOf = (profile: string): Record<string, Handler> => {
  const handlers: Record<string, Handler> = { ...commands };
  if (minor(profile) >= 6) {
    handlers["reserved-ips"] = collection("/reservedips/");
    handlers["reserved-ip"] = item("/reservedips/{id}/");
  }
  return handlers;
};

/** Handlers that the newest profile answers with 410 Gone. */
export const VM_HOST_HANDLERS = new Set([
  "vm-host",
  "vm-hosts",
  "vm-cluster",
  "vm-clusters",
  "pod",
  "pods",
]);

interface Route {
  handler: string;
  pattern: RegExp;
  params: string[];
  operations: Map<string, string>;
}

const escape = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");

/** Subnets are named by their CIDR too, whose slash stands in the path as it is. */
const PARAMETER: Record<string, string> = { subnet: "([^/]+(?:/\\d{1,3})?)" };

/** Paths of one thing that the path of all is taken for as well (Launchpad bug 1715230). */
const PLURALS = /\/(partition|volume-group)\/$/;

const sourceOf = (handler: string, path: string): string => {
  const between = path.split(/\{[^}]+\}/).map(escape);
  return between
    .map((text) => text.replace(PLURALS, "/$1s?/"))
    .join(PARAMETER[handler] ?? "([^/]+)");
};

const buildRoutes = (profile: string): Route[] =>
  Object.entries(handlersOf(profile)).map(([handler, { path, params, actions }]) => {
    const source = sourceOf(handler, path);
    return {
      handler,
      pattern: new RegExp(`^${source.replace(/\/$/, "")}/?$`),
      params,
      operations: new Map(
        Object.entries(actions).map(([action, call]) => [call.replace(" op=", " "), action]),
      ),
    };
  });

const routes = new Map<string, Route[]>();

const routesOf = (profile: string): Route[] => {
  const known = routes.get(profile) ?? buildRoutes(profile);
  routes.set(profile, known);
  return known;
};

export interface Match {
  handler: string;
  /** undefined: the path exists, but not with this verb and op. */
  action: string | undefined;
  params: Record<string, string>;
  methods: string[];
}

/** Finds the operation of a request; `path` is what follows /MAAS/api/2.0. */
export const match = (
  profile: string,
  method: string,
  path: string,
  op: string | null,
): Match | undefined => {
  for (const route of routesOf(profile)) {
    const found = route.pattern.exec(path);
    if (found === null) continue;
    const params = Object.fromEntries(
      route.params.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]),
    );
    const action = route.operations.get(op === null ? method : `${method} ${op}`);
    const methods = [
      ...new Set([...route.operations.keys()].map((key) => key.split(" ")[0] ?? "")),
    ];
    return { handler: route.handler, action, params, methods };
  }
  return undefined;
};

/** Acronyms that some handlers' names begin with: `IPRangesHandler` is the command `ipranges`. */
const ACRONYM = /^(dhcp|dns|ip|ssh|ssl)(snippet|resource|address|range|key)/;

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const className = (handler: string): string =>
  handler
    .split("-")
    .map((part) =>
      capital(
        part.replace(
          ACRONYM,
          (_all, first: string, rest: string) => first.toUpperCase() + capital(rest),
        ),
      ),
    )
    .join("");

/** Tells clients whether their description is that of this region: X-MAAS-API-Hash. */
export const apiHash = (profile: string): string => `rack-${profile}`;

/** The document at describe/, which clients build their commands from. */
export const describe = (profile: string, base: string): unknown => ({
  doc: "MAAS API",
  hash: apiHash(profile),
  resources: Object.entries(handlersOf(profile)).map(([handler, { path, params, actions }]) => {
    const name = `${className(handler)}Handler`;
    const described = {
      name,
      doc: handlerDoc(handler),
      params,
      path: `/MAAS/api/2.0${path}`,
      uri: `${base}${path}`,
      actions: Object.entries(actions).map(([action, call]) => {
        const [method = "", op] = call.split(" op=");
        return {
          name: op ?? action,
          method,
          op: op ?? null,
          restful: op === undefined,
          doc: actionDoc(handler, action),
        };
      }),
    };
    const open = ["version", "users"].includes(handler);
    return { name, auth: described, anon: open ? { ...described, name: `Anon${name}` } : null };
  }),
});
