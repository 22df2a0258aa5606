import type { Charm } from "../../charms/types";
import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { charmOf, endpointsOf, findApplication, needApplication } from "../engine/find";
import { offersOf, remoteEndpoints, remotesOf } from "../engine/offers";
import { JujuError, usage } from "../errors";
import { table } from "../render/tabular";
import type { Controller, Model, Offer } from "../state";

/** Endpoints of one model offered to others of the controller, and consumed there. */

interface Url {
  controller: string;
  model: string;
  name: string;
}

/** `[controller:][user/]model.offer`. */
const parseUrl = (text: string): Url | undefined => {
  const [, controller = "", , model = "", name = ""] =
    /^(?:([^/:]+):)?(?:([^/:.]+)\/)?([a-z0-9][a-z0-9-]*)\.([^.:]+)$/.exec(text) ?? [];
  return model === "" ? undefined : { controller, model, name };
};

const path = (model: Model, name: string): string => `admin/${model.name}.${name}`;

const checkEndpoints = (charm: Charm, application: string, names: string[]): void => {
  const known = endpointsOf(charm);
  const missing = names.find((name) => !(name in known));
  if (missing !== undefined)
    throw new JujuError(
      `getting relation endpoint for relation "${missing}" and application "${application}": application "${application}" has no "${missing}" relation`,
    );
};

export const offer = (call: Call): number => {
  const [spec = "", given] = call.words;
  const [, before = "", application = "", list = ""] =
    /^(?:(.+)\.)?([^.:]+):(.+)$/.exec(spec) ?? [];
  if (application === "")
    throw usage('endpoints must conform to format "<application-name>:<endpoint-name>"');
  if (before.includes(":")) throw new JujuError(`model name "${before}" not valid`);
  if (before !== "") call.args.flags.set("model", [`${call.controllerName(1)}:${before}`]);
  const names = list.split(",");
  const name = given ?? application;
  const url = call.inModel((model, rack) => {
    const charm = charmOf(needApplication(model, application));
    checkEndpoints(charm, application, names);
    const endpoints = Object.fromEntries(names.map((each) => [each, each]));
    const fresh: Offer = { name, application, endpoints, created: rack.now };
    const old = offersOf(model).find((each) => each.name === name);
    if (old !== undefined && call.profile.flags !== "3.6")
      throw new JujuError(`offer "${name}" already exists, updating offers is not supported`);
    model.offers = [...offersOf(model).filter((each) => each !== old), fresh];
    return path(model, name);
  });
  call.err(`Application "${application}" endpoints [${names.join(", ")}] available at "${url}"\n`);
  return 0;
};

const described = (model: Model, each: Offer): Record<string, unknown> => {
  const charm = charmOf(needApplication(model, each.application));
  return {
    ...(charm.summary === "" ? {} : { description: charm.summary }),
    access: "admin",
    endpoints: remoteEndpoints(model, each),
    users: { admin: { "display-name": "admin", access: "admin" } },
  };
};

