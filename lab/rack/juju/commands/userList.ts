import type { Call } from "../call";
import { OWNER } from "../engine/find";
import { findUser, grantedOn, isUserName, usersOf } from "../engine/users";
import { JujuError } from "../errors";
import { ago, taskTime } from "../render/time";
import { table } from "../render/tabular";
import type { Controller, JujuUser } from "../state";

/** What there is to see of a controller's users. */

type Shown = Record<string, string | boolean>;

const seenText = (call: Call, seen: number | null, now: number): string => {
  if (seen === null) return "never connected";
  return call.on("exact-time") ? taskTime(seen) : ago(seen, now);
};

const shownUser = (call: Call, user: JujuUser, now: number): Shown => ({
  "user-name": user.name,
  ...(user.displayName === "" ? {} : { "display-name": user.displayName }),
  access: user.disabled ? "" : user.access,
  "date-created": call.on("exact-time") ? taskTime(user.created) : ago(user.created, now),
  // Whoever asks is connected.
  "last-connection": seenText(call, user.name === call.user ? now : user.seen, now),
  ...(user.disabled ? { disabled: true } : {}),
});

/** Users that Juju 4 makes by itself. */
const builtIn = (created: string): Shown[] => [
  {
    "user-name": "juju-metrics",
    "display-name": "Juju Metrics",
    access: "login",
    "date-created": created,
    "last-connection": "never connected",
  },
  { "user-name": "everyone@external", access: "" },
];

/** Others than superusers see themselves only. */
const visible = (call: Call, controller: Controller): JujuUser[] => {
  const all = usersOf(controller).filter((each) => call.on("all") || !each.disabled);
  const superuser = findUser(controller, call.user)?.access === "superuser";
  return superuser ? all : all.filter((each) => each.name === call.user);
};

const text = (value: string | boolean | undefined): string => String(value ?? "");

const controllerUsers = (call: Call): number | Promise<number> => {
  const list = call.inController((controller, rack) => {
    const own = visible(call, controller).map((each) => shownUser(call, each, rack.now));
    if (call.profile.major === 3 || call.user !== OWNER) return own;
    return [...own, ...builtIn(ago(controller.created, rack.now))];
  });
  if (call.format === "json" || call.format === "yaml") return call.show(list);
  call.out(
    `Controller: ${call.controllerName(1)}\n\n${table([
      ["Name", "Display name", "Access", "Date created", "Last connection"],
      ...list.map((each) => [
        `${text(each["user-name"])}${each["user-name"] === call.user ? "*" : ""}`,
        text(each["display-name"]),
        text(each.access),
        text(each["date-created"]),
        `${text(each["last-connection"])}${each.disabled === true ? " (disabled)" : ""}`,
      ]),
    ])}`,
  );
  return 0;
};

const modelUsers = (call: Call, name: string): number | Promise<number> => {
  call.inController(() => undefined);
  call.args.flags.set("model", [`${call.controllerName(1)}:${name}`]);
  const users = call.inModel((model, rack, controller) =>
    usersOf(controller).flatMap((user) => {
      const access = grantedOn(model)[user.name];
      if (access === undefined) return [];
      const seen = seenText(call, user.name === call.user ? rack.now : user.seen, rack.now);
      const named = user.displayName === "" ? {} : { "display-name": user.displayName };
      return [[user.name, { ...named, access, "last-connection": seen }] as const];
    }),
  );
  if (call.format === "json" || call.format === "yaml") return call.show(Object.fromEntries(users));
  call.out(
    table([
      ["Name", "Display name", "Access", "Last connection"],
      ...users.map(([user, shown]) => [
        user === call.user ? `${user}*` : user,
        text((shown as Shown)["display-name"]),
        shown.access,
        shown["last-connection"],
      ]),
    ]),
  );
  return 0;
};

export const users = (call: Call): number | Promise<number> => {
  const [model] = call.words;
  return model === undefined ? controllerUsers(call) : modelUsers(call, model);
};

export const showUser = (call: Call): Promise<number> => {
  const [given] = call.words;
  const shown = call.inController((controller, rack) => {
    const name = given ?? call.user;
    if (!isUserName(name)) throw new JujuError(`"${name}" is not a valid username`);
    const superuser = findUser(controller, call.user)?.access === "superuser";
    const user = superuser || name === call.user ? findUser(controller, name) : undefined;
    if (user === undefined) throw new JujuError(`${name}: permission denied`);
    return shownUser(call, user, rack.now);
  });
  return call.show(shown);
};

export const whoami = (call: Call): number | Promise<number> => {
  const controller = call.client.controllers()["current-controller"];
  if (controller === undefined) {
    call.err(
      "There is no current controller.\nRun juju controllers to see available controllers.\n",
    );
    return 0;
  }
  const current = call.client.models().controllers[controller]?.["current-model"];
  const user = call.client.accounts().controllers[controller]?.user;
  if (user === undefined) {
    call.err(
      `You are not logged in to controller "${controller}" and model "${current ?? ""}".\nRun juju login if you want to login.\n`,
    );
    return 0;
  }
  // Somebody's own models go by their bare names.
  const model = current?.startsWith(`${user}/`) === true ? current.slice(user.length + 1) : current;
  const shown = { controller, ...(model === undefined ? {} : { model }), user };
  if (call.format === "json" || call.format === "yaml") return call.show(shown);
  call.out(
    `Controller:  ${controller}\nModel:       ${model ?? "<no-current-model>"}\nUser:        ${user}\n`,
  );
  return 0;
};
