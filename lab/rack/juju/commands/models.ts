import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { constraintError, formatConstraints, parseConstraints } from "../engine/constraints";
import { allUnits } from "../engine/find";
import { advanceJuju } from "../engine/advance";
import { ago } from "../render/time";
import { table } from "../render/tabular";
import type { Controller, Model } from "../state";
import { newModel } from "./bootstrap";
import { DEFAULTS } from "./modelDefaults";

const NAME = /^[a-z0-9]+[a-z0-9-]*$/;

const pairs = (values: string[]): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const value of values) {
    const at = value.indexOf("=");
    if (at <= 0) throw new JujuError(`expected key=value, got "${value}"`);
    result[value.slice(0, at)] = value.slice(at + 1);
  }
  return result;
};

/** A model's setting as its own type. */
const typed = (key: string, text: string): string | number | boolean => {
  const fallback = DEFAULTS[key];
  if (typeof fallback === "boolean") {
    if (!/^(true|false)$/i.test(text))
      throw new JujuError(`${key}: expected bool, got string("${text}")`);
    return text.toLowerCase() === "true";
  }
  if (typeof fallback === "number") {
    if (!/^-?\d+$/.test(text))
      throw new JujuError(`${key}: expected number, got string("${text}")`);
    return Number(text);
  }
  return text;
};

export const addModel = (call: Call): number => {
  const [name, cloud] = call.words;
  if (name === undefined) throw usage("model name is required");
  if (!NAME.test(name))
    throw usage(
      `"${name}" is not a valid name: model names may only contain lowercase letters, digits and hyphens`,
    );
  call.noMoreWords(2);
  const controllerName = call.controllerName(1);
  const { text, uuid } = call.open((rack) => {
    const controller = call.controller(rack, controllerName);
    const config = pairs(call.all("config"));
    if (cloud !== undefined && cloud.split("/")[0] !== controller.cloud)
      throw new JujuError(
        `cloud ${cloud} not found\nUse 'juju clouds' to see a list of all available clouds or 'juju add-cloud' to a add one.`,
      );
    if (controller.models.some((each) => each.name === name))
      throw new JujuError(
        `failed to create new model: model "${name}" for admin already exists (already exists)`,
      );
    const credential = call.flag("credential") ?? controller.models[0]?.credential ?? "";
    const model = newModel(rack, name, rack.rng(`model:${name}:${rack.now}`).uuid());
    model.credential = credential;
    model.constraints = controller.models[0]?.constraints ?? "";
    for (const [key, value] of Object.entries(config)) model.config[key] = typed(key, value);
    controller.models.push(model);
    return {
      uuid: model.uuid,
      text: `Added '${name}' model with credential '${credential}' for user 'admin'\n`,
    };
  });
  remember(call, controllerName, name, uuid);
  call.err(text);
  if (call.profile.sshKeyHint)
    call.err(
      'To use "juju ssh", "juju scp" and "juju debug-hooks" ssh public keys need to be added to the model with "juju add-ssh-key"\n',
    );
  return 0;
};

const remember = (call: Call, controller: string, name: string, uuid: string): void => {
  const file = call.client.models();
  const entry = (file.controllers[controller] ??= { models: {} });
  entry.models[`admin/${name}`] = { uuid, type: "iaas" };
  if (!call.on("no-switch")) {
    entry["current-model"] = `admin/${name}`;
    const controllers = call.client.controllers();
    controllers["current-controller"] = controller;
    call.client.write("controllers.yaml", controllers);
  }
  call.client.write("models.yaml", file);
};

const summary = (controller: Controller, model: Model, now: number): Record<string, unknown> => ({
  name: `admin/${model.name}`,
  "short-name": model.name,
  "model-uuid": model.uuid,
  "model-type": "iaas",
  "controller-uuid": controller.uuid,
  "controller-name": controller.name,
  "is-controller": model === controller.models[0],
  cloud: controller.cloud,
  type: "maas",
  life: model.life,
  status: {
    current: model.life === "dying" ? "destroying" : "available",
    since: ago(model.since, now),
  },
});

