import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { connectionsOf, removeOffer as remove } from "../engine/crossModel";
import { charmOf, needApplication, ownerOf, qualifiedName } from "../engine/find";
import { makeOffer, offersOf, parseUrl, path, remoteEndpoints } from "../engine/offers";
import { farAddresses, relationState } from "../engine/meeting";
import { JujuError } from "../errors";
import { storeUrl } from "../render/offers";
import { compareText } from "../render/order";
import { table } from "../render/tabular";
import type { Controller, Model, Offer } from "../state";

/** Endpoints of one model offered to others of the controller, and consumed there. */

interface Connection {
  "source-model-uuid": string;
  username: string;
  "relation-id": number;
  endpoint: string;
  status: { current: string; message?: string; since: string };
  "ingress-subnets"?: string[];
}

type Ends = ReturnType<typeof remoteEndpoints>;

export const offer = (call: Call): number => {
  const [spec = "", given] = call.words;
  const [, before = "", application = "", list = ""] =
    /^(?:(.+)\.)?([^.:]+):(.+)$/.exec(spec) ?? [];
  call.inController(() => undefined);
  if (before !== "") call.args.flags.set("model", [`${call.controllerName(1)}:${before}`]);
  const names = list.split(",");
  const name = given ?? application;
  const url = call.inModel((model, rack) => {
    makeOffer(rack, model, { name, application, names });
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
  const url = parseUrl(text, call.profile.words, call.user);
  const place = text.replace(/^[^:]*:/, "").replace(/\.$/, "");
  const qualified = place.includes("/") ? place : `${call.user}/${place}`;
  const model = url?.model ?? qualified;
  const wanted = call.flag("interface");
  return controller.models.flatMap((each) =>
    !(place === "" || qualifiedName(each) === model || model === `${ownerOf(each)}/`)
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
    const url = parseUrl(text, call.profile.words);
    const found = url === undefined ? [] : chosen(call, controller, text);
    if (found.length === 0)
      throw new JujuError(`application offer "${text.replace(/^[^:]*:/, "")}" not found`);
    const entries = found.map(([key, model, each]) => [key, described(model, each)]);
    return { found, document: Object.fromEntries(entries) as Record<string, unknown> };
  });
  return shown(call, found, document);
};

/** Relations to an offer, as `juju offers` lists them. */
const connections = (rack: Rack, model: Model, each: Offer): Connection[] =>
  connectionsOf(rack, model, each).map((relation) => {
    const { current, message } = relationState(rack, model, relation);
    const addresses = farAddresses(rack, relation);
    return {
      "source-model-uuid": relation.far?.model ?? "",
      username: "admin",
      "relation-id": relation.id,
      endpoint: relation.ends[0]?.endpoint ?? "",
      status: { current, ...(message === "" ? {} : { message }), since: "just now" },
      ...(addresses.length === 0
        ? {}
        : { "ingress-subnets": addresses.map((address) => `${address}/32`) }),
    };
  });

const offerRows = (offers: [Offer, Connection[], Ends][]): string[][] =>
  offers.flatMap(([each, all, ends]) =>
    all.length === 0
      ? [[each.name, "-", "", "", "", "", "", ""]]
      : all.map((one, index) => {
          const [name = "", end] =
            Object.entries(ends).find(([exposed]) => each.endpoints[exposed] === one.endpoint) ??
            [];
          return [
            ...[index === 0 ? each.name : "", one.username, String(one["relation-id"])],
            ...[one.status.current, name, end?.interface ?? "", end?.role ?? ""],
            (one["ingress-subnets"] ?? []).join(","),
          ];
        }),
  );

const OFFER_HEAD = [
  ...["Offer", "User", "Relation ID", "Status", "Endpoint", "Interface", "Role"],
  "Ingress subnets",
];

export const offers = (call: Call): Promise<number> | number => {
  const { rows, document } = call.inModel((model, rack, controller) => {
    const found = offersOf(model)
      .filter((each) => call.words.length === 0 || call.words.includes(each.name))
      .map((each): [Offer, Connection[], Ends] => [
        ...([each, connections(rack, model, each)] as const),
        remoteEndpoints(model, each),
      ])
      .filter(([, all]) => all.length > 0 || !call.on("active-only"))
      .sort(([a], [b]) => compareText(a.name, b.name));
    const entries = found.map(([each, all, ends]) => [
      each.name,
      {
        application: each.application,
        store: controller.name,
        charm: storeUrl(needApplication(model, each.application)),
        "offer-url": path(model, each.name),
        endpoints: ends,
        ...(all.length > 0 ? { connections: all } : {}),
        users: { admin: { "display-name": "admin", access: "admin" } },
      },
    ]);
    const document = Object.fromEntries(entries) as Record<string, unknown>;
    return { rows: offerRows(found), document };
  });
  if (!["", "tabular"].includes(call.format)) return call.show(document);
  call.out(table([OFFER_HEAD, ...rows]));
  return 0;
};

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
      const name = parseUrl(text, call.profile.words)?.name ?? text;
      const [found] = chosen(call, controller, text);
      if (found === undefined) throw new JujuError(`"${name}": offer not found`);
      const [, model, each] = found;
      const { length } = connectionsOf(rack, model, each);
      if (length > 0 && !call.on("force"))
        throw new JujuError(
          `cannot delete application offer "${each.name}": offer has ${length} relation${length > 1 ? "s" : ""}`,
        );
      remove(rack, model, each);
    }
  });
  return 0;
};
