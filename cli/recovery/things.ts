import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../userError";
import type { Inputs, Kind } from "./kinds";
import type { OpenStackApi, Thing } from "./openstackApi";

export interface Patience {
  /** A thing that changes, or does not go, for longer is told. */
  seconds: number;
  pauseMs: number;
}

const PATIENCE: Patience = { seconds: 120, pauseMs: 1000 };

/** What became of the things that one pending create may have made. */
export type Found = { whole: string; removed: string[] } | { whole?: undefined; removed: string[] };

export interface Wanted {
  kind: Kind;
  inputs: Inputs;
  /** Ids that the state has: other resources, or what this one replaces. */
  known: Set<string>;
  /** The state has an older one of the same name, beside which the engine imports none. */
  replaces: boolean;
}

/**
 * Looks for what a pending create has made. One whole thing is kept; every other one is removed, and gone at the return. A thing
 * that is on its way is waited for first: it may become whole, and many APIs refuse to remove it meanwhile.
 */
export async function settleThing(
  api: Pick<OpenStackApi, "list" | "send">,
  { kind, inputs, known, replaces }: Wanted,
  patience: Patience = PATIENCE,
): Promise<Found> {
  const deadline = Date.now() + patience.seconds * 1000;
  const idOf = (thing: Thing) => kind.importId?.(thing, inputs) ?? thing.id;
  const list = async () =>
    (await api.list(kind.service, kind.path(inputs), kind.key)).filter(
      (thing) => kind.matches(thing, inputs) && !known.has(idOf(thing)),
    );
  let found = await list();
  while (found.some((thing) => kind.changing?.(thing)) && Date.now() < deadline) {
    await pause(patience.pauseMs);
    found = await list();
  }
  const keep = replaces ? undefined : found.find(kind.whole);
  const remove = kind.removePath;
  const extra = remove ? found.filter((thing) => thing !== keep) : [];
  const removed = extra.map((thing) => thing.id);
  const refusals = new Map<string, number>();
  for (let left = extra; remove && left.length > 0;) {
    for (const thing of left) {
      const status = await api.send(kind.service, "DELETE", remove(thing));
      if (status >= 300 && status !== 404) refusals.set(thing.id, status);
      else refusals.delete(thing.id);
    }
    left = (await list()).filter((thing) => removed.includes(thing.id));
    if (left.length === 0) break;
    if (Date.now() > deadline) throw stays(kind, left, refusals, patience);
    await pause(patience.pauseMs);
  }
  return keep ? { whole: idOf(keep), removed } : { removed };
}

function stays(
  kind: Kind,
  left: Thing[],
  refusals: Map<string, number>,
  { seconds }: Patience,
): UserError {
  const each = left.map((thing) => {
    const status = typeof thing["status"] === "string" ? `, status ${thing["status"]}` : "";
    const refused = refusals.get(thing.id);
    return `${thing.id}${status}${refused === undefined ? "" : `, its removal is refused with HTTP ${refused}`}`;
  });
  return new UserError(
    `${kind.key}: ${each.join("; ")}: was left half-made by a killed run and does not go away within ${seconds} s; ` +
      "look at it with the openstack client and run `npm run up` again",
  );
}