export const models = (call: Call): number => {
  call.noMoreWords(0);
  const { list, name } = call.inController((controller, rack) => ({
    name: controller.name,
    list: controller.models.map((model) => ({
      ...summary(controller, model, rack.now),
      ...(model.machines.length > 0
        ? {
            machines: Object.fromEntries(
              model.machines.map((machine) => [machine.id, { cores: 0 }]),
            ),
          }
        : {}),
      units: allUnits(model).length,
      access: "admin",
      "last-connection": "just now",
      "agent-version": controller.agentVersion,
    })),
  }));
  if (call.format === "json") {
    call.json({
      models: list.map(({ units: _units, machines: _machines, ...rest }) => rest),
      "current-model": call.client
        .models()
        .controllers[name]?.["current-model"]?.replace(/^admin\//, ""),
    });
    return 0;
  }
  call.out(
    `Controller: ${name}\n\n${table([
      ["Model", "Cloud/Region", "Type", "Status", "Machines", "Units", "Access", "Last connection"],
      ...list.map((each) => {
        const row = each as unknown as Record<string, string>;
        return [
          row["short-name"] ?? "",
          row.cloud ?? "",
          "maas",
          (each as { status?: { current: string } }).status?.current ?? "",
          String(Object.keys(each.machines ?? {}).length),
          String(each.units),
          "admin",
          "just now",
        ];
      }),
    ])}`,
  );
  return 0;
};

/** The model that a command names as its argument. */
const modelOf = (call: Call, given: string | undefined): void => {
  if (given === undefined) return;
  call.args.flags.set("model", [given]);
  if (given.includes(":")) call.controllerName(2);
};

export const showModel = async (call: Call): Promise<number> => {
  modelOf(call, call.words[0]);
  const shown = call.inModel((model, rack, controller) => ({
    [model.name]: {
      ...summary(controller, model, rack.now),
      users: {
        admin: { "display-name": "admin", access: "admin", "last-connection": "just now" },
      },
      ...(model.machines.length > 0
        ? {
            machines: Object.fromEntries(
              model.machines.map((machine) => {
                const there = rack.maas.machines.find((each) => each.systemId === machine.instance);
                return [machine.id, { cores: there?.cpuCount ?? 0 }];
              }),
            ),
          }
        : {}),
      "secret-backends": { internal: { "num-secrets": 0, status: "active" } },
      "agent-version": controller.agentVersion,
      credential: {
        name: model.credential,
        owner: "admin",
        cloud: controller.cloud,
        "validity-check": "valid",
      },
      "supported-features": [
        {
          name: "juju",
          description: "the version of Juju used by the model",
          version: controller.agentVersion,
        },
      ],
    },
  }));
  if (call.format === "json") call.json(shown);
  else {
    const { dump } = await import("js-yaml");
    call.out(dump(shown, { lineWidth: -1 }));
  }
  return 0;
};

export const modelConfig = (call: Call): number => {
  const sets = call.words.filter((word) => word.includes("="));
  const gets = call.words.filter((word) => !word.includes("="));
  if (sets.length > 0 && gets.length > 0)
    throw usage("cannot get value and set key=value pairs simultaneously");
  if (gets.length > 1) throw usage("can only retrieve a single value, or all values");
  const resets = call.all("reset").flatMap((value) => value.split(","));
  const file = call.flag("file");
  if (sets.length > 0 || resets.length > 0 || file !== undefined) {
    const warnings = call.inModel((model) => {
      for (const key of resets) delete model.config[key];
      const unknown: string[] = [];
      for (const [key, value] of Object.entries(pairs(sets))) {
        if (key === "agent-version")
          throw new JujuError('"agent-version" must be set via "upgrade-model"');
        if (!(key in DEFAULTS)) unknown.push(key);
        model.config[key] = typed(key, value);
      }
      return unknown;
    });
    for (const key of warnings)
      call.err(
        `WARNING key "${key}" is not defined in the current model configuration: possible misspelling\n`,
      );
    return 0;
  }
  const { values, name } = call.inModel((model, _rack, controller) => ({
    name: model.name,
    values: Object.fromEntries(
      Object.entries({
        ...DEFAULTS,
        ...model.config,
        "agent-version": controller.agentVersion,
      })
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, Value]) => {
          const own = key in model.config || key === "agent-version";
          return [key, { Value, Source: own ? "model" : "default" }];
        }),
    ),
  }));
  const [key] = gets;
  if (key !== undefined) {
    const found = values[key];
    if (found === undefined)
      throw new JujuError(`"${key}" is not a key of the currently targeted model: "${name}"`);
    const text =
      typeof found.Value === "boolean" ? (found.Value ? "True" : "False") : String(found.Value);
    if (call.format === "json") call.json({ [key]: found });
    else call.out(`${text}\n`);
    return 0;
  }
  if (call.format === "json") call.json(values);
  else {
    const rows = Object.entries(values).map(([each, { Value, Source }]) => [
      each,
      Source,
      String(Value),
    ]);
    call.out(table([["Attribute", "From", "Value"], ...rows]));
  }
  return 0;
};

