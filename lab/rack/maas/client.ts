import type { Io, Tool } from "../core/rack";
import { UsageError } from "./client/errors";
import { commandHelp, commandNames, mainHelp } from "./client/help";
import { list, login, logout, refresh, storedKey } from "./client/local";
import { type Profile, readProfiles } from "./client/profiles";
import { runAction } from "./client/remote";

/**
 * The `maas` command: a generic client of the description that `login` stored, as the real one is.
 * Exit statuses, streams and texts: maas:src/maascli [3.4].
 */
const dispatch = async (
  argv: string[],
  io: Io,
  env: NodeJS.ProcessEnv,
  home: string,
): Promise<number> => {
  const profiles = readProfiles(env);
  const [command, ...rest] = argv;
  if (command === undefined || command === "--help" || command === "-h") {
    io.out(`${mainHelp(profiles)}\n`);
    return 0;
  }
  if (command === "login") return login(rest, io, env, profiles);
  if (command === "logout") return logout(rest, env, profiles);
  if (command === "list") return list(io, profiles);
  if (command === "refresh") return refresh(io, env, profiles);
  if (command === "apikey") return storedKey(rest, io, home);
  const profile: Profile | undefined = profiles[command];
  if (profile === undefined) {
    const names = commandNames(profiles);
    if (names.includes(command)) {
      io.err(`maas ${command}: the region of this rack is set up already.\n`);
      return 1;
    }
    const choices = names.map((name) => `'${name}'`).join(", ");
    throw new UsageError(
      mainHelp(profiles),
      `argument COMMAND: invalid choice: '${command}' (choose from ${choices})`,
    );
  }
  if (rest.length === 0 || rest[0] === "--help" || rest[0] === "-h") {
    if (rest.length === 0) throw new UsageError(commandHelp(command, profile), "too few arguments");
    io.out(`${commandHelp(command, profile)}\n`);
    return 0;
  }
  return runAction(command, profile, rest, io, env);
};

export const run: Tool = async (argv, io, env, home) => {
  try {
    return await dispatch(argv, io, env, home);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err(error.help === "" ? `${error.message}\n` : `${error.help}\n\n${error.message}\n`);
    return error.status;
  }
};
