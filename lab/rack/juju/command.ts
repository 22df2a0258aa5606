import { writeFileSync } from "node:fs";
import type { Io, Tool } from "../core/rack";
import { peek } from "../core/store";
import { Call } from "./call";
import { takeLock } from "./client/lock";
import { checkModelFirst } from "./client/modelFirst";
import { HANDLERS } from "./commands";
import { JujuError, Said } from "./errors";
import { parseArguments, parseGlobal } from "./grammar/arguments";
import { checkArguments } from "./grammar/checks";
import { unknownCommand } from "./grammar/nearest";
import { entryOf, resolveName } from "./grammar/table";
import { isForMachines } from "./grammar/values";
import { profileOf } from "./profile";

/** What stands before the reason when the controller cannot be reached. */
const PREFIX: Record<string, string> = {
  "application-storage": "opening API connection: ",
  "show-controller": "opening API connection: ",
  "model-config": "opening API connection: ",
  "add-model": "opening API connection: ",
  "destroy-model": "cannot connect to API: ",
  "enable-command": "cannot connect to the API: ",
  "disable-command": "cannot connect to the API: ",
  "enable-ha": "cannot get API connection: ",
  "reload-spaces": "cannot connect to the API server: ",
  "add-space": "cannot connect to the API server: ",
  "remove-space": "cannot connect to the API server: ",
  "rename-space": "cannot connect to the API server: ",
  "show-space": "cannot connect to the API server: ",
  spaces: "cannot connect to the API server: ",
  subnets: "cannot connect to the API server: ",
};

/** The reason why the controller cannot be reached, as a command tells it: `debug-log` of Juju 3 tells its cause alone. */
const unreachable =
  (command: string, minor: string) =>
  (reason: string): string => {
    if (command === "destroy-model" && !reason.startsWith("unable to connect")) return reason;
    if (command !== "debug-log" && command !== "show-status-log")
      return `${PREFIX[command] ?? ""}${reason}`;
    if (!minor.startsWith("3.")) return `getting controller addresses: ${reason}`;
    return command === "debug-log"
      ? reason.replace(/^(refreshing models: )?unable to connect to API: /, "")
      : reason;
  };

const played = (home: string, env: NodeJS.ProcessEnv): string =>
  env.RACK_JUJU ?? peek(home, ({ profile }) => profile.juju);

/** A model's command finds its controller before it looks at its arguments. */
const nameController = (call: Call, minor: string): void => {
  const flags = entryOf(call.command, minor)?.flags ?? [];
  if (!flags.includes("model") || call.command === "switch") return;
  const given = call.flag("model") ?? "";
  const file = call.client.controllers();
  if (given.includes(":") || Object.keys(file.controllers).length === 0) call.controllerName(2);
};

/** A command that is not played goes as far as the controller. */
const notPlayed = (call: Call, minor: string): number => {
  const flags = entryOf(call.command, minor)?.flags ?? [];
  if (flags.includes("model") || call.flag("model") !== undefined) call.inModel(() => undefined);
  else if (flags.includes("controller")) call.inController(() => undefined);
  throw new JujuError(`the rack's juju does not play ${call.command}`);
};

/** A line for managed controllers (JAAS) is its plugin's, which is not there. */
const refusePlugin = (call: Call): void => {
  if ((call.flag("target-controller") ?? "") === "" && !call.on("managed")) return;
  throw unknownCommand(call.command, call.profile.flags);
};

const HELP =
  "Juju provides easy, intelligent application orchestration on top of Kubernetes, cloud infrastructure providers, or your own metal.\n";

/** Standard output goes to the file that `--output` names. */
const toFile = (call: Call): (() => void) => {
  const name = call.flag("output");
  if (name === undefined || name === "") return () => undefined;
  let text = "";
  const { io } = call;
  call.io = { ...io, out: (part) => void (text += part.toString()) };
  return () => {
    if (text !== "") writeFileSync(call.path(name), text);
  };
};

const start = async (call: Call, minor: string, line: string): Promise<number> => {
  if (call.on("help")) {
    call.out(`Usage: juju ${call.command} [options]\n`);
    return 0;
  }
  call.client.prepare(call.profile.major === 4 ? "ed25519" : "rsa");
  takeLock(call, line);
  refusePlugin(call);
  nameController(call, minor);
  checkModelFirst(call);
  checkArguments(call);
  const load = HANDLERS[call.command];
  if (load === undefined) return notPlayed(call, minor);
  const write = toFile(call);
  const status = await (await load())(call);
  write();
  return status;
};

/** Failing commands print an empty document where a machine reads. */
const failed = (call: Call | undefined, io: Io, error: JujuError): number => {
  const empty =
    call !== undefined &&
    error.status === 1 &&
    !error.printed &&
    isForMachines(call.command, call.format) &&
    call.command !== "clouds";
  if (empty) io.out("{}\n");
  io.err(`ERROR ${error.message}\n`);
  return error.status;
};

/** The `juju` command. */
export const run: Tool = async (argv, io, env, home) => {
  let call: Call | undefined;
  try {
    const juju = played(home, env);
    const { flags: minor } = profileOf(juju);
    const [name, ...rest] = parseGlobal(argv).words;
    if (name === undefined || name === "help") {
      const isVersion = name === undefined && argv.includes("--version");
      io.out(isVersion ? `${juju}-genericlinux-amd64\n` : HELP);
      return 0;
    }
    const command = resolveName(name, minor);
    if (command === undefined) {
      // A plug-in of that name is looked for, which has to be told the model.
      const last = rest.at(-1) ?? "";
      if (last === "-m" || last === "--model")
        throw new JujuError(`option needs an argument: ${last}`);
      throw unknownCommand(name, minor);
    }
    const words = parseArguments(command, minor, rest);
    call = new Call(command, words, io, env, home, juju, unreachable(command, minor));
    return await start(call, minor, `juju ${argv.join(" ")}`);
  } catch (error) {
    if (error instanceof Said) return error.status;
    if (!(error instanceof JujuError)) throw error;
    return failed(call, io, error);
  }
};
