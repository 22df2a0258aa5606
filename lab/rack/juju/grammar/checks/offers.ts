import { JujuError, usage } from "../../errors";
import type { Call } from "../../call";
import { type OfferUrl, parseOffer } from "../offerUrl";
import {
  at,
  atMost,
  type Check,
  isApplication,
  isModel,
  isUser,
  needs,
  noneAfter,
  quoted,
  takes,
} from "./names";

/** Offers: their commands look at names when they run, after their controller's. */

/** A place that names a controller is there, if the client has logged in to it. */
const checkSource = (call: Call, source: string): void => {
  if (source !== "" && !(source in call.client.controllers().controllers))
    throw new JujuError(`controller ${quoted(source)}: not logged`);
};

/** What `text` names: a place, or a name in the current model. `source`: where that model is. */
const read = (call: Call, text: string, source: string): OfferUrl => {
  const { words } = call.profile;
  const url = parseOffer(text, words, false);
  if (typeof url !== "string") return url;
  if (!words.offerNamesAnything && !isApplication(text)) throw new JujuError(url);
  const { qualified, wrong } = call.namedModel(call.controllerName(1));
  if (wrong !== undefined) throw new JujuError(wrong.message);
  const derived = parseOffer(`${source}${qualified}.${text}`, words, false);
  if (typeof derived === "string") throw new JujuError(derived);
  return derived;
};

const written = ({ source, qualifier, model, name }: OfferUrl): string =>
  `${source === "" ? "" : `${source}:`}${qualifier === "" ? "" : `${qualifier}/`}${model}.${name}`;

const checkOffer: Check = (call) => {
  takes(["an offer must at least specify application endpoint"], 1)(call);
  call.controllerName(1);
  const [text = ""] = call.words;
  if (!text.includes(":"))
    throw new JujuError(
      'endpoints must conform to format "<application-name>:<endpoint-name>[,...]" ',
    );
  const [, model = "", application = "", endpoints = ""] =
    /^\/?(?:([^.]*)\.)?([^:]*)(?::(.*))?$/.exec(text) ?? [];
  const slash = model.indexOf("/");
  const named = model.slice(slash + 1);
  const owner = model.slice(0, Math.max(slash, 0));
  if (slash >= 0 && !isUser(owner))
    throw new JujuError(`${call.profile.words.modelOwner} ${quoted(owner)} not valid`);
  if (model !== "" && !isModel(named)) throw new JujuError(`model name ${quoted(named)} not valid`);
  if (!isApplication(application))
    throw new JujuError(`application name ${quoted(application)} not valid`);
  if (endpoints === "") throw new JujuError(`specify endpoints for ${application}" `);
};

const checkFind: Check = (call) => {
  const { words } = call;
  if ((call.flag("offer") ?? "") !== "" && (call.flag("url") ?? "") !== "")
    throw usage("cannot specify both a URL term and offer term");
  atMost(1)(call);
  const given = call.flag("url") ?? "";
  const [word = ""] = words;
  if (word !== "" && given !== "") throw usage("URL term cannot be specified twice");
  const text = word === "" ? given : word;
  call.controllerName(1);
  const url = text === "" ? undefined : parseOffer(text, call.profile.words, true);
  if (typeof url === "string") throw new JujuError(url);
  checkSource(call, url?.source ?? "");
};

const checkRemove: Check = (call) => {
  needs(1, "no offers specified")(call);
  call.controllerName(1);
  const urls = call.words.map((text) => read(call, text, ""));
  const [first] = urls;
  if (urls.some(({ source }) => source !== first?.source))
    throw new JujuError("all offer URLs must use the same controller");
  const wrong = urls.filter(({ name }) => name.includes(":"));
  if (wrong.length > 0)
    throw new JujuError(
      `These offers contain endpoints. Only specify the offer name itself.\n${wrong.map((url) => ` -${written(url)}`).join("\n")}`,
    );
  if (!call.on("force") || call.on("yes")) checkSource(call, first?.source ?? "");
  call.args.words = urls.map(written);
};

const checkShow: Check = (call) => {
  if (call.words.length !== 1) throw usage("must specify endpoint URL");
  const [text = ""] = call.words;
  const controller = call.controllerName(1);
  const url = read(call, text, call.profile.words.offerNamesAnything ? `${controller}:` : "");
  checkSource(call, url.source);
  call.args.words = [written(url)];
};

const checkConsume: Check = (call) => {
  needs(1, "no remote offer specified")(call);
  at(1, isApplication, (word) => `invalid application name ${quoted(word)}`)(call);
  noneAfter(call, 2);
  call.controllerName(1);
  const [text = ""] = call.words;
  const url = parseOffer(text, call.profile.words, false);
  if (typeof url === "string") throw new JujuError(url);
  if (url.name.includes(":"))
    throw new JujuError(`saas offer ${quoted(text)} shouldn't include endpoint`);
};

export const offerChecks: Record<string, Check> = {
  consume: checkConsume,
  "find-offers": checkFind,
  offer: checkOffer,
  offers: atMost(1),
  "remove-offer": checkRemove,
  "show-offer": checkShow,
};
