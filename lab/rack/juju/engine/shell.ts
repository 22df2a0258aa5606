import type { Rack } from "../../core/rack";
import type { Application, Model, Unit } from "../state";
import { cloudOf } from "./cloud";
import { findMachine, optionOf } from "./find";
import { assess } from "./hooks";
import { rootCaOf } from "../../vault/state";

/** What `juju exec` runs on a unit: the hook tools and a few programs. */

interface Output {
  stdout: string;
  stderr: string;
  code: number;
}

const text = (stdout: string): Output => ({ stdout, stderr: "", code: 0 });

const words = (command: string): string[] =>
  (command.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, "$2"));

const leaderGet = (rack: Rack, model: Model, application: Application, key: string): string => {
  if (application.charm === "keystone" && key === "admin_passwd")
    return cloudOf(rack, model)?.adminPassword ?? "";
  if (application.charm === "vault" && key === "root-ca") return rootCaOf(rack, model, application);
  return "";
};

const addressOf = (rack: Rack, model: Model, application: Application, unit: Unit): string => {
  const cloud = application.charm === "keystone" ? cloudOf(rack, model) : undefined;
  return cloud?.address ?? findMachine(model, unit.machine)?.addresses[0] ?? "";
};

const notFound = (name: string): Output => ({
  stdout: "",
  stderr: `/tmp/juju-exec/script.sh: line 1: ${name}: command not found\n`,
  code: 127,
});

const slept = (times: string[]): Output => {
  const wrong = times.find((each) => !/^(\d+\.?\d*|\.\d+)[smhd]?$/.test(each));
  if (wrong === undefined) return text("");
  const stderr = `sleep: invalid time interval ‘${wrong}’\nTry 'sleep --help' for more information.\n`;
  return { stdout: "", stderr, code: 1 };
};

/** Programs that need no charm. */
const plainProgram = (hostname: string, argv: string[]): Output | undefined => {
  const [name = "", ...rest] = argv;
  switch (name) {
    case "hostname":
      return text(`${hostname}\n`);
    case "echo":
      return text(`${rest.join(" ")}\n`);
    case "exit":
      return { stdout: "", stderr: "", code: Number(rest[0] ?? 0) };
    case "false":
      return { stdout: "", stderr: "", code: 1 };
    case "true":
      return text("");
    case "sleep":
      return slept(rest);
    case "uptime":
      return text(" 07:35:10 up  1:15,  0 user,  load average: 0.21, 0.65, 0.52\n");
    default:
      return undefined;
  }
};

const program = (
  rack: Rack,
  model: Model,
  application: Application,
  unit: Unit,
  argv: string[],
): Output => {
  const [name = "", ...rest] = argv;
  const operands = rest.filter((word) => !word.startsWith("-"));
  const json = rest.includes("json") || rest.includes("--format=json");
  switch (name) {
    case "network-get":
    case "unit-get": {
      const address = addressOf(rack, model, application, unit);
      return text(json ? `${JSON.stringify(address)}\n` : `${address}\n`);
    }
    case "leader-get": {
      const value = leaderGet(rack, model, application, operands[0] ?? "");
      return text(value === "" ? "" : `${value}\n`);
    }
    case "is-leader":
      return text(json ? `${String(unit.leader)}\n` : unit.leader ? "True\n" : "False\n");
    case "config-get": {
      const value = optionOf(application, operands[0] ?? "");
      return text(value === undefined ? "" : `${String(value)}\n`);
    }
    case "hooks/update-status":
    case "./hooks/update-status":
      assess(rack, model, application, unit);
      return text("");
    default:
      return plainProgram(findMachine(model, unit.machine)?.hostname ?? "", argv) ?? notFound(name);
  }
};

const redirected = (output: Output, where: string): Output =>
  where === ">&2" ? { ...output, stdout: "", stderr: output.stdout } : output;

/** The command lines of a script; a shell that is given one stands for it. */
const script = (command: string): string =>
  /^(?:ba)?sh -c '([\s\S]*)'$/.exec(command.trim())?.[1]?.replaceAll("'\\''", "'") ?? command;

const runScript = (given: string, one: (argv: string[]) => Output): Output => {
  const command = script(given);
  const total: Output = { stdout: "", stderr: "", code: 0 };
  for (const part of command.split(/;|&&|\n/)) {
    const argv = words(part.trim());
    if (argv.length === 0) continue;
    const where = argv.includes(">&2") ? ">&2" : "";
    const clean = argv.filter((word) => word !== ">&2");
    const output = redirected(one(clean), where);
    total.stdout += output.stdout;
    total.stderr += output.stderr;
    total.code = output.code;
    if (clean[0] === "exit" || (output.code !== 0 && command.includes("&&"))) break;
  }
  return total;
};

export const shell = {
  run: (rack: Rack, model: Model, application: Application, unit: Unit, command: string): Output =>
    runScript(command, (argv) => program(rack, model, application, unit, argv)),
  onMachine: (model: Model, id: string, command: string): Output =>
    runScript(
      command,
      (argv) =>
        plainProgram(findMachine(model, id)?.hostname ?? "", argv) ?? notFound(argv[0] ?? ""),
    ),
  /** Virtual seconds of a command. */
  seconds: (command: string): number => {
    const [, slept] = /\bsleep (\d+)/.exec(command) ?? [];
    if (slept !== undefined) return Number(slept);
    return command.includes("update-status") ? 8 : 0.6;
  },
};
