import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Call } from "../call";
import { baseOfSeries } from "../engine/series";
import { JujuError, usage } from "../errors";
import { compareText } from "../render/order";
import { checkBase } from "./base";
import { BundleRun } from "../bundles/apply";
import { type Bundle, readBundle } from "../bundles/read";
import { countUpload, isLocal, optionValue, resolveCharm, UnknownOption } from "../engine/charms";
import { constraintError } from "../engine/constraints";
import { addApplication, addUnits } from "../engine/deploy";
import { addStorage, attachStorage, fullDirective } from "../engine/storage";
import { otherController } from "./consume";
import { parseBindings } from "../engine/bindings";
import type { Charm } from "../../charms/types";
import type { Rack } from "../../core/rack";
import type { Model, Unit } from "../state";
import { mapIn } from "../yaml/read";

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/;

export const checkName = (name: string): void => {
  if (NAME.test(name)) return;
  const why = /[A-Z]/.test(name) ? ", unexpected uppercase character" : "";
  throw usage(`invalid application name "${name}"${why}`);
};

export const unitCount = (call: Call): number => {
  const count = Number(call.flag("num-units") ?? 1);
  if (count < 1) throw usage("--num-units must be a positive integer");
  return count;
};

export const placementsOf = (call: Call): string[] =>
  (call.flag("to") ?? "").split(",").filter((each) => each !== "");

const machineMap = (call: Call): { mapExisting: boolean; map: Record<string, string> } => {
  const result = { mapExisting: false, map: {} as Record<string, string> };
  for (const word of (call.flag("map-machines") ?? "").split(",").filter((each) => each !== "")) {
    const [id, machine] = word.split("=");
    if (word === "existing") result.mapExisting = true;
    else if (id === undefined || machine === undefined)
      throw usage(
        `error in --map-machines: expected "existing" or "<bundle-id>=<machine-id>", got "${word}"`,
      );
    else result.map[id] = machine;
  }
  return result;
};

/** Warnings, and a refusal where applications would get the cloud's credential without being told so. */
const tellOfBundle = (call: Call, bundle: Bundle, dryRun: boolean): void => {
  for (const warning of bundle.warnings) call.err(`WARNING ${warning}\n`);
  if (dryRun && bundle.troubles.length > 0) {
    const fields = bundle.troubles.map((each) => `\n ${each}\n`).join("");
    call.err(`WARNING These fields${fields}will be ignored during deployment\n\n`);
  }
  const trusting = Object.entries(bundle.applications)
    .filter(([, { trust, options }]) => trust === true || options?.trust === true)
    .map(([name]) => `\n  - ${name}`)
    .sort(compareText);
  if (trusting.length > 0 && !call.on("trust") && !call.on("force"))
    throw new JujuError(
      `Bundle cannot be deployed without trusting applications with your cloud credentials.\nPlease repeat the deploy command with the --trust argument if you consent to trust the following application(s):${trusting.join("")}`,
    );
};

const deployBundle = (call: Call, reference: string): number => {
  const wrong = ["num-units", "to", "config", "channel", "revision", "bind", "constraints"].filter(
    (flag) => call.flag(flag) !== undefined,
  );
  if (wrong.length > 0) {
    const shown = wrong.map((flag) => (flag === "num-units" ? "-n" : `--${flag}`)).join(", ");
    call.inModel(() => undefined);
    throw new JujuError(`options provided but not supported when deploying a bundle: ${shown}`);
  }
  const overlays = call.all("overlay").map((name): [string, string] => [call.path(name), name]);
  const dryRun = call.on("dry-run");
  const options = { ...machineMap(call), trust: call.on("trust"), force: call.on("force") };
  const { lines, located, progress, failure } = call.inModel((model, rack, controller) => {
    if (!call.sees(reference)) throw new JujuError(`no charm was found at "${reference}"`);
    const bundle = readBundle(call.path(reference), reference, overlays, call.profile);
    tellOfBundle(call, bundle, dryRun);
    const folder = dirname(call.path(reference));
    const copy = dryRun ? structuredClone(model) : model;
    const controllerNamed = (name: string) => otherController(call, rack, name);
    const around = { controller, controllerNamed };
    const run = new BundleRun(rack, copy, bundle, { ...options, ...around, folder, dryRun });
    try {
      run.run();
      return { ...run.said(), failure: undefined };
    } catch (error) {
      // What was done before stays: a bundle is no transaction.
      if (!(error instanceof JujuError)) throw error;
      return { ...run.said(), failure: error };
    }
  });
  call.err(located.join(""));
  if (lines.length > 0) {
    call.out(dryRun ? "Changes to deploy bundle:\n" : "Executing changes:\n");
    call.out(lines.map((line) => `- ${line}\n`).join(""));
  }
  if (!dryRun) call.err(progress.join(""));
  if (failure !== undefined) throw failure;
  if (lines.length === 0) call.err("No changes to apply.\n");
  else if (!dryRun) call.err("Deploy of bundle completed.\n");
  return 0;
};

