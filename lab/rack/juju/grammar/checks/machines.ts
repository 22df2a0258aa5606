import { usage } from "../../errors";
import { type Check, each, forceForNoWait, inTurn, isMachine, needs, quoted } from "./names";

/** Machines of a model. */

const checkRetry: Check = (call) => {
  if (!call.on("all") && call.words.length === 0) throw usage("no machine specified");
  if (call.on("all") && call.words.length > 0)
    throw usage("specify machines or --all but not both");
  for (const word of call.words) {
    if (!isMachine(word)) throw usage(`invalid machine ${quoted(word)}`);
    if (word.includes("/"))
      throw usage(`invalid machine ${quoted(word)} retry-provisioning does not support containers`);
  }
};

const checkReprovision: Check = (call) => {
  const [machine] = call.words;
  if (machine === undefined) throw usage("no machine specified");
  if (call.words.length > 1) throw usage(`expected exactly one machine, got ${call.words.length}`);
  if (!isMachine(machine)) throw usage(`invalid machine ${quoted(machine)}`);
  if (machine.includes("/"))
    throw usage(
      `invalid machine ${quoted(machine)} reprovision-machine does not support containers`,
    );
};

/** `upgrade-machine`, of Juju 3: a machine, what to do, and for what. */
const checkUpgradeMachine: Check = (call) => {
  const [machine = "", command = ""] = call.words;
  const count = "wrong number of arguments";
  if (call.words.length < 2) throw usage(count);
  if (command !== "prepare" && command !== "complete")
    throw usage(
      `invalid argument: ${quoted(command)} is an invalid upgrade-machine command; valid commands are: prepare, complete.`,
    );
  if (call.words.length !== (command === "prepare" ? 3 : 2)) throw usage(count);
  if (!isMachine(machine)) throw usage(`${quoted(machine)} is an invalid machine name`);
};

export const machineChecks: Record<string, Check> = {
  "remove-machine": inTurn(
    needs(1, "no machines specified"),
    each(isMachine, (word) => `invalid machine id ${quoted(word)}`),
    forceForNoWait,
  ),
  "reprovision-machine": checkReprovision,
  "retry-provisioning": checkRetry,
  "upgrade-machine": checkUpgradeMachine,
};
