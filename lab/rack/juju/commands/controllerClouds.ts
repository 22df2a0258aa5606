import type { Call } from "../call";
import { LOCALHOST } from "../client/publicClouds";
import type { CloudEntry } from "../client/store";
import { JujuError } from "../errors";
import { cloudAccess, cloudUsers, mayUseCloud } from "../engine/cloudAccess";
import { LXD } from "../engine/lxd";
import { findUser } from "../engine/users";
import { DENIED } from "../client/session";
import type { Controller } from "../state";
import { reach } from "./clientFiles";
import { count } from "./clouds";

/** Clouds that a controller has. */

const fail = (reason: string): never => {
  throw new JujuError(reason);
};

/** The controller's own cloud and the ones that were added. */
export const cloudsOn = (call: Call, controller: Controller): Record<string, CloudEntry> => {
  const own =
    controller.cloud === "localhost"
      ? { ...LOCALHOST, endpoint: `https://${LXD.gateway}:8443` }
      : (controller.ownCloud ?? call.client.clouds()[controller.cloud]);
  return {
    ...(own === undefined ? {} : { [controller.cloud]: own }),
    ...controller.clouds,
  };
};

const isSuperuser = (call: Call, controller: Controller): boolean =>
  findUser(controller, call.user)?.access === "superuser";

/** Only superusers change which clouds a controller has. */
const needSuperuser = (call: Call, controller: Controller): void => {
  if (!isSuperuser(call, controller)) throw new JujuError(DENIED);
};

export interface ControllerCloud {
  entry: CloudEntry;
  users: ReturnType<typeof cloudUsers>;
}

/**
 * The clouds of the controller that the line names, as far as the user may use them; throws where it cannot be asked.
 */
export const askedClouds = (
  call: Call,
  how: (reason: string) => never = fail,
  name = call.flag("controller") ?? "",
): Record<string, ControllerCloud> => {
  reach(call, how, name);
  call.args.flags.set("controller", [name]);
  return call.inController((controller) =>
    Object.fromEntries(
      Object.entries(cloudsOn(call, controller))
        .filter(([name]) => mayUseCloud(controller, name, call.user))
        .map(([name, entry]) => [name, { entry, users: cloudUsers(controller, name, call.user) }]),
    ),
  );
};

/** Types of clouds whose machines a controller on a cloud of the first type can reach. */
const REACHES: Record<string, string[]> = {
  kubernetes: ["lxd", "maas", "openstack"],
  lxd: ["lxd", "maas", "openstack"],
  maas: ["maas", "openstack"],
  openstack: ["openstack"],
};

const uploadHint = (name: string): string =>
  `To upload a credential to the controller for cloud "${name}", use \n* 'add-model' with --credential option or\n* 'add-credential -c ${name}'.\n`;

/** The client's credential goes along; throws in Juju's words where there is none that it could be. */
const credentialFor = (call: Call, name: string): string => {
  const known = call.client.credentials()[name] ?? {};
  if (count(known) === 0)
    throw new JujuError(`loading credentials: credentials for cloud ${name} not found`);
  const chosen = call.flag("credential") ?? known["default-credential"];
  const names = Object.keys(known).filter((each) => typeof known[each] === "object");
  if (typeof chosen !== "string" && names.length > 1)
    throw new JujuError(
      "more than one credential is available\nspecify a credential using the --credential argument",
    );
  const wanted = typeof chosen === "string" ? chosen : (names[0] ?? "");
  if (!names.includes(wanted))
    throw new JujuError(`"${wanted}" credential for cloud "${name}" not found`);
  return wanted;
};

const upload = (call: Call, name: string, entry: CloudEntry): string => {
  reach(call, fail);
  const where = call.flag("controller") ?? "";
  const said = call.inController((controller) => {
    needSuperuser(call, controller);
    const known = cloudsOn(call, controller);
    if (known[name] !== undefined)
      return `Cloud "${name}" already exists on the controller "${where}".\n${uploadHint(name)}`;
    const own = known[controller.cloud]?.type ?? "";
    if (!(REACHES[own] ?? []).includes(entry.type) && !call.on("force"))
      return `Adding a cloud of type "${entry.type}" might not function correctly on this controller.\nIf you really want to do this, use --force.\n`;
    const regions = entry.regions ?? { default: {} };
    controller.clouds = { ...controller.clouds, [name]: { ...entry, regions } };
    return undefined;
  });
  if (said !== undefined) return said;
  const added = `Cloud "${name}" added to controller "${where}".\n`;
  const types = entry["auth-types"] ?? [];
  if (types.length === 0 || types.join() === "empty") return added;
  try {
    credentialFor(call, name);
    return `${added}Credential for cloud "${name}" added to controller "${where}".\n`;
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    return `${added}WARNING ${error.message}\n${uploadHint(name)}`;
  }
};

/** Adds a cloud to the controller that the line names; false where it could not be asked. */
export const addToController = (call: Call, name: string, entry: CloudEntry): boolean => {
  try {
    call.err(upload(call, name, entry));
    return true;
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    call.err(`Could not upload cloud to a controller: ${error.message}\n`);
    return false;
  }
};

/** Throws where the controller does not have the cloud, or has one of another type under its name. */
export const updateOnController = (call: Call, name: string, entry: CloudEntry): void => {
  reach(call, fail);
  call.inController((controller) => {
    needSuperuser(call, controller);
    const known = cloudsOn(call, controller)[name];
    if (known === undefined) throw new JujuError(`cloud "${name}" not found`);
    if (known.type !== entry.type)
      throw new JujuError(
        `cannot change cloud "${name}" type from "${known.type}" to "${entry.type}"`,
      );
    // Its own cloud stays as it was when it was bootstrapped.
    if (name === controller.cloud) return;
    controller.clouds = { ...controller.clouds, [name]: entry };
  });
};

/** False where the controller has no such cloud; throws while a model is on it. */
export const removeFromController = (call: Call, name: string): boolean => {
  reach(call, fail);
  return call.inController((controller) => {
    if (!isSuperuser(call, controller) && cloudAccess(controller, name, call.user) !== "admin")
      throw new JujuError("permission denied");
    if (name === controller.cloud) {
      const models = controller.models.length;
      throw new JujuError(
        call.profile.major === 3
          ? `cloud is used by ${models} model${models === 1 ? "" : "s"}`
          : `cannot delete cloud "${name}" as it is still referenced by models`,
      );
    }
    if (controller.clouds?.[name] === undefined) return false;
    controller.cloudAccess = { ...controller.cloudAccess, [name]: {} };
    controller.clouds = Object.fromEntries(
      Object.entries(controller.clouds).filter(([each]) => each !== name),
    );
    return true;
  });
};