/** `--config file.yaml` (options under the application's name or alone) and `--config key=value`. */
const configOf = (
  call: Call,
  name: string,
  charm: Charm,
): Record<string, string | number | boolean> => {
  const given: Record<string, unknown> = {};
  for (const word of call.all("config")) {
    const at = word.indexOf("=");
    if (at > 0) {
      given[word.slice(0, at)] = word.slice(at + 1);
      continue;
    }
    const file = mapIn(call.read(word));
    Object.assign(given, typeof file[name] === "object" ? file[name] : file);
  }
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, optionValue(key, charm.config[key], value)]),
  );
};

/** Storage that is there already goes to the one new unit. */
export const attachTo = (call: Call, rack: Rack, model: Model, units: Unit[]): void => {
  const [unit] = units;
  const ids = call.all("attach-storage").flatMap((each) => each.split(","));
  if (unit !== undefined) for (const id of ids) attachStorage(rack, model, id, unit.name);
};

const deployCharm = (call: Call, reference: string, given: string | undefined): number => {
  const count = unitCount(call);
  const to = placementsOf(call);
  const constraints = call.all("constraints").join(" ");
  const revision = call.flag("revision");
  const [lines, failure] = call.inModel((model, rack): [string[], JujuError | undefined] => {
    if (revision !== undefined && call.flag("channel") === undefined && !isLocal(reference))
      throw new JujuError(
        "specifying a revision requires a channel for future upgrades. Please use --channel",
      );
    const resolved = resolveCharm(rack, model, reference, {
      channel: call.flag("channel"),
      revision: revision === undefined ? undefined : Number(revision),
      base: call.flag("base") ?? baseOfSeries(call.flag("series")),
      path: call.path(reference),
    });
    const { charm } = resolved;
    const name = given ?? charm.name;
    const bindings = parseBindings(rack, call.all("bind"));
    const on = `on ubuntu@${resolved.base}/stable`;
    const said =
      resolved.origin === "local"
        ? [
            `Located local charm "${charm.name}", revision ${resolved.revision}\n`,
            `Deploying "${name}" from local charm "${charm.name}", revision ${resolved.revision} ${on}\n`,
          ]
        : [
            `Located charm "${charm.name}" in charm-hub, revision ${resolved.revision}\n`,
            `Deploying "${name}" from charm-hub charm "${charm.name}", revision ${resolved.revision} in channel ${resolved.channel} ${on}\n`,
          ];
    if (charm.subordinate === true && (call.flag("num-units") !== undefined || to.length > 0)) {
      const error = new JujuError("cannot use --num-units or --to with subordinate application");
      return [said.slice(0, 1), error];
    }
    if (call.on("dry-run")) return [said.slice(0, 1), undefined];
    countUpload(model, resolved);
    const copy = structuredClone(model);
    try {
      create(call, rack, copy, { name, resolved, constraints, bindings, count, to });
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      return [said, error];
    }
    Object.assign(model, copy);
    return [said, undefined];
  });
  call.err(lines.join(""));
  if (failure !== undefined) throw failure;
  return 0;
};

const create = (
  call: Call,
  rack: Rack,
  model: Model,
  wanted: {
    name: string;
    resolved: ReturnType<typeof resolveCharm>;
    constraints: string;
    bindings: Record<string, string>;
    count: number;
    to: string[];
  },
): void => {
  const { name, resolved, constraints, bindings, count, to } = wanted;
  const { words } = call.profile;
  if (model.applications.some((each) => each.name === name))
    throw new JujuError(words.applicationExists(name));
  let options;
  try {
    options = configOf(call, name, resolved.charm);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    const reason =
      error instanceof UnknownOption ? words.unknownOption(error.option) : error.message;
    throw new JujuError(words.cannotDeploy(name, reason));
  }
  const application = addApplication(rack, model, {
    name,
    resolved,
    constraints,
    options,
    bindings,
    trust: call.on("trust"),
  });
  if (application.subordinate) return;
  for (const directive of call.all("storage"))
    application.storage = {
      ...application.storage,
      ...fullDirective(resolved.charm, directive, call.profile.major),
    };
  try {
    const units = addUnits(rack, model, application, count, to);
    for (const unit of units)
      for (const directive of call.all("storage"))
        addStorage(rack, model, unit, resolved.charm, directive);
    attachTo(call, rack, model, units);
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    throw new JujuError(words.cannotDeploy(name, error.message));
  }
};

export const deploy = (call: Call): number => {
  const [reference, name] = call.words;
  if (reference === undefined) throw usage("no charm or bundle specified");
  if (name !== undefined) checkName(name);
  call.noMoreWords(2);
  unitCount(call);
  machineMap(call);
  const problem = constraintError(call.all("constraints").join(" "));
  if (problem !== undefined) throw new JujuError(problem);
  checkBase(call);
  const path = call.path(reference);
  if (/\.ya?ml$/.test(reference) && (isLocal(reference) || existsSync(path))) {
    return deployBundle(call, reference);
  }
  return deployCharm(call, reference, name);
};
