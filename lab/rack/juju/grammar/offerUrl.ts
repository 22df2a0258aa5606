import type { OfferWords } from "../words";
import { isApplication, isModel, isUser, quoted } from "./checks/names";

/** Where an offer is: `[SOURCE:][QUALIFIER/]MODEL.NAME[:ENDPOINT]`. Parts that are not told are empty. */
export interface OfferUrl {
  source: string;
  qualifier: string;
  model: string;
  name: string;
}

const withoutSource = (text: string): { source: string; rest: string } => {
  const parts = text.split(":");
  const [first = "", second = "", third = ""] = parts;
  if (parts.length === 3) return { source: first, rest: `${second}:${third}` };
  const endpoint = /^[a-zA-Z0-9]+$/.test(second);
  return parts.length === 2 && !endpoint
    ? { source: first, rest: second }
    : { source: "", rest: text };
};

/** An offer's place, or what is wrong with it. `partial`: may the model or the name be left out? */
export const parseOffer = (
  text: string,
  words: OfferWords,
  partial: boolean,
): OfferUrl | string => {
  const { source, rest } = withoutSource(text);
  const [, qualifier = "", model = "", name = ""] =
    /^\/?(?:([^/]+)\/)?([^.]*)(?:\.([^:]*(?::.*)?))?/.exec(rest) ?? [];
  if (text.startsWith(":") || model.includes("/") || name.includes("/"))
    return words.offerMalformed(text);
  if (!partial && model === "") return words.offerWithoutModel;
  if (!partial && name === "") return words.offerWithoutName;
  const [bare = ""] = name.split(":");
  if (words.offerOwnerChecked && qualifier !== "" && !isUser(qualifier))
    return `${words.modelOwner} ${quoted(qualifier)} not valid`;
  if (model !== "" && !isModel(model)) return `model name ${quoted(model)} not valid`;
  if (bare !== "" && !isApplication(bare)) return words.offerNameWrong(bare);
  return { source, qualifier, model, name };
};
