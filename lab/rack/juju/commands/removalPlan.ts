import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { JujuError, Said } from "../errors";
import { settingOf } from "../engine/find";
import { isBound } from "../engine/pools";
import type { Removal } from "../engine/units";
import type { Controller, Model, Unit } from "../state";

/** What removals have in common: what would go is shown, a person is asked, then it begins. */

const FORCED_AFTER = 60_000;

/** How the call's flags say that units go. */
export const removalOf = (call: Call): Removal => ({
  ...(call.on("force") ? { forceAfter: call.on("no-wait") ? 0 : FORCED_AFTER } : {}),
  destroyStorage: call.on("destroy-storage"),
});

/** What happens to the storage of units, line by line: bound to the machine it cannot be left. Juju 4 does not tell. */
export const storageLines = (call: Call, model: Model, units: Unit[]): string[] => {
  if (call.profile.major === 4) return [];
  const names = new Set(units.map((unit) => unit.name));
  const storage = (model.storage ?? []).filter((each) => names.has(each.unit));
  const goes = storage.filter((each) => call.on("destroy-storage") || isBound(model, each));
  const stays = storage.filter((each) => !goes.includes(each));
  return [
    ...goes.map((each) => `- will remove storage ${each.id}`),
    ...stays.map((each) => `- will detach storage ${each.id}`),
  ];
};

/** What goes, for one name that was given; or why it does not. */
type Planned = { lines: string[] } | { refused: string };

/** A plan that throws says why not. */
const planned = (fn: () => string[]): Planned => {
  try {
    return { lines: fn() };
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    return { refused: error.message };
  }
};

const asks = (call: Call, model: Model): boolean => {
  const mode = settingOf(model, "mode");
  return (
    !call.on("no-prompt") &&
    (mode === undefined || String(mode).split(",").includes("requires-prompts"))
  );
};

const printRefusals = (call: Call, plans: Planned[]): boolean => {
  const refused = plans.flatMap((each) => ("refused" in each ? [each.refused] : []));
  for (const reason of refused) call.err(`ERROR ${reason}\n`);
  return refused.length > 0;
};

const printLines = (call: Call, plans: Planned[]): void => {
  for (const each of plans)
    if ("lines" in each) call.out(each.lines.map((line) => `${line}\n`).join(""));
};

const confirm = (call: Call, what: string): void => {
  call.err("\nContinue [y/N]? ");
  const answer = (call.io.stdin().split("\n")[0] ?? "").toLowerCase();
  if (answer !== "y" && answer !== "yes") throw new JujuError(`${what} removal: aborted`);
};

interface Steps {
  /** What would go with one word. A dry run is not refused what force would overcome. */
  plan(model: Model, rack: Rack, word: string, dry: boolean): string[];
  begin(model: Model, rack: Rack, word: string, controller: Controller): void;
  /** What a dry run says more. */
  hint?(model: Model): string;
}

/** Shows what the words of the call would take away. */
const rehearse = (call: Call, steps: Steps): void => {
  const { plans, hint } = call.inModel((model, rack) => ({
    plans: call.words.map((word) => planned(() => steps.plan(model, rack, word, true))),
    hint: steps.hint?.(model) ?? "",
  }));
  if (printRefusals(call, plans)) throw new Said(1);
  call.err("WARNING This command will perform the following actions:\n");
  printLines(call, plans);
  call.err(hint);
};

/** Removes what the words of the call name: one that is refused does not stop the others. */
export const removeEach = (
  call: Call,
  what: "unit" | "application" | "machine",
  steps: Steps,
): number => {
  const dry = call.on("dry-run");
  const prompts = !dry && call.inModel((model) => asks(call, model));
  if (dry || prompts) rehearse(call, steps);
  if (dry) return 0;
  if (prompts) confirm(call, what);
  const plans = call.inModel((model, rack, controller) =>
    call.words.map((word) => {
      const plan = planned(() => steps.plan(model, rack, word, false));
      if ("lines" in plan) steps.begin(model, rack, word, controller);
      return plan;
    }),
  );
  if (!prompts) printLines(call, plans);
  return printRefusals(call, plans) ? 1 : 0;
};
