import type { Tool } from "../core/rack";
import { open } from "../core/store";
import { takeFault } from "../core/faults";
import { commandNames, entryOf, parseArguments, resolveName } from "./arguments";
import { Call } from "./call";
import { checkArguments } from "./checks";
import { HANDLERS } from "./commands";
import { JujuError, Said } from "./errors";

/** Commands that print `{}` when they fail: always, or only with a format. */
const EMPTY_ALWAYS = new Set([
  "cancel-task",
  "config",
  "show-operation",
  "show-task",
  "show-unit",
  "show-application",
]);

/** What stands before the reason when the controller cannot be reached. */
const PREFIX: Record<string, string> = {
  "show-controller": "opening API connection: ",
  "model-config": "opening API connection: ",
  "add-model": "opening API connection: ",
  "destroy-model": "cannot connect to API: ",
  "enable-command": "cannot connect to the API: ",
  "disable-command": "cannot connect to the API: ",
  "enable-ha": "cannot get API connection: ",
  "reload-spaces": "cannot connect to the API server: ",
  "add-space": "cannot connect to the API server: ",
  spaces: "cannot connect to the API server: ",
  subnets: "cannot connect to the API server: ",
};

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_none, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

const unknown = (name: string, played: string): string => {
  const nearest = commandNames(played)
    .map((each) => ({ each, far: distance(name, each) }))
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))[0]?.each;
  return `juju: "${name}" is not a juju command. See "juju --help".\n\nDid you mean:\n\t${nearest ?? "help"}`;
};

const played = (home: string, env: NodeJS.ProcessEnv): string =>
  env.RACK_JUJU ?? open(home, (rack) => rack.profile.juju, { costsTime: false });

const store = (home: string, line: string): void => {
  const held = open(home, (rack) => takeFault(rack, "store-lock-timeout", line), {
    costsTime: false,
  });
  if (held !== undefined)
    throw new JujuError(
      "cannot acquire lock file to read all the controllers: timeout acquiring mutex",
    );
};

/** A model's command finds its controller before it looks at its arguments. */
const nameController = (call: Call, minor: string): void => {
  const flags = entryOf(call.command, minor)?.flags ?? [];
  if (!flags.includes("model") && call.flag("model") === undefined) return;
  const given = call.flag("model") ?? "";
  const file = call.client.controllers();
  if (given.includes(":") || Object.keys(file.controllers).length === 0) call.controllerName(2);
};

/** A command that is not played goes as far as the controller. */
const notPlayed = (call: Call, minor: string): number => {
  const flags = entryOf(call.command, minor)?.flags ?? [];
  if (call.command === "wait-for" && call.words.length === 0) {
    call.out(
      "Usage: juju wait-for [flags] <command> ...\n\nSummary:\nWait for an entity to reach a specified state.\n",
    );
    return 0;
  }
  if (flags.includes("model") || call.flag("model") !== undefined) call.inModel(() => undefined);
  else if (flags.includes("controller")) call.inController(() => undefined);
  throw new JujuError(`the rack's juju does not play ${call.command}`);
};

/** The `juju` command. */
export const run: Tool = async (argv, io, env, home) => {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help") {
    io.out(
      "Juju provides easy, intelligent application orchestration on top of Kubernetes, cloud infrastructure providers, or your own metal.\n",
    );
    return 0;
  }
  let call: Call | undefined;
  try {
    const juju = played(home, env);
    const minor = juju.split(".").slice(0, 2).join(".").replace(/-.*/, "");
    const command = name === "--version" ? "version" : resolveName(name, minor);
    const load = command === undefined ? undefined : HANDLERS[command];
    if (command === undefined) throw new JujuError(unknown(name, minor));
    if (rest.includes("--help") || rest.includes("-h")) {
      io.out(`Usage: juju ${command} [options]\n`);
      return 0;
    }
    call = new Call(
      command,
      parseArguments(command, minor, rest),
      io,
      env,
      home,
      juju,
      PREFIX[command] ?? "",
    );
    call.client.prepare();
    store(home, `juju ${argv.join(" ")}`);
    nameController(call, minor);
    checkArguments(call);
    if (load === undefined) return notPlayed(call, minor);
    return await (
      await load()
    )(call);
  } catch (error) {
    if (error instanceof Said) return error.status;
    if (!(error instanceof JujuError)) throw error;
    const empty =
      call !== undefined &&
      error.status === 1 &&
      !error.printed &&
      (call.format === "json" || EMPTY_ALWAYS.has(call.command)) &&
      call.command !== "clouds";
    if (empty) io.out("{}\n");
    io.err(`ERROR ${error.message}\n`);
    return error.status;
  }
};