export const modelConstraints = (call: Call): number => {
  const text = call.inModel((model) => model.constraints);
  if (call.format === "json") call.json(parseConstraints(text));
  else call.out(text === "" ? "" : `${formatConstraints(text)}\n`);
  return 0;
};

export const setModelConstraints = (call: Call): number => {
  const text = call.words.join(" ");
  const problem = constraintError(text);
  if (problem !== undefined) throw new JujuError(problem);
  call.inModel((model) => void (model.constraints = formatConstraints(text)));
  return 0;
};

const remaining = (model: Model): string => {
  const parts: [number, string][] = [
    [model.machines.length, "machine(s)"],
    [model.applications.length, "application(s)"],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return shown.length > 0 ? `, ${shown.join(", ")}` : "";
};

export const destroyModel = async (call: Call): Promise<number> => {
  const [given] = call.words;
  if (given === undefined) throw usage("no model specified");
  call.noMoreWords(1);
  if (call.on("destroy-storage") && call.on("release-storage"))
    throw usage("--destroy-storage and --release-storage cannot both be specified");
  if (call.flag("timeout") !== undefined && !call.on("force"))
    throw usage("--timeout can only be used with --force (dangerous)");
  if (call.on("no-wait") && !call.on("force")) throw usage("--no-wait without --force not valid");
  modelOf(call, given);
  const uuid = call.inModel((model) => model.uuid);
  if (!call.on("no-prompt")) {
    const name = given.split(":").at(-1) ?? "";
    call.err(
      `WARNING This command will destroy the "${name}" model and all its resources. It cannot be stopped.\n\nTo continue, enter the name of the model to be unregistered: `,
    );
    if (call.io.stdin().trim() !== name) throw new JujuError("model destruction: aborted");
  }
  call.err("Destroying model\n");
  call.inModel((model, rack) => {
    model.life = "dying";
    model.destroy = { force: call.on("force") };
    advanceJuju(rack);
  });
  const controllerName = call.controllerName(1);
  for (let last = ""; ;) {
    const left = call.open((rack) => {
      const model = call.controller(rack, controllerName).models.find((each) => each.uuid === uuid);
      return model === undefined ? undefined : remaining(model);
    });
    if (left === undefined) break;
    if (left !== last || last === "")
      call.err(`${last === "" ? "" : "\n"}Waiting for model to be removed${left}`);
    call.err(".");
    last = left === "" ? " " : left;
    await call.wait(2);
  }
  call.err("\nModel destroyed.\n");
  const file = call.client.models();
  const entry = file.controllers[controllerName];
  const key = `admin/${(given.split(":").at(-1) ?? "").replace(/^admin\//, "")}`;
  if (entry !== undefined) {
    delete entry.models[key];
    if (entry["current-model"] === key) delete entry["current-model"];
    call.client.write("models.yaml", file);
  }
  return 0;
};

export const switchTo = (call: Call): number => {
  call.noMoreWords(1);
  const [to] = call.words;
  const file = call.client.controllers();
  const models = call.client.models();
  const current = file["current-controller"];
  const shown = (name: string | undefined): string => {
    if (name === undefined) return "";
    const model = models.controllers[name]?.["current-model"];
    return model === undefined
      ? `${name} (controller)`
      : `${name}:${model.includes("/") ? model : `admin/${model}`}`;
  };
  const before = shown(current);
  if (to === undefined) {
    if (before === "") throw new JujuError("no controller is selected");
    call.out(`${before}\n`);
    return 0;
  }
  const [first = "", second] = to.split(":");
  const isController = first in file.controllers;
  const controller = second !== undefined || isController ? first : current;
  const model = second ?? (isController ? undefined : first);
  if (second !== undefined && !isController) throw new JujuError(`controller ${first} not found`);
  if (controller === undefined || !(controller in file.controllers))
    throw new JujuError(`"${to}" is not the name of a model or controller`);
  const full = model === undefined ? undefined : `admin/${model.replace(/^admin\//, "")}`;
  const entry = (models.controllers[controller] ??= { models: {} });
  const known = full === undefined || full in entry.models || (model ?? "") in entry.models;
  if (!known) throw new JujuError(`"${to}" is not the name of a model or controller`);
  if (full !== undefined) entry["current-model"] = full;
  file["current-controller"] = controller;
  const after = shown(controller);
  if (before === after) {
    call.err(`${after} (no change)\n`);
    return 0;
  }
  call.client.write("models.yaml", models);
  call.client.write("controllers.yaml", file);
  call.err(`${before} -> ${after}\n`);
  return 0;
};
