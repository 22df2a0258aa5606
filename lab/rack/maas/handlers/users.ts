import { invalid, MaasError, notFound } from "../errors";
import { nextNumber } from "../numbers";
import { API, renderUser } from "../render";
import { type Call, EMPTY, type Handler, path } from "../request";
import type { User } from "../state";

const userOf = (call: Call): User => {
  const found = call.rack.maas.users.find((each) => each.username === path(call, "username"));
  if (found === undefined) throw notFound("User");
  return found;
};

export const users: Handler = {
  read: ({ rack }) => rack.maas.users.map(renderUser),
  whoami: ({ user }) => renderUser(user),
  create: (call) => {
    const { maas } = call.rack;
    const username = call.params.required("username");
    call.params.required("password");
    if (maas.users.some((each) => each.username === username)) {
      throw invalid({ username: ["A user with that username already exists."] });
    }
    const user: User = {
      username,
      email: call.params.required("email"),
      superuser: call.params.flag("is_superuser"),
      keys: [],
      sshKeys: [],
    };
    maas.users.push(user);
    return renderUser(user);
  },
};

export const user: Handler = {
  read: (call) => renderUser(userOf(call)),
  delete: (call) => {
    const found = userOf(call);
    const { maas } = call.rack;
    if (found === call.user) throw new MaasError(400, "An administrator cannot self-delete.");
    if (maas.machines.some((machine) => machine.owner === found.username)) {
      throw new MaasError(
        400,
        `User ${found.username} cannot be deleted: 1 node(s) are still allocated.`,
      );
    }
    maas.users = maas.users.filter((each) => each !== found);
    return EMPTY;
  },
};

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";

export const account: Handler = {
  "create-authorisation-token": ({ rack, user, params }) => {
    const rng = rack.rng(`key:${user.username}:${user.keys.length}`);
    const key = {
      name: params.get("name") ?? "MAAS consumer",
      consumer: rng.letters(18, LETTERS),
      token: rng.letters(18, LETTERS),
      secret: rng.letters(32, LETTERS),
    };
    user.keys.push(key);
    return {
      token_key: key.token,
      token_secret: key.secret,
      consumer_key: key.consumer,
      name: key.name,
    };
  },
  "delete-authorisation-token": ({ user, params }) => {
    const token = params.required("token_key");
    if (!user.keys.some((key) => key.token === token)) throw notFound("Token");
    user.keys = user.keys.filter((key) => key.token !== token);
    return EMPTY;
  },
  "list-authorisation-tokens": ({ user }) =>
    user.keys.map((key) => ({
      name: key.name,
      token: `${key.consumer}:${key.token}:${key.secret}`,
    })),
  "update-token-name": ({ user, params }) => {
    const key = user.keys.find((each) => params.required("token").split(":").includes(each.token));
    if (key === undefined) throw notFound("Token");
    key.name = params.required("name");
    return null;
  },
};

const renderSshKey = (key: User["sshKeys"][number]) => ({
  key: key.key,
  id: key.id,
  keysource: key.source ?? "",
  resource_uri: `${API}/account/prefs/sshkeys/${key.id}/`,
});

export const sshkeys: Handler = {
  read: ({ user }) => user.sshKeys.map(renderSshKey),
  create: ({ rack, user, params }) => {
    const key = params.required("key").trim();
    if (!/^(ssh-(rsa|ed25519|dss)|ecdsa-\S+) [A-Za-z0-9+/=]{16,}/.test(key)) {
      throw invalid({ key: ["Invalid SSH public key."] });
    }
    if (user.sshKeys.some((each) => each.key === key)) {
      throw invalid({ key: ["This key has already been added for this user."] });
    }
    const record = { id: nextNumber(rack.maas, "sshkey"), key, source: null };
    user.sshKeys.push(record);
    return renderSshKey(record);
  },
  import: () => {
    throw new MaasError(400, "Unable to import SSH keys. There are no SSH keys for that account.");
  },
};

export const sshkey: Handler = {
  read: ({ user, path: { id } }) => {
    const key = user.sshKeys.find((each) => String(each.id) === id);
    if (key === undefined) throw notFound("SSHKey");
    return renderSshKey(key);
  },
  delete: ({ user, path: { id } }) => {
    if (!user.sshKeys.some((each) => String(each.id) === id)) throw notFound("SSHKey");
    user.sshKeys = user.sshKeys.filter((each) => String(each.id) !== id);
    return EMPTY;
  },
};
