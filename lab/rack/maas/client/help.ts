import {
  type Action,
  actionName,
  type Handler,
  handlersOf,
  type Profile,
  type Profiles,
} from "./profiles";

const LOCAL: [name: string, help: string][] = [
  ["login", "Log in to a remote API, and remember its description and credentials."],
  ["logout", "Log out of a remote API, purging any stored credentials."],
  ["list", "List remote APIs that have been logged-in to."],
  ["refresh", "Refresh the API descriptions of all profiles."],
  ["init", "Initialise MAAS in the specified run mode."],
  ["apikey", "Used to manage a user's API keys. Shows existing keys unless"],
  ["configauth", "Configure external authentication."],
  ["config-tls", "Configure MAAS Region TLS."],
  ["config-vault", "Configure MAAS Region Vault integration."],
  ["createadmin", "Create a MAAS administrator account."],
  ["changepassword", "Change a MAAS user's password."],
];

/** The list as Python's argparse lays it out: names in a column of the longest one's width, at most 24. */
const column = (entries: [name: string, help: string][]): string => {
  const longest = Math.max(...entries.map(([name]) => name.length));
  const position = Math.min(longest + 4, 24);
  const width = position - 6;
  return entries
    .map(([name, help]) =>
      name.length <= width
        ? `    ${name.padEnd(width)}  ${help}`
        : `    ${name}\n${" ".repeat(position)}${help}`,
    )
    .join("\n");
};

export const commandNames = (profiles: Profiles): string[] => [
  ...LOCAL.map(([name]) => name),
  ...Object.keys(profiles).sort(),
];

export const mainHelp = (profiles: Profiles): string => {
  const remote = Object.entries(profiles)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { url }]): [string, string] => [name, `Interact with ${url}`]);
  return `usage: maas [-h] COMMAND ...

options:
  -h, --help      show this help message and exit

drill down:
  COMMAND
${column([...LOCAL, ...remote])}

https://maas.io/`;
};

const title = (doc: string): string => doc.split("\n")[0] ?? "";

const body = (doc: string): string =>
  doc
    .split("\n")
    .slice(1)
    .filter((line) => !line.startsWith(":param"))
    .join("\n")
    .trim();

const OPTIONS = `options:
  --help, -h      Show this help message and exit.
  -d, --debug     Display more information about API responses.
  -k, --insecure  Disable SSL certificate check`;

export const commandHelp = (name: string, profile: Profile): string => {
  const entries = [...handlersOf(profile)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([command, handler]): [string, string] => [command, title(handler.doc)]);
  return `usage: maas ${name} [-h] COMMAND ...

Issue commands to the MAAS region controller at ${profile.url}.

options:
  -h, --help            show this help message and exit

drill down:
  COMMAND
${column(entries)}

This is a profile.  Any commands you issue on this
profile will operate on the MAAS region server.`;
};

/** The real command hides this one from its list. */
const HIDDEN = "is-action-in-progress";

export const visibleActions = (handler: Handler): Action[] =>
  handler.actions
    .filter((action) => actionName(action) !== HIDDEN)
    .sort((a, b) => (actionName(a) < actionName(b) ? -1 : 1));

export const handlerHelp = (profile: string, command: string, handler: Handler): string => {
  const entries = visibleActions(handler).map((action): [string, string] => [
    actionName(action),
    title(action.doc),
  ]);
  return `usage: maas ${profile} ${command} [-h] COMMAND ...

${title(handler.doc)}

options:
  -h, --help        show this help message and exit

drill down:
  COMMAND
${column(entries)}`;
};

export const takesData = (action: Action): boolean => action.doc.includes(":param");

export const actionHelp = (
  profile: string,
  command: string,
  handler: Handler,
  action: Action,
): string => {
  const positional = [...handler.params, ...(takesData(action) ? ["data"] : [])];
  const usage = [...handler.params, ...(takesData(action) ? ["[data ...]"] : [])].join(" ");
  const list =
    positional.length === 0 ? "" : `positional arguments:\n  ${positional.join("\n  ")}\n\n`;
  const text = body(action.doc);
  return `usage: maas ${profile} ${command} ${actionName(action)} [--help] [-d] [-k] ${usage}

${title(action.doc)}

${list}${OPTIONS}${text === "" ? "" : `\n\n${text}`}`;
};
