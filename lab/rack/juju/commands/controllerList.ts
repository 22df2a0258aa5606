import { createHash } from "node:crypto";
import type { Call } from "../call";
import { shorten } from "../client/modelName";
import type { ControllerEntry } from "../client/store";
import { JujuError } from "../errors";
import { placeOf } from "../engine/find";
import {
  controllerCounts,
  controllerModel,
  haStatus,
  membersOf,
  primaryOf,
} from "../engine/highAvailability";
import { findUser } from "../engine/users";
import { profileOf } from "../profile";
import { table } from "../render/tabular";
import type { Controller } from "../state";

/** What there is to see of controllers: the client's own list, and what one of them says of itself. */

const HEAD = "Controller Model User Access Cloud/Region Models Nodes HA Version".split(" ");
/** Columns that stand at the right. */
const NUMBERS = [5, 6, 7];

/** What the client keeps of a controller, taken anew from the controller itself. */
const refresh = (call: Call, name: string): void => {
  const counts = call.open((rack) => {
    const controller = call.controller(rack, name);
    const model = controllerModel(controller);
    const { active, total } =
      model === undefined ? { active: 0, total: 0 } : controllerCounts(model);
    const machines = controller.models.reduce((sum, each) => sum + each.machines.length, 0);
    return {
      "active-controller-machine-count": active,
      "controller-machine-count": total,
      "machine-count": machines,
    } satisfies Partial<ControllerEntry>;
  });
  const file = call.client.controllers();
  Object.assign(file.controllers[name] ?? {}, counts);
  call.client.write("controllers.yaml", file);
};

const refreshAll = (call: Call, names: string[]): void => {
  for (const name of names) {
    try {
      refresh(call, name);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      call.err(`error connecting to api for "${name}": opening API connection: ${error.message}\n`);
    }
  }
};

/** The column HA: how many machines, and how many of them vote where those are fewer. */
const redundancy = ({ Active, Total }: { Active: number; Total: number }): string => {
  if (Total === 0) return "-";
  if (Total === 1) return "none";
  return Active < Total ? `${Active}/${Total}` : String(Total);
};

export const controllers = (call: Call): number => {
  call.noMoreWords(0);
  const names = Object.keys(call.client.controllers().controllers).sort();
  if (names.length === 0 && call.format === "") {
    throw new JujuError(
      'No controllers registered.\n\nPlease either create a new controller using "juju bootstrap" or connect to\nanother controller that you have been given access to using "juju register".\n',
    );
  }
  if (call.on("refresh")) refreshAll(call, names);
  const file = call.client.controllers();
  const accounts = call.client.accounts().controllers;
  const models = call.client.models().controllers;
  const shown = Object.fromEntries(
    names.map((name) => {
      const entry = file.controllers[name]!;
      const qualified = models[name]?.["current-model"];
      const current = qualified && shorten(call.client, name, qualified);
      const endpoints = entry["api-endpoints"] ?? [];
      const value = {
        "current-model": current,
        user: accounts[name]?.user,
        access: accounts[name]?.["last-known-access"],
        "recent-server": endpoints[0],
        uuid: entry.uuid,
        "api-endpoints": endpoints,
        "ca-cert": entry["ca-cert"],
        cloud: entry.cloud,
        region: entry.region,
        "agent-version": entry["agent-version"],
        "model-count": models[name] ? Object.keys(models[name].models).length : undefined,
        "machine-count": entry["machine-count"],
        "controller-machines": {
          Active: entry["active-controller-machine-count"] ?? 0,
          Total: entry["controller-machine-count"] ?? 0,
        },
      };
      return [name, value];
    }),
  );
  const current = file["current-controller"] ?? "";
  if (call.format === "json") {
    call.json({
      controllers: names.length > 0 ? shown : null,
      "current-controller": current,
    });
    return 0;
  }
  const rows = names.map((name) => {
    const entry = shown[name]!;
    return [
      current === name ? `${name}*` : name,
      entry["current-model"] ?? "-",
      entry.user ?? "-",
      entry.access ?? "-",
      entry.cloud === undefined ? "" : placeOf({ ...entry, cloud: entry.cloud }),
      String(entry["model-count"] ?? "-"),
      String(entry["machine-count"] ?? "-"),
      redundancy(entry["controller-machines"]),
      `${entry["agent-version"] ?? "(unknown)"}  `,
    ];
  });
  if (!call.on("refresh"))
    call.out("Use --refresh option with this command to see the latest information.\n\n");
  call.out(table([HEAD, ...rows], NUMBERS));
  return 0;
};

const fingerprint = (pem: string): string => {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
  const hex = createHash("sha256").update(der).digest("hex").toUpperCase();
  return hex.match(/../g)?.join(":") ?? "";
};

/** The machines that make up the controller; where they are several, Juju 3 tells how each of them is. */
const machinesOf = (controller: Controller): Record<string, unknown> => {
  const model = controllerModel(controller);
  const members = (model === undefined ? [] : membersOf(model)).filter((each) => each.wanted);
  const tells = members.length > 1 && profileOf(controller.agentVersion).major === 3;
  return Object.fromEntries(
    members.map((member) => [
      member.machine.id,
      {
        "instance-id": member.machine.instance || "(unprovisioned)",
        ...(tells && model !== undefined
          ? {
              "ha-status": haStatus(model, member),
              ...(primaryOf(model) === member.machine.id ? { "ha-primary": true } : {}),
            }
          : {}),
      },
    ]),
  );
};

const detailsOf = (call: Call, name: string, controller: Controller): Record<string, unknown> => ({
  details: {
    uuid: controller.uuid,
    "api-endpoints": call.client.controllers().controllers[name]?.["api-endpoints"] ?? [],
    cloud: controller.cloud,
    ...(controller.region === undefined ? {} : { region: controller.region }),
    "agent-version": controller.agentVersion,
    "controller-model-version": controller.agentVersion,
    "ca-fingerprint": fingerprint(controller.caCertificate),
    "ca-cert": controller.caCertificate,
  },
  "controller-machines": machinesOf(controller),
  models: Object.fromEntries(
    controller.models.map((model) => [
      model.name,
      {
        uuid: model.uuid,
        ...(model.machines.length > 0 ? { "machine-count": model.machines.length } : {}),
      },
    ]),
  ),
  account: {
    user: call.user,
    access: findUser(controller, call.user)?.access ?? "",
    ...(call.on("show-password")
      ? { password: call.client.accounts().controllers[name]?.password }
      : {}),
  },
});

export const showController = async (call: Call): Promise<number> => {
  const names = call.words.length > 0 ? call.words : [call.controllerName(1)];
  const shown: Record<string, unknown> = {};
  for (const name of names) {
    if (!(name in call.client.controllers().controllers))
      throw new JujuError(`controller ${name} not found`);
    refresh(call, name);
    shown[name] = call.open((rack) => detailsOf(call, name, call.controller(rack, name)));
  }
  return call.show(shown);
};
