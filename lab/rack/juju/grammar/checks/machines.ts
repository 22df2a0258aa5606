import { usage } from "../../errors";
import { type Check, each, forceForNoWait, inTurn, isMachine, needs, quoted, takes } from "./names";

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

export const machineChecks: Record<string, Check> = {
  "remove-machine": inTurn(
    needs(1, "no machines specified"),
    each(isMachine, (word) => `invalid machine id ${quoted(word)}`),
    forceForNoWait,
  ),
  "reprovision-machine": checkReprovision,
  "retry-provisioning": checkRetry,
  "upgrade-machine": takes(["wrong number of arguments", "wrong number of arguments"], 1),
};
