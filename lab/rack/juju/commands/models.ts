import type { Call } from "../call";
import { DENIED } from "../client/session";
import { JujuError, usage } from "../errors";
import { allUnits, nameFor, OWNER, ownerOf, placeOf, qualifiedName } from "../engine/find";
import { shorten } from "../client/modelName";
import { newModel } from "../engine/model";
import { mayUseCloud } from "../engine/cloudAccess";
import { findUser, grantedOn, modelAccess } from "../engine/users";
import { ago } from "../render/time";
import { table } from "../render/tabular";
import { profileOf, slaOf } from "../profile";
import type { Controller, Model } from "../state";
import { pairs, typed } from "./modelConfig";

const NAME = /^[a-z0-9]+[a-z0-9-]*$/;

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
    if (!mayUseCloud(controller, controller.cloud, call.user)) throw new JujuError(DENIED);
    const config = pairs(call.all("config"));
    if (cloud !== undefined && cloud.split("/")[0] !== controller.cloud)
      throw new JujuError(
        `cloud ${cloud} not found\nUse 'juju clouds' to see a list of all available clouds or 'juju add-cloud' to a add one.`,
      );
    if (controller.models.some((each) => qualifiedName(each) === `${call.user}/${name}`))
      throw new JujuError(call.profile.words.modelExists(name, call.user));
    const credential = call.flag("credential") ?? controller.models[0]?.credential ?? "";
    const model = newModel(rack, name, rack.rng(`model:${name}:${rack.now}`).uuid());
    model.credential = credential;
    if (call.user !== OWNER) model.owner = call.user;
    const provider = controller.models[0]?.provider;
    if (provider !== undefined) model.provider = provider;
    for (const [key, value] of Object.entries(controller.modelDefaults ?? {}))
      model.inherited = { ...model.inherited, [key]: typed(key, value) };
    model.constraints = controller.models[0]?.constraints ?? "";
    for (const [key, value] of Object.entries(config)) model.config[key] = typed(key, value);
    controller.models.push(model);
    return {
      uuid: model.uuid,
      text: `Added '${name}' model${controller.region === undefined ? "" : ` on ${placeOf(controller)}`} with credential '${credential}' for user '${call.user}'\n`,
    };
  });
  remember(call, controllerName, `${call.user}/${name}`, uuid);
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
  entry.models[name] = { uuid, type: "iaas" };
  if (!call.on("no-switch")) {
    entry["current-model"] = name;
    const controllers = call.client.controllers();
    controllers["current-controller"] = controller;
    call.client.write("controllers.yaml", controllers);
  }
  call.client.write("models.yaml", file);
};

const isThree = (controller: Controller): boolean => profileOf(controller.agentVersion).major === 3;

const credentialOf = (controller: Controller, model: Model) => ({
  name: model.credential,
  owner: "admin",
  cloud: controller.cloud,
  "validity-check": "valid",
});

const secretBackends = (controller: Controller, model: Model) => {
  const count = (model.secrets ?? []).length;
  // Juju 3 tells only of backends that the model uses.
  if (isThree(controller) && count === 0) return {};
  return { "secret-backends": { internal: { "num-secrets": count, status: "active" } } };
};

const summary = (controller: Controller, model: Model, now: number) => ({
  name: qualifiedName(model),
  "short-name": model.name,
  "model-uuid": model.uuid,
  "model-type": "iaas",
  "controller-uuid": controller.uuid,
  "controller-name": controller.name,
  "is-controller": model === controller.models[0],
  ...(isThree(controller) ? { owner: ownerOf(model) } : {}),
  cloud: controller.cloud,
  ...(controller.region === undefined ? {} : { region: controller.region }),
  type: model.provider ?? "maas",
  life: model.life,
  status: {
    current: model.life === "dying" ? "destroying" : "available",
    since: ago(model.since, now),
  },
});

const visibleTo = (controller: Controller, user: string): Model[] =>
  controller.models.filter((each) => modelAccess(controller, each, user) !== "");

export const models = (call: Call): number => {
  call.noMoreWords(0);
  const { list, name } = call.inController((controller, rack) => ({
    name: controller.name,
    list: visibleTo(controller, call.user).map((model) => ({
      ...summary(controller, model, rack.now),
      shown: nameFor(model, call.user),
      ...(model.machines.length > 0
        ? {
            machines: Object.fromEntries(
              model.machines.map((machine) => [machine.id, { cores: 0 }]),
            ),
          }
        : {}),
      units: allUnits(model).length,
      access: modelAccess(controller, model, call.user),
      "last-connection": "just now",
      ...slaOf(controller),
      "agent-version": controller.agentVersion,
    })),
  }));
  if (call.format === "json") {
    const current = call.client.models().controllers[name]?.["current-model"];
    call.json({
      models: list.map(({ units: _units, machines: _machines, shown: _shown, ...rest }) => {
        // Juju 4 does not tell what the controller's own model runs on.
        const { type, ...others } = rest as Record<string, unknown>;
        return call.profile.major === 4 && rest["is-controller"] === true
          ? others
          : { ...others, type };
      }),
      "current-model": current === undefined ? undefined : shorten(call.client, name, current),
    });
    return 0;
  }
  call.out(
    `Controller: ${name}\n\n${table([
      ["Model", "Cloud/Region", "Type", "Status", "Machines", "Units", "Access", "Last connection"],
      ...list.map((each) => {
        const row = each as unknown as Record<string, string>;
        return [
          each.shown,
          row.region === undefined ? (row.cloud ?? "") : `${row.cloud ?? ""}/${row.region}`,
          call.profile.major === 4 && each["is-controller"] === true ? "" : (row.type ?? ""),
          (each as { status?: { current: string } }).status?.current ?? "",
          String(Object.keys(each.machines ?? {}).length),
          String(each.units),
          each.access,
          "just now",
        ];
      }),
    ])}`,
  );
  return 0;
};

const usersOf = (controller: Controller, model: Model) =>
  Object.fromEntries(
    Object.entries(grantedOn(model)).map(([name, access]) => {
      const shown = findUser(controller, name)?.displayName ?? "";
      const named = shown === "" ? {} : { "display-name": shown };
      return [name, { ...named, access, "last-connection": "just now" }];
    }),
  );

/** The model that a command names as its argument. */
export const modelOf = (call: Call, given: string | undefined): void => {
  if (given === undefined) return;
  call.args.flags.set("model", [given]);
  if (given.includes(":")) call.controllerName(2);
};

export const showModel = async (call: Call): Promise<number> => {
  modelOf(call, call.words[0]);
  const shown = call.inModel((model, rack, controller) => ({
    [model.name]: {
      ...summary(controller, model, rack.now),
      users: usersOf(controller, model),
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
      ...secretBackends(controller, model),
      ...slaOf(controller),
      "agent-version": controller.agentVersion,
      credential: credentialOf(controller, model),
      "supported-features": [
        {
          name: "juju",
          description: "the version of Juju used by the model",
          version: controller.agentVersion,
        },
      ],
    },
  }));
  return call.show(shown);
};
