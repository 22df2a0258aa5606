import type { Call } from "../call";
import { EVERYWHERE, exposeEndpoints, type Exposures, unexposeEndpoints } from "../engine/expose";
import { needApplication } from "../engine/find";

/** Who may reach an application from outside. */

const list = (call: Call, flag: string): string[] =>
  (call.flag(flag) ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

export const expose = (call: Call): number => {
  const [name = ""] = call.words;
  const [endpoints, spaces, cidrs] = ["endpoints", "to-spaces", "to-cidrs"].map((flag) =>
    list(call, flag),
  ) as [string[], string[], string[]];
  const some = cidrs.some((cidr) => !EVERYWHERE.includes(cidr));
  const granular = endpoints.length > 0 || spaces.length > 0 || some;
  const names = endpoints.length > 0 ? endpoints : [""];
  const wanted: Exposures = granular
    ? Object.fromEntries(names.map((each) => [each, { spaces, cidrs }]))
    : {};
  call.inModel((model, rack) => exposeEndpoints(rack, needApplication(model, name), wanted));
  return 0;
};

export const unexpose = (call: Call): number => {
  const [name = ""] = call.words;
  call.inModel((model, rack) =>
    unexposeEndpoints(rack, needApplication(model, name), list(call, "endpoints")),
  );
  return 0;
};
