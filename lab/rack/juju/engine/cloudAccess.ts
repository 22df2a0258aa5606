import { JujuError } from "../errors";
import { compareText } from "../render/order";
import type { Controller } from "../state";
import { OWNER } from "./find";
import { findUser } from "./users";

/** Who may do what with the clouds of a controller. */

const LEVELS = ["add-model", "admin"] as const;
export type CloudLevel = (typeof LEVELS)[number];

const rank = (level: string | undefined): number =>
  (LEVELS as readonly (string | undefined)[]).indexOf(level);

const isLocal = (name: string): boolean => !name.includes("@") || name.endsWith("@local");

const bare = (name: string): string => name.replace(/@local$/, "");

/** What a user was granted; undefined: nothing. Superusers need no grant. */
export const cloudAccess = (
  controller: Controller,
  cloud: string,
  user: string,
): CloudLevel | undefined =>
  user === OWNER ? "admin" : controller.cloudAccess?.[cloud]?.[bare(user)];

/** May the user make models on the cloud? */
export const mayUseCloud = (controller: Controller, cloud: string, user: string): boolean =>
  findUser(controller, user)?.access === "superuser" ||
  cloudAccess(controller, cloud, user) !== undefined;

type Shown = Record<string, { "display-name"?: string; access: CloudLevel }>;

/** The users of a cloud as `viewer` may see them: whoever does not administer it sees only himself. */
export const cloudUsers = (controller: Controller, cloud: string, viewer: string): Shown => {
  const superuser = findUser(controller, viewer)?.access === "superuser";
  const all = superuser || cloudAccess(controller, cloud, viewer) === "admin";
  const granted = { ...controller.cloudAccess?.[cloud], [OWNER]: "admin" as const };
  return Object.fromEntries(
    Object.entries(granted)
      .filter(([name]) => all || name === viewer)
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([name, access]) => {
        const user = findUser(controller, name);
        if (user === undefined && isLocal(name)) return [];
        const shown = user?.displayName ?? name;
        return [[name, { ...(shown === "" ? {} : { "display-name": shown }), access }]];
      }),
  );
};

const keep = (
  controller: Controller,
  cloud: string,
  user: string,
  level: CloudLevel | undefined,
): void => {
  const users = { ...controller.cloudAccess?.[cloud] };
  if (level === undefined) delete users[user];
  else users[user] = level;
  controller.cloudAccess = { ...controller.cloudAccess, [cloud]: users };
};

export interface CloudGrant {
  cloud: string;
  user: string;
  level: CloudLevel;
  grants: boolean;
}

/** Juju 3: what is not there cannot be taken away. */
const change3 = (controller: Controller, { cloud, user, level, grants }: CloudGrant): void => {
  const name = bare(user);
  const had = cloudAccess(controller, cloud, name);
  if (grants) {
    const fail = (reason: string): never => {
      throw new JujuError(`could not grant cloud access: ${reason}`);
    };
    if (isLocal(user) && findUser(controller, name) === undefined)
      fail(`user "${name}" does not exist locally: user "${name}" not found`);
    if (rank(had) >= rank(level)) fail(`user already has "${level}" access or greater`);
    keep(controller, cloud, name, level);
    return;
  }
  const what = level === "admin" ? "set cloud access to add-model" : "revoke cloud access";
  if (had === undefined)
    throw new JujuError(
      `could not ${what}: user permission for "us#${name}" on "cloud#${cloud}" not found`,
    );
  keep(controller, cloud, name, level === "admin" ? "add-model" : undefined);
};

/** Juju 4: users must be active, and what is not there may be taken away. */
const change4 = (controller: Controller, { cloud, user, level, grants }: CloudGrant): void => {
  const name = bare(user);
  const found = findUser(controller, name);
  if (isLocal(user) && (found === undefined || found.disabled))
    throw new JujuError(`active users "${name}": user not found`);
  const had = cloudAccess(controller, cloud, name);
  if (grants && rank(had) >= rank(level))
    throw new JujuError(`user "${name}" already has "${level}" access or greater`);
  if (grants) keep(controller, cloud, name, level);
  else if (had !== undefined)
    keep(controller, cloud, name, level === "admin" ? "add-model" : undefined);
};

/** Grants a level or revokes it; of `admin` there stays `add-model`, of that nothing. */
export const changeCloudAccess = (
  controller: Controller,
  major: 3 | 4,
  change: CloudGrant,
): void => (major === 3 ? change3(controller, change) : change4(controller, change));
