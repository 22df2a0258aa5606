import type { Call } from "../call";
import { JujuError } from "../errors";
import tools from "../grammar/toolCommands.json";

/** Commands that a charm's code calls, each with what it is for. */
type Purposes = Record<string, string>;

const helpOn =
  (kind: string, purposes: (call: Call) => Purposes) =>
  (call: Call): number => {
    const known = purposes(call);
    const [name = ""] = call.words;
    if (name === "") {
      const names = Object.keys(known).sort();
      const width = Math.max(...names.map((each) => each.length));
      for (const each of names) call.out(`    ${each.padEnd(width)}  ${known[each] ?? ""}\n`);
      return 0;
    }
    if (!Object.hasOwn(known, name)) throw new JujuError(`unknown ${kind} command: ${name}`);
    call.out(`Usage: ${name} [options]\n\nSummary:\n${known[name] ?? ""}\n`);
    return 0;
  };

export const helpActionCommands = helpOn("action", () => tools.action);

export const helpHookCommands = helpOn("hook", (call) =>
  call.profile.major === 3 ? { ...tools.hook, ...tools.hookOfJuju3 } : tools.hook,
);
