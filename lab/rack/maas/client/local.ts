import type { Io } from "../../core/rack";
import { plainError, UsageError } from "./errors";
import { authorization, ConnectionError, send } from "./http";
import { type Profile, type Profiles, writeProfiles } from "./profiles";

const LOGIN_HELP = `usage: maas login [-h] [-k] [--cacerts CACERTS] profile_name url [credentials]

Log in to a remote API, and remember its description and credentials.

positional arguments:
  profile_name       The name with which you will later refer to this remote
                     server and credentials within this tool.
  url                The URL of the remote API, e.g. http://example.com/MAAS/
                     or http://example.com/MAAS/api/2.0/ if you wish to specify
                     the API version.
  credentials        The credentials, also known as the API key, for the remote
                     MAAS server.

options:
  -h, --help         show this help message and exit
  -k, --insecure     Disable SSL certificate check`;

/** The API's root for what a person gives as the URL. */
const apiUrl = (text: string): string => {
  const url = text.endsWith("/") ? text : `${text}/`;
  return /\/api\/[0-9.]+\/$/.test(url) ? url : `${url}api/2.0/`;
};

const connected = async <T>(help: string, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConnectionError) throw new UsageError(help, error.message);
    throw error;
  }
};

const fetchDescription = async (
  env: NodeJS.ProcessEnv,
  help: string,
  url: string,
): Promise<Profile["description"]> => {
  const response = await connected(help, send(env, "GET", `${url}describe/`, {}));
  if (response.status !== 200) {
    throw plainError(
      `Unable to fetch the API description: unexpected response: ${response.status} ${response.reason}`,
    );
  }
  return JSON.parse(response.body.toString("utf8")) as Profile["description"];
};

const keyFrom = (given: string | undefined, io: Io): string | null => {
  const text = given === "-" ? (io.stdin().split("\n")[0] ?? "").trim() : given;
  if (text === undefined || text === "") return null;
  if (text.split(":").length !== 3) {
    const message = `Malformed credentials. Expected 3 colon-separated parts, got '${text}'.`;
    throw new UsageError(LOGIN_HELP, message);
  }
  return text;
};

export const login = async (
  argv: string[],
  io: Io,
  env: NodeJS.ProcessEnv,
  profiles: Profiles,
): Promise<number> => {
  const words = argv.filter((word) => word !== "-k" && word !== "--insecure");
  if (words.includes("--help") || words.includes("-h")) {
    io.out(`${LOGIN_HELP}\n`);
    return 0;
  }
  const [name, given, key, ...rest] = words;
  if (name === undefined || given === undefined) {
    const missing = name === undefined ? "profile_name, url" : "url";
    throw new UsageError(LOGIN_HELP, `the following arguments are required: ${missing}`);
  }
  if (rest.length > 0)
    throw new UsageError(LOGIN_HELP, `unrecognized arguments: ${rest.join(" ")}`);
  if (!/^https?:\/\//.test(given)) {
    throw new UsageError(LOGIN_HELP, `argument url: invalid api_url value: '${given}'`);
  }
  const url = apiUrl(given);
  const credentials = keyFrom(key, io);
  const description = await fetchDescription(env, LOGIN_HELP, url);
  if (credentials !== null) {
    const headers = { Authorization: authorization(credentials) };
    const response = await connected(
      LOGIN_HELP,
      send(env, "GET", `${url}users/?op=whoami`, headers),
    );
    if (response.status === 401) throw plainError("The MAAS server rejected your API key.");
    if (response.status !== 200) {
      throw plainError(`The MAAS server gave an unexpected response: ${response.status}`);
    }
  }
  writeProfiles(env, { ...profiles, [name]: { url, credentials, description } });
  io.out(`
You are now logged in to the MAAS server at ${url} with the
profile name '${name}'.

For help with the available commands, try:

  maas ${name} --help


`);
  return 0;
};

export const logout = (argv: string[], env: NodeJS.ProcessEnv, profiles: Profiles): number => {
  const [name] = argv;
  if (name === undefined) {
    throw new UsageError(
      "usage: maas logout [-h] profile_name",
      "the following arguments are required: profile_name",
    );
  }
  const { [name]: gone, ...others } = profiles;
  if (gone !== undefined) writeProfiles(env, others);
  return 0;
};

/** Prints the keys in clear, as the real command does. */
export const list = (io: Io, profiles: Profiles): number => {
  for (const [name, { url, credentials }] of Object.entries(profiles)) {
    io.out(`${[name, url, ...(credentials === null ? [] : [credentials])].join(" ")}\n`);
  }
  return 0;
};

export const refresh = async (
  io: Io,
  env: NodeJS.ProcessEnv,
  profiles: Profiles,
): Promise<number> => {
  for (const profile of Object.values(profiles)) {
    profile.description = await fetchDescription(env, "usage: maas refresh [-h]", profile.url);
  }
  writeProfiles(env, profiles);
  return 0;
};

/** `maas apikey --username NAME`: what the region's own command reads from its database. */
export const storedKey = async (argv: string[], io: Io, home: string): Promise<number> => {
  const { open } = await import("../../core/store");
  const text = argv.join(" ");
  const [, name] = /--username[= ](\S+)/.exec(text) ?? [];
  if (name === undefined) {
    throw new UsageError(
      "usage: maas apikey [-h] [--username USERNAME] [--generate] [--delete DELETE]",
      "You must provide a username with --username.",
      1,
    );
  }
  const user = open(home, (rack) => rack.maas.users.find((each) => each.username === name));
  if (user === undefined) throw plainError("CommandError: User does not exist.");
  for (const key of user.keys) io.out(`${key.consumer}:${key.token}:${key.secret}\n`);
  return 0;
};
