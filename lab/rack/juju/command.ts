import type { Tool } from "../core/rack";
import { open } from "../core/store";
import { takeFault } from "../core/faults";
import { commandNames, entryOf, parseArguments, resolveName } from "./arguments";
import { Call } from "./call";
import { checkArguments } from "./checks";
import { JujuError, Said } from "./errors";

type Handler = (call: Call) => number | Promise<number>;

const from =
  (load: () => Promise<Record<string, unknown>>, name: string) => async (): Promise<Handler> =>
    (await load())[name] as Handler;

const clouds = () => import("./commands/clouds");
const controllers = () => import("./commands/controllers");
const models = () => import("./commands/models");
const applications = () => import("./commands/applications");
const machines = () => import("./commands/machines");
const actions = () => import("./commands/actions");
const status = () => import("./commands/status");
const version = () => import("./commands/version");

/** Commands and their code, loaded when called. */
const HANDLERS: Record<string, () => Promise<Handler>> = {
  actions: from(actions, "actions"),
  "add-cloud": from(clouds, "addCloud"),
  "add-credential": from(clouds, "addCredential"),
  "add-machine": from(machines, "addMachine"),
  "add-model": from(models, "addModel"),
  "add-space": from(machines, "addSpace"),
  "add-unit": from(applications, "addUnit"),
  bind: from(applications, "bind"),
  bootstrap: from(() => import("./commands/bootstrap"), "bootstrap"),
  "cancel-task": from(actions, "cancelTask"),
  clouds: from(clouds, "clouds"),
  config: from(applications, "config"),
  constraints: from(applications, "constraints"),
  controllers: from(controllers, "controllers"),
  credentials: from(clouds, "listCredentials"),
  "default-credential": from(clouds, "defaultCredential"),
  "default-region": from(clouds, "defaultRegion"),
  deploy: from(() => import("./commands/deploy"), "deploy"),
  "destroy-controller": from(controllers, "destroyController"),
  "destroy-model": from(models, "destroyModel"),
  exec: from(actions, "exec"),
  expose: from(applications, "expose"),
  integrate: from(applications, "integrate"),
  "kill-controller": from(controllers, "killController"),
  machines: from(status, "machines"),
  "model-config": from(models, "modelConfig"),
  "model-constraints": from(models, "modelConstraints"),
  models: from(models, "models"),
  operations: from(actions, "operations"),
  "reload-spaces": from(machines, "reloadSpaces"),
  "remove-application": from(applications, "removeApplication"),
  "remove-cloud": from(clouds, "removeCloud"),
  "remove-credential": from(clouds, "removeCredential"),
  "remove-machine": from(machines, "removeMachines"),
  "remove-relation": from(applications, "removeRelation"),
  "remove-unit": from(applications, "removeUnit"),
  resolved: from(applications, "resolved"),
  "retry-provisioning": from(machines, "retryProvisioning"),
  run: from(actions, "run"),
  "set-constraints": from(applications, "setConstraints"),
  "set-model-constraints": from(models, "setModelConstraints"),
  "show-application": from(applications, "showApplication"),
  "show-controller": from(controllers, "showController"),
  "show-credential": from(clouds, "showCredential"),
  "show-machine": from(status, "showMachine"),
  "show-model": from(models, "showModel"),
  "show-operation": from(actions, "showOperation"),
  "show-status-log": from(actions, "showStatusLog"),
  "show-task": from(actions, "showTask"),
  "show-unit": from(applications, "showUnit"),
  spaces: from(machines, "spaces"),
  status: from(status, "status"),
  subnets: from(machines, "subnets"),
  switch: from(models, "switchTo"),
  trust: from(applications, "trust"),
  unexpose: from(applications, "unexpose"),
  unregister: from(controllers, "unregister"),
  "update-cloud": from(clouds, "updateCloud"),
  "update-credential": from(clouds, "updateCredential"),
  version: from(version, "version"),
  whoami: from(version, "whoami"),
};

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

/** `snap`: only what set-up asks for versions. */
export const snap: Tool = (argv, io, env, home) => {
  const [verb, name] = argv;
  const versions = open(home, (rack) => ({ juju: rack.profile.juju, maas: rack.profile.maas }), {
    costsTime: false,
  });
  const rows: [string, string, string][] = [
    ["juju", versions.juju, `${versions.juju.split(".").slice(0, 2).join(".")}/stable`],
    ["maas", `${versions.maas}.0`, `${versions.maas}/stable`],
    ["vault", "1.8.8", "1.8/stable"],
  ];
  if (verb !== "list") {
    io.err(`error: the rack's snap can only list\n`);
    return 1;
  }
  const found = rows.filter(([each]) => name === undefined || each === name);
  if (found.length === 0) {
    io.err("error: no matching snaps installed\n");
    return 1;
  }
  io.out("Name   Version  Rev    Tracking     Publisher   Notes\n");
  for (const [each, version, tracking] of found)
    io.out(`${each.padEnd(7)}${version.padEnd(9)}1000   ${tracking.padEnd(13)}canonical✓  -\n`);
  return 0;
};
