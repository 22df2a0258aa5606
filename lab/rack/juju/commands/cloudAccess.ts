import type { Call } from "../call";
import { changeCloudAccess, cloudAccess, type CloudLevel } from "../engine/cloudAccess";
import { findUser, isUserName } from "../engine/users";
import { JujuError, refusals } from "../errors";
import type { Controller } from "../state";

/** `grant-cloud` and `revoke-cloud`: what a user may do with clouds of the controller. */

const refuse = (call: Call, controller: Controller, cloud: string, user: string): void => {
  const { major } = call.profile;
  const denied = (allowed: boolean): void => {
    if (!allowed) throw new JujuError("permission denied");
  };
  const superuser = findUser(controller, call.user)?.access === "superuser";
  // Juju 4 does not ask whether there is such a cloud.
  if (major === 4) denied(superuser || cloudAccess(controller, cloud, call.user) === "admin");
  else if (cloud !== controller.cloud && controller.clouds?.[cloud] === undefined)
    throw new JujuError(`cloud "${cloud}" not found`);
  if (user.replace(/@local$/, "") === call.user)
    throw new JujuError("cannot change your own cloud access");
  if (major === 3) denied(superuser);
};

const changeAll = (call: Call, grants: boolean): number => {
  const [user = "", access = "", ...clouds] = call.words;
  const level = (access === "addmodel" ? "add-model" : access) as CloudLevel;
  const failures = call.inController((controller) => {
    if (!isUserName(user)) throw new JujuError(`invalid username: "${user}"`);
    return refusals(clouds, (cloud) => {
      refuse(call, controller, cloud, user);
      changeCloudAccess(controller, call.profile.major, { cloud, user, level, grants });
    });
  });
  if (failures.length > 0) throw new JujuError(failures.join("\n"));
  return 0;
};

export const grantCloud = (call: Call): number => changeAll(call, true);
export const revokeCloud = (call: Call): number => changeAll(call, false);