/** Offers of the controller that the words and flags choose, by their URL. */
const chosen = (call: Call, controller: Controller, text: string): [string, Model, Offer][] => {
  const url = parseUrl(text);
  const model =
    url?.model ??
    text
      .replace(/^[^:]*:/, "")
      .replace(/^admin\//, "")
      .replace(/\.$/, "");
  const wanted = call.flag("interface");
  return controller.models.flatMap((each) =>
    model !== "" && each.name !== model
      ? []
      : offersOf(each)
          .filter((one) => url === undefined || one.name === url.name)
          .filter(
            (one) =>
              wanted === undefined ||
              Object.values(remoteEndpoints(each, one)).some((end) => end.interface === wanted),
          )
          .map((one): [string, Model, Offer] => [
            `${controller.name}:${path(each, one.name)}`,
            each,
            one,
          ]),
  );
};

const aim = (call: Call, text: string): void => {
  const [controller, rest] = text.split(":");
  if (rest !== undefined && controller !== undefined && controller !== "")
    call.args.flags.set("controller", [controller]);
};

const shown = async (
  call: Call,
  found: [string, Model, Offer][],
  document: Record<string, unknown>,
): Promise<number> => {
  if (!["", "tabular"].includes(call.format)) return call.show(document);
  const rows = found.map(([url, model, each]) => {
    const ends = Object.entries(remoteEndpoints(model, each));
    return [
      ...[url.split(":")[0] ?? "", path(model, each.name), "admin"],
      ends.map(([name, end]) => `${end.interface}:${name}`).join(", "),
    ];
  });
  call.out(table([["Store", "URL", "Access", "Interfaces"], ...rows]));
  return 0;
};

export const findOffers = (call: Call): Promise<number> => {
  const [text = call.flag("url") ?? ""] = call.words;
  aim(call, text);
  const { found, document } = call.inController((controller) => {
    const found = chosen(call, controller, text);
    if (found.length === 0) throw new JujuError("no matching application offers found");
    const entries = found.map(([url, model, each]) => [url, described(model, each)]);
    return { found, document: Object.fromEntries(entries) as Record<string, unknown> };
  });
  return shown(call, found, document);
};

export const showOffer = (call: Call): Promise<number> => {
  const [text = ""] = call.words;
  aim(call, text);
  const { found, document } = call.inController((controller) => {
    const url = parseUrl(text);
    const found = url === undefined ? [] : chosen(call, controller, text);
    if (found.length === 0)
      throw new JujuError(`application offer "${text.replace(/^[^:]*:/, "")}" not found`);
    const entries = found.map(([key, model, each]) => [key, described(model, each)]);
    return { found, document: Object.fromEntries(entries) as Record<string, unknown> };
  });
  return shown(call, found, document);
};

export const offers = (call: Call): Promise<number> => {
  const { found, document } = call.inModel((model, _rack, controller) => {
    const found = chosen(call, controller, `${model.name}.`).filter(
      ([, , each]) => call.words.length === 0 || call.words.includes(each.name),
    );
    const entries = found.map(([, , each]) => [
      each.name,
      {
        application: each.application,
        store: controller.name,
        charm: `ch:amd64/${needApplication(model, each.application).charm}`,
        "offer-url": path(model, each.name),
        endpoints: remoteEndpoints(model, each),
        users: { admin: { "display-name": "admin", access: "admin" } },
      },
    ]);
    return { found, document: Object.fromEntries(entries) as Record<string, unknown> };
  });
  return shown(call, found, document);
};

/** Consumers in other models of the controller. */
const consumers = (rack: Rack, url: string): Model[] =>
  rack.juju.controllers
    .flatMap((each) => each.models)
    .filter((model) => remotesOf(model).some((each) => each.url === url));

export const removeOffer = (call: Call): number => {
  const [first = ""] = call.words;
  if (Object.keys(call.client.controllers().controllers).length === 0) call.controllerName(1);
  aim(call, first);
  if (call.on("force") && !call.on("yes")) {
    call.err(
      `WARNING! This command will remove offers: ${call.words.join(", ")}\nThis includes all relations to those offers.\n\nContinue [y/N]? `,
    );
    if (!/^y(es)?$/i.test(call.io.stdin().trim())) throw new JujuError("offer removal: aborted");
  }
  call.inController((controller, rack) => {
    for (const text of call.words) {
      const name = parseUrl(text)?.name ?? text;
      const [found] = chosen(call, controller, text);
      if (found === undefined) throw new JujuError(`"${name}": offer not found`);
      const [, model, each] = found;
      const users = consumers(rack, path(model, each.name));
      if (users.length > 0 && !call.on("force"))
        throw new JujuError(
          `cannot delete application offer "${each.name}": offer has ${users.length} relation${users.length > 1 ? "s" : ""}`,
        );
      for (const user of users)
        user.remotes = remotesOf(user).filter((one) => one.url !== path(model, each.name));
      model.offers = offersOf(model).filter((one) => one !== each);
    }
  });
  return 0;
};

export const consume = (call: Call): number => {
  const [text = "", alias] = call.words;
  const url = parseUrl(text);
  if (url === undefined) throw new JujuError(`application offer URL "${text}" not valid`);
  const name = alias ?? url.name;
  const full = `${url.controller === "" ? "" : `${url.controller}:`}admin/${url.model}.${url.name}`;
  call.inModel((model, rack, controller) => {
    const source = url.controller === "" ? controller : call.controller(rack, url.controller);
    const from = source.models.find((each) => each.name === url.model);
    const found = from && offersOf(from).find((each) => each.name === url.name);
    if (from === undefined || found === undefined)
      throw new JujuError(`application offer "admin/${url.model}.${url.name}" not found`);
    if (findApplication(model, name) !== undefined)
      throw new JujuError(
        `could not consume ${full}: cannot add remote application "${name}": local application with same name already exists`,
      );
    const others = remotesOf(model).filter((each) => each.name !== name);
    model.remotes = [
      ...others,
      {
        name,
        url: path(from, found.name),
        controller: source.name,
        model: from.uuid,
        offer: found.name,
      },
    ];
  });
  call.err(`Added ${full} as ${name}\n`);
  return 0;
};

export const removeSaas = (call: Call): number => {
  if (call.on("no-wait") && !call.on("force")) throw new JujuError("--no-wait requires --force");
  const missing = call.inModel((model) => {
    const known = remotesOf(model);
    model.remotes = known.filter((each) => !call.words.includes(each.name));
    return call.words.filter((word) => !known.some((each) => each.name === word));
  });
  for (const name of call.words) {
    if (missing.includes(name))
      call.err(
        `removing SAAS application ${name} failed: remote application "${name}" not found\n`,
      );
    else call.err(`removing SAAS application ${name}\n`);
  }
  return missing.length > 0 ? 1 : 0;
};
