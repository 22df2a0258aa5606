import type { Charm, Option } from "../types";
import { int, text } from "../common";

/** What the recorded charms have in common: one shell script over hook tools, no packages, no network. */
export const SCRIPT: Pick<Charm, "revisions" | "channel" | "bases" | "hooks" | "reaction"> = {
  revisions: { "*": 0 },
  channel: "",
  bases: ["22.04", "24.04"],
  hooks: { "*": 0.3 },
  reaction: 0.1,
};

/** All but the controller's can be told to be slow and to fail. */
export const TROUBLED: Pick<Charm, "delayOption" | "failOption"> = {
  delayOption: "hook-delay",
  failOption: "fail-hook",
};

export const SCRIPT_OPTIONS: Record<string, Option> = {
  "hook-delay": int("seconds every hook sleeps", 0),
  "fail-hook": text("name of the hook that exits 1", ""),
};

/** Virtual seconds that an action takes which does next to nothing. */
export const QUICK = 0.3;
