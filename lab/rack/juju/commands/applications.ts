import { existsSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import type { Rack } from "../../core/rack";
import { optionValue } from "../engine/charms";
import { constraintError, formatConstraints, parseConstraints } from "../engine/constraints";
import { addUnits, findRelation, relate } from "../engine/deploy";
import { charmOf, findApplication, findUnit, optionOf } from "../engine/find";
import { assess, enqueue, hook } from "../engine/hooks";
import { beginRemoval, dropRelation, forgetApplication, subordinatesOf } from "../engine/units";
import { StatusView } from "../render/status";
import { takeFault } from "../../core/faults";
import type { Application, Model, Unit } from "../state";
import { bindingsOf, checkName, placementsOf, unitCount } from "./deploy";

const need = (model: Model, name: string): Application => {
  const application = findApplication(model, name);
  if (application === undefined) throw new JujuError(`application "${name}" not found`);
  return application;
};

const configChanged = (rack: Rack, application: Application): void => {
  for (const unit of application.units) {
    if (unit.stage >= 3) enqueue(unit, hook("config-changed", rack.now + 1500));
  }
};

const applyOptions = (
  rack: Rack,
  application: Application,
  given: Record<string, unknown>,
): void => {
  const charm = charmOf(application);
  const values = Object.entries(given).map(([key, value]): [string, string | number | boolean] => {
    if (key === "trust") return [key, String(value)];
    return [key, optionValue(key, charm.config[key], value)];
  });
  let changed = false;
  for (const [key, value] of values) {
    if (key === "trust") application.trust = value === "true";
    else if (optionOf(application, key) !== value) {
      application.options[key] = value;
      changed = true;
    }
  }
  if (changed) configChanged(rack, application);
};

const settingsOf = (application: Application): Record<string, unknown> => {
  const { config } = charmOf(application);
  return Object.fromEntries(
    Object.keys(config)
      .sort()
      .map((key) => {
        const option = config[key]!;
        const own = application.options[key];
        const isDefault = own === undefined || own === option.default;
        const value = own ?? option.default;
        return [
          key,
          {
            ...(option.default === undefined ? {} : { default: option.default }),
            description: option.description,
            source: isDefault ? (option.default === undefined ? "unset" : "default") : "user",
            type: option.type,
            ...(value === undefined ? {} : { value }),
          },
        ];
      }),
  );
};

const fromFile = (call: Call, file: string, name: string): Record<string, unknown> => {
  const path = call.path(file);
  if (file !== "-" && !existsSync(path))
    throw new JujuError(`open ${file}: no such file or directory`);
  const text = file === "-" ? call.io.stdin() : readFileSync(path, "utf8");
  const content = (load(text) ?? {}) as Record<string, unknown>;
  const own = content[name];
  if (typeof own === "object" && own !== null) return own as Record<string, unknown>;
  throw new JujuError(`no settings found for "${name}"`);
};

export const config = async (call: Call): Promise<number> => {
  const [name, ...rest] = call.words;
  if (name === undefined) throw usage("no application name specified");
  checkName(name);
  const wrong = rest.find((word) => word.startsWith("="));
  if (wrong !== undefined) throw usage(`expected "key=value", got "${wrong}"`);
  const sets = rest.filter((word) => word.includes("="));
  const gets = rest.filter((word) => !word.includes("="));
  if (sets.length > 0 && gets.length > 0)
    throw usage("cannot get value and set key=value pairs simultaneously");
  if (gets.length > 1) throw usage("can only retrieve a single value, or all values");
  const resets = call.all("reset").flatMap((value) => value.split(","));
  const file = call.flag("file");
  if (sets.length > 0 || resets.length > 0 || file !== undefined) {
    call.inModel((model, rack) => {
      const application = need(model, name);
      const given: Record<string, unknown> = file === undefined ? {} : fromFile(call, file, name);
      for (const word of sets) {
        const at = word.indexOf("=");
        const raw = word.slice(at + 1);
        given[word.slice(0, at)] = raw.startsWith("@")
          ? readFileSync(call.path(raw.slice(1)), "utf8")
          : raw;
      }
      const had = resets.filter((key) => key in application.options);
      for (const key of had) delete application.options[key];
      if (had.length > 0) configChanged(rack, application);
      try {
        applyOptions(rack, application, given);
      } catch (error) {
        if (error instanceof JujuError && error.message.startsWith("unknown option"))
          throw new JujuError(`invalid application config: ${error.message}`);
        throw error;
      }
    });
    return 0;
  }
  const shown = call.inModel((model) => {
    const application = need(model, name);
    return {
      application: name,
      "application-config": {
        trust: {
          default: false,
          description: "Does this application have access to trusted credentials",
          source: application.trust ? "user" : "default",
          type: "bool",
          value: application.trust,
        },
      },
      charm: application.charm,
      settings: settingsOf(application),
    };
  });
  const [key] = gets;
  if (key !== undefined) {
    const all = { ...shown["application-config"], ...shown.settings } as Record<
      string,
      { value?: string | number | boolean }
    >;
    const found = all[key];
    if (found === undefined)
      throw new JujuError(
        `key "${key}" not found in "${name}" application config or charm settings.`,
      );
    if (call.format === "json") call.json(found.value ?? null);
    else call.out(`${found.value === undefined ? "" : String(found.value)}\n`);
    return 0;
  }
  if (call.format === "json") call.json(shown);
  else {
    const { dump } = await import("js-yaml");
    call.out(dump(shown, { lineWidth: -1, sortKeys: true }));
  }
  return 0;
};

export const integrate = (call: Call): number => {
  const { words } = call;
  if (words.length !== 2)
    throw usage(
      `${call.profile.relationWord === "integration" ? "an integration" : "a relation"} must involve two applications`,
    );
  for (const word of words) {
    if (word.split(":").length > 2) throw usage(`endpoint "${word}" not valid`);
  }
  const [left = "", right = ""] = words;
  call.inModel((model, rack) => {
    if (takeFault(rack, "relation-not-made", `${left} ${right}`) !== undefined) return;
    relate(rack, model, left, right);
  });
  return 0;
};

export const removeRelation = (call: Call): number => {
  const { words } = call;
  if (words.length !== 2 && !(words.length === 1 && /^\d+$/.test(words[0] ?? "")))
    throw usage("a relation must involve two applications");
  const [left = "", right = ""] = words;
  call.inModel((model, rack) => {
    const relation =
      right === ""
        ? model.relations.find((each) => each.id === Number(left))
        : findRelation(model, left, right);
    if (relation === undefined)
      throw new JujuError(
        right === "" ? `relation ${left} not found` : `relation "${left} ${right}" not found`,
      );
    dropRelation(rack, model, relation.id);
  });
  return 0;
};

export const addUnit = (call: Call): number => {
  const [name] = call.words;
  if (name === undefined) throw usage("no application specified");
  call.noMoreWords(1);
  const count = unitCount(call);
  call.inModel((model, rack) => {
    const application = findApplication(model, name);
    if (application === undefined)
      throw new JujuError(`application "${name}" not found (not found)`);
    if (application.subordinate)
      throw new JujuError(
        `cannot add unit 1/${count} to application "${name}": cannot add unit to application "${name}": application is a subordinate`,
      );
    try {
      addUnits(rack, model, application, count, placementsOf(call));
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      throw new JujuError(`cannot add unit 1/${count} to application "${name}": ${error.message}`);
    }
  });
  return 0;
};

const confirmed = (call: Call, what: string): void => {
  if (call.on("no-prompt")) return;
  call.err("WARNING This command will perform the following actions:\n");
  if (call.on("dry-run")) return;
  const answer = call.io.stdin().trim().toLowerCase();
  if (answer === "y" || answer === "yes") return;
  call.err("\nContinue [y/N]? ");
  throw new JujuError(`${what}: aborted`);
};

const plan = (model: Model, unit: Unit): string[] => [
  `will remove unit ${unit.name}`,
  ...subordinatesOf(model, unit).map((each) => `- will remove unit ${each.name}`),
];

export const removeUnit = (call: Call): number => {
  if (call.words.length === 0) throw usage("no units specified");
  const wrong = call.words.find((word) => !/^[a-z][\w-]*\/\d+$/.test(word));
  if (wrong !== undefined) throw usage(`invalid unit name "${wrong}"`);
  if (call.on("no-wait") && !call.on("force")) throw usage("--no-wait without --force not valid");
  const lines = call.inModel((model) =>
    call.words.flatMap((name) => {
      const unit = findUnit(model, name);
      if (unit === undefined || unit.life === "dying")
        throw new JujuError(`removing unit ${name} failed: unit "${name}" not found`);
      if (unit.principal !== null)
        throw new JujuError(
          `removing unit ${name} failed: unit "${name}" is a subordinate, to remove use remove-relation. Note: this will remove all units of "${name.split("/")[0] ?? ""}"`,
        );
      return plan(model, unit);
    }),
  );
  call.out(lines.map((line) => `${line}\n`).join(""));
  confirmed(call, "unit removal");
  if (call.on("dry-run")) return 0;
  call.inModel((model, rack) => {
    for (const name of call.words) {
      const unit = findUnit(model, name);
      if (unit !== undefined) beginRemoval(rack, model, unit, call.on("force"));
    }
  });
  return 0;
};

export const removeApplication = (call: Call): number => {
  if (call.words.length === 0) throw usage("no application specified");
  for (const name of call.words) {
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw usage(`invalid application name "${name}"`);
  }
  const lines = call.inModel((model) =>
    call.words.flatMap((name) => {
      const application = findApplication(model, name);
      if (application === undefined || application.life === "dying")
        throw new JujuError(`removing application ${name} failed: application "${name}" not found`);
      return [
        `will remove application ${name}`,
        ...application.units.map((unit) => `- will remove unit ${unit.name}`),
      ];
    }),
  );
  call.out(lines.map((line) => `${line}\n`).join(""));
  confirmed(call, "application removal");
  if (call.on("dry-run")) return 0;
  call.inModel((model, rack) => {
    for (const name of call.words) {
      const application = need(model, name);
      application.life = "dying";
      if (application.units.length === 0) forgetApplication(rack, model, application);
      for (const unit of [...application.units]) beginRemoval(rack, model, unit, call.on("force"));
    }
  });
  return 0;
};

export const constraints = (call: Call): number => {
  const text = call.inModel((model) => need(model, call.words[0] ?? "").constraints);
  if (call.format === "json") call.json(parseConstraints(text));
  else call.out(text === "" ? "" : `${formatConstraints(text)}\n`);
  return 0;
};

export const setConstraints = (call: Call): number => {
  const [name = "", ...words] = call.words;
  const problem = constraintError(words.join(" "));
  if (problem !== undefined) throw new JujuError(problem);
  call.inModel(
    (model) => void (need(model, name).constraints = formatConstraints(words.join(" "))),
  );
  return 0;
};

export const expose = (call: Call): number => {
  const [name] = call.words;
  if (name === undefined) throw usage("no application name specified");
  call.inModel((model, rack) => {
    for (const space of (call.flag("to-spaces") ?? "").split(",").filter((each) => each !== "")) {
      if (!rack.maas.spaces.some((each) => each.name === space))
        throw new JujuError(`space "${space}" not found (not found)`);
    }
    need(model, name).exposed = true;
  });
  return 0;
};

export const unexpose = (call: Call): number => {
  call.inModel((model) => void (need(model, call.words[0] ?? "").exposed = false));
  return 0;
};

export const trust = (call: Call): number => {
  call.inModel((model) => void (need(model, call.words[0] ?? "").trust = !call.on("remove")));
  return 0;
};

export const bind = (call: Call): number => {
  const [name = "", ...words] = call.words;
  call.inModel((model, rack) => {
    const application = need(model, name);
    Object.assign(application.bindings, bindingsOf(call, rack, charmOf(application), words));
    configChanged(rack, application);
  });
  return 0;
};

export const resolved = (call: Call): number => {
  const all = call.on("all");
  if (call.words.length === 0 && !all) throw usage("no unit specified");
  call.inModel((model, rack) => {
    const units = all
      ? model.applications.flatMap((each) => each.units.filter((unit) => unit.failed !== null))
      : call.words.map((name) => {
          const unit = findUnit(model, name);
          if (unit === undefined) throw new JujuError(`unit "${name}" not found`);
          if (unit.failed === null) throw new JujuError(`unit "${name}" is not in an error state`);
          return unit;
        });
    for (const unit of units) {
      const task = unit.failed?.task;
      unit.failed = null;
      for (const each of unit.queue) each.ready = Math.max(each.ready, rack.now);
      if (task !== undefined && !call.on("no-retry"))
        unit.queue.unshift({ ...task, ready: rack.now });
      else assess(rack, model, need(model, unit.name.split("/")[0] ?? ""), unit);
    }
  });
  return 0;
};

export const showApplication = async (call: Call): Promise<number> => {
  const shown = call.inModel((model, rack, controller) => {
    const view = new StatusView(rack, controller, model, false);
    return Object.fromEntries(
      call.words.map((name) => {
        const application = findApplication(model, name);
        if (application === undefined) throw new JujuError(`application ${name} not found`);
        return [
          name,
          {
            charm: application.charm,
            base: `ubuntu@${application.base}`,
            channel: application.channel,
            constraints: parseConstraints(application.constraints),
            principal: !application.subordinate,
            exposed: application.exposed,
            remote: false,
            life: application.life,
            "endpoint-bindings": view.bindings(application),
          },
        ];
      }),
    );
  });
  if (call.format === "json") call.json(shown);
  else {
    const { dump } = await import("js-yaml");
    call.out(dump(shown, { lineWidth: -1 }));
  }
  return 0;
};

export const showUnit = async (call: Call): Promise<number> => {
  if (call.words.length === 0) throw usage("an unit name must be supplied");
  const wrong = call.words.find((word) => !/^[a-z][\w-]*\/\d+$/.test(word));
  if (wrong !== undefined) throw usage(`unit name ${wrong} not valid`);
  const shown = call.inModel((model) =>
    Object.fromEntries(
      call.words.map((name) => {
        const unit = findUnit(model, name);
        if (unit === undefined) throw new JujuError(`unit ${name} not found`);
        const application = need(model, name.split("/")[0] ?? "");
        const machine = model.machines.find((each) => each.id === unit.machine);
        return [
          name,
          {
            "workload-version": unit.version,
            machine: unit.machine,
            "opened-ports": unit.started ? (charmOf(application).ports ?? []) : [],
            "public-address": machine?.addresses[0] ?? "",
            charm: application.charm,
            leader: unit.leader,
            life: unit.life,
            "relation-info": [],
          },
        ];
      }),
    ),
  );
  if (call.format === "json") call.json(shown);
  else {
    const { dump } = await import("js-yaml");
    call.out(dump(shown, { lineWidth: -1 }));
  }
  return 0;
};
