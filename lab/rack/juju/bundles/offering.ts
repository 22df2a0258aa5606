import type { Rack } from "../../core/rack";
import { findOffer, makeOffer, offersOf, parseUrl, takeOffer } from "../engine/offers";
import { changeAccess } from "../engine/users";
import { JujuError } from "../errors";
import { playedBy } from "../profile";
import { compareText } from "../render/order";
import type { Controller, Model } from "../state";
import type { Bundle } from "./read";

/** What a bundle takes from other models and gives to them. Both are done again each time. */

export interface Surroundings {
  controller: Controller;
  /** Another controller that the client knows; throws where it does not. */
  controllerNamed: (name: string) => Controller;
}

const named = <T>(entries: Record<string, T> | null | undefined): [string, T][] =>
  Object.entries(entries ?? {}).sort(([a], [b]) => compareText(a, b));

const fail = (reason: string): JujuError => new JujuError(`cannot deploy bundle: ${reason}`);

const within = (action: () => void, before = ""): void => {
  try {
    action();
  } catch (error) {
    if (error instanceof JujuError) throw fail(`${before}${error.message}`);
    throw error;
  }
};

/** Consumes one offer; returns its whole name. */
const consume = (
  rack: Rack,
  model: Model,
  around: Surroundings,
  [name, text]: [string, string],
): string => {
  if (/\.[^:]*:/.test(text)) throw new JujuError(`saas offer "${text}" shouldn't include endpoint`);
  const url = parseUrl(text, playedBy(rack).words);
  if (url === undefined) throw new JujuError(`application offer URL "${text}" not valid`);
  const source = url.controller === "" ? around.controller : around.controllerNamed(url.controller);
  takeOffer(model, name, { source, ...findOffer(source, url) });
  return `${source.name}:${url.model}.${url.name}`;
};

const grant = (around: Surroundings, model: Model, offer: string, user: string, level: string) => {
  const found = offersOf(model).find((each) => each.name === offer);
  if (found === undefined) return;
  try {
    const change = { name: user, level, grants: true };
    found.access = changeAccess(around.controller, "offer", found.access ?? {}, change);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    if (error.message.includes("user already has")) return;
    throw fail(
      `cannot grant ${level} access to user ${user} on offer ${model.name}.${offer}: ${error.message}`,
    );
  }
};

/** `changes` hears of each change before it is made, `progress` of what was consumed. */
export const exchangeOffers = (
  rack: Rack,
  model: Model,
  bundle: Bundle,
  options: {
    around: Surroundings;
    dryRun: boolean;
    changes: (line: string) => void;
    progress: (line: string) => void;
  },
): void => {
  const { around, dryRun, changes, progress } = options;
  for (const [name, spec] of named(bundle.saas)) {
    const url = spec?.url ?? "";
    changes(`consume offer ${name} at ${url}`);
    if (dryRun) continue;
    within(() => progress(`Added ${consume(rack, model, around, [name, url])} as ${name}\n`));
  }
  const known = new Set(offersOf(model).map((each) => `${each.application} ${each.name}`));
  for (const [application, { offers }] of named(bundle.applications))
    for (const [name, spec] of named(offers)) {
      const endpoints = spec?.endpoints ?? [];
      const verb = known.has(`${application} ${name}`) ? "update" : "create";
      changes(`${verb} offer ${name} using ${application}:${endpoints.join(",")}`);
      if (!dryRun) within(() => makeOffer(rack, model, { name, application, names: endpoints }));
      for (const [user, level] of named(spec?.acl)) {
        changes(`grant user ${user} ${level} access to offer ${name}`);
        if (!dryRun) grant(around, model, name, user, level);
      }
    }
};
