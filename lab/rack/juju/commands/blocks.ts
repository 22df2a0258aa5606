import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import type { Model } from "../state";

/** Commands that somebody has disabled in a model. */

const KINDS = ["destroy-model", "remove-object", "all"];

const kindOf = (call: Call): string => {
  const [kind = ""] = call.words;
  if (!KINDS.includes(kind))
    throw usage(`bad command set, valid options: ${KINDS.map((each) => `"${each}"`).join(", ")}`);
  return kind;
};

export const disableCommand = (call: Call): number => {
  const kind = kindOf(call);
  const reason = call.words.slice(1).join(" ");
  call.inModel((model) => void (model.disabled = { ...model.disabled, [kind]: reason }));
  return 0;
};

export const enableCommand = (call: Call): number => {
  const kind = kindOf(call);
  call.inModel((model) => {
    const left = { ...model.disabled };
    delete left[kind];
    model.disabled = left;
  });
  return 0;
};

export const disabledCommands = (call: Call): number => {
  const shown = call.inModel((model) =>
    Object.entries(model.disabled ?? {}).map(([kind, message]) => ({
      "command-set": kind,
      ...(message === "" ? {} : { message }),
    })),
  );
  if (call.format === "json") call.json(shown);
  else if (shown.length === 0) call.out("No commands are currently disabled.\n");
  else
    call.out(
      `Disabled commands  Message\n${shown.map((each) => `${each["command-set"].padEnd(19)}${each.message ?? ""}\n`).join("")}`,
    );
  return 0;
};

/** Throws where the model's destruction has been disabled. */
export const refuseDisabled = (model: Model, kind: string, what: string): void => {
  const reason = model.disabled?.[kind] ?? model.disabled?.all;
  if (reason === undefined) return;
  throw new JujuError(
    `${what}: ${reason}\n\n${kind} operation has been disabled for the current model.\nTo enable the command run\n\n    juju enable-command ${kind}\n\n`,
  );
};

/** Throws where every change of the model has been disabled. */
export const refuseChange = (model: Model): void => {
  const reason = model.disabled?.all;
  if (reason === undefined) return;
  throw new JujuError(
    `${reason === "" ? "the operation has been blocked" : reason}\n\nAll operations that change model have been disabled for the current model.\nTo enable changes, run\n\n    juju enable-command all\n\n`,
  );
};
