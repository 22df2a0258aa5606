import { takeFault } from "../../core/faults";
import { open, peek } from "../../core/store";
import type { Call } from "../call";
import { JujuError } from "../errors";

/** The lock that Juju's commands take before they read what the client knows of its controllers. */

/** Clouds and credentials of the client are files of their own: these read and write them without the lock. */
const UNLOCKED = new Set(["clouds", "credentials", "update-cloud"]);

const takesLock = (call: Call): boolean =>
  !UNLOCKED.has(call.command) || call.flag("controller") !== undefined;

/** What stands before the reason when a command cannot have the lock. */
const PREFIX: Record<string, string> = { controllers: "failed to list controllers: " };

/** Throws where another command holds the lock until this one has given up. */
export const takeLock = (call: Call, line: string): void => {
  if (!takesLock(call)) return;
  const armed = peek(call.home, ({ faults }) =>
    faults.plan.some(({ fault }) => fault === "store-lock-timeout"),
  );
  if (!armed) return;
  const held = open(call.home, (rack) => takeFault(rack, "store-lock-timeout", line), {
    costsTime: false,
  });
  if (held !== undefined)
    throw new JujuError(
      `${PREFIX[call.command] ?? ""}cannot acquire lock file to read all the controllers: timeout acquiring mutex`,
    );
};
