import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Action {
  name: string;
  method: string;
  op: string | null;
  doc: string;
}

export interface Handler {
  name: string;
  doc: string;
  params: string[];
  path: string;
  actions: Action[];
}

export interface Profile {
  url: string;
  /** consumer:token:secret; null for an anonymous profile. */
  credentials: string | null;
  description: {
    hash: string;
    resources: { name: string; auth: Handler | null; anon: Handler | null }[];
  };
}

export type Profiles = Record<string, Profile>;

/** The real command keeps SQLite here. Node 20 has none: the same name and mode, JSON inside. */
const database = (env: NodeJS.ProcessEnv): string => join(env.HOME ?? homedir(), ".maascli.db");

export const readProfiles = (env: NodeJS.ProcessEnv): Profiles => {
  try {
    return JSON.parse(readFileSync(database(env), "utf8")) as Profiles;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
};

export const writeProfiles = (env: NodeJS.ProcessEnv, profiles: Profiles): void => {
  const path = database(env);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(profiles), { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
};

/** `MachinesHandler` → `machines`, `BootResourceHandler` → `boot-resource`. */
const commandName = (handler: string): string =>
  (handler.match(/[A-Z]*[a-z0-9]+/g) ?? [])
    .map((part) => part.toLowerCase())
    .filter((part) => part !== "handler" && part !== "anon")
    .join("-");

/** The handlers a profile may use, by the name of their command. */
export const handlersOf = (profile: Profile): Map<string, Handler> => {
  const handlers = new Map<string, Handler>();
  for (const { auth, anon } of profile.description.resources) {
    const handler = profile.credentials === null ? (anon ?? auth) : (auth ?? anon);
    if (handler !== null) handlers.set(commandName(handler.name), handler);
  }
  return handlers;
};

export const actionName = (action: Action): string => action.name.replaceAll("_", "-");
