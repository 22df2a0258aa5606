import { readFileSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import type { Io } from "../../core/rack";
import { plainError, UsageError } from "./errors";
import { actionHelp, commandHelp, handlerHelp, takesData, visibleActions } from "./help";
import { authorization, ConnectionError, type Response, send } from "./http";
import { type Action, actionName, type Handler, handlersOf, type Profile } from "./profiles";

interface Datum {
  name: string;
  value: Buffer;
  isFile: boolean;
}

/** The command is a strict snap: of files it sees those of the home that are not hidden. */
const readVisible = (path: string, env: NodeJS.ProcessEnv): Buffer => {
  const inHome = relative(env.HOME ?? "/", resolve(path));
  const outside = inHome.startsWith("..") || isAbsolute(inHome);
  const hidden = inHome.split("/").some((part) => part.startsWith(".") && part !== "..");
  if (env.RACK_UNCONFINED !== "1") {
    if (outside) throw new Error(`[Errno 2] No such file or directory: '${path}'`);
    if (hidden) throw new Error(`[Errno 13] Permission denied: '${path}'`);
  }
  try {
    return readFileSync(path);
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === "EACCES";
    const text = denied ? "[Errno 13] Permission denied" : "[Errno 2] No such file or directory";
    throw new Error(`${text}: '${path}'`);
  }
};

const parseDatum = (word: string, env: NodeJS.ProcessEnv): Datum => {
  const [, name = "", at, value = ""] = /^([^=@]*)(@?)=([\s\S]*)$/.exec(word) ?? [];
  if (name === "") throw plainError(`'${word}' is not a name=value or name@=filename pair`);
  if (at === "@") return { name, value: readVisible(value, env), isFile: true };
  return { name, value: Buffer.from(value, "utf8"), isFile: false };
};

const multipart = (data: Datum[]): { body: Buffer; type: string } => {
  const boundary = `${Date.now().toString(16)}${process.pid.toString(16)}rack`;
  const parts = data.flatMap(({ name, value, isFile }) => {
    const file = isFile ? `; filename="${name}"` : "";
    const type = isFile ? "application/octet-stream" : 'text/plain; charset="utf-8"';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\nContent-Type: ${type}\r\nMIME-Version: 1.0\r\n\r\n`;
    return [Buffer.from(head), value, Buffer.from("\r\n")];
  });
  const body = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
  return { body, type: `multipart/form-data; boundary="${boundary}"` };
};

const printHeaders = (response: Response, io: Io): void => {
  const width = Math.max(...response.headers.map(([name]) => name.length));
  const lines = response.headers.map(([name, value]) => `${name.padStart(width)}: ${value}`);
  io.err(`${[`Status: ${response.status}`, ...lines].join("\n")}\n\n`);
};

const STARS = "*".repeat(70);

const warnOfOldDescription = (profile: Profile, response: Response, io: Io): void => {
  const served = response.headers.find(([name]) => name.toLowerCase() === "x-maas-api-hash");
  if (served === undefined || served[1] === profile.description.hash) return;
  io.err(`${STARS}
*** WARNING! The API on the server differs from the description that is
*** cached locally. This may result in failed API calls. Refresh the local
*** API description with \`maas refresh\`.
${STARS}
`);
};

const print = (response: Response, debug: boolean, io: Io): number => {
  if (debug) printHeaders(response, io);
  const success = response.status >= 200 && response.status < 300;
  if (success && io.stdoutIsTerminal) io.out("Success.\nMachine-readable output follows:\n");
  io.out(response.body);
  if (io.stdoutIsTerminal) io.out("\n");
  return success ? 0 : 2;
};

interface Parsed {
  positional: string[];
  data: Datum[];
  debug: boolean;
}

const FLAGS = new Set(["-d", "--debug", "-k", "--insecure"]);

const parse = (
  help: string,
  handler: Handler,
  action: Action,
  words: string[],
  env: NodeJS.ProcessEnv,
): Parsed => {
  const plain = words.filter((word) => !FLAGS.has(word));
  const unknown = plain.filter((word) => /^-{1,2}[a-z]/i.test(word));
  const values = plain.filter((word) => !unknown.includes(word));
  const positional = values.slice(0, handler.params.length);
  const rest = values.slice(handler.params.length);
  if (positional.length < handler.params.length) {
    const missing = handler.params.slice(positional.length);
    const names = [...missing, ...(takesData(action) ? ["data"] : [])].join(", ");
    throw new UsageError(help, `the following arguments are required: ${names}`);
  }
  const extra = [...unknown, ...(takesData(action) ? [] : rest)];
  if (extra.length > 0) throw new UsageError(help, `unrecognized arguments: ${extra.join(" ")}`);
  try {
    const data = rest.map((word) => parseDatum(word, env));
    return { positional, data, debug: words.includes("-d") || words.includes("--debug") };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(help, error instanceof Error ? error.message : String(error));
  }
};

const choose = (help: string, word: string, names: string[]): UsageError =>
  new UsageError(
    help,
    `argument COMMAND: invalid choice: '${word}' (choose from ${names.map((name) => `'${name}'`).join(", ")})`,
  );

const find = (name: string, profile: Profile, command: string, actionWord: string | undefined) => {
  const handlers = handlersOf(profile);
  const handler = handlers.get(command);
  if (handler === undefined)
    throw choose(commandHelp(name, profile), command, [...handlers.keys()].sort());
  const help = handlerHelp(name, command, handler);
  if (actionWord === undefined) throw new UsageError(help, "too few arguments");
  const action = handler.actions.find((each) => actionName(each) === actionWord);
  if (action === undefined && actionWord !== "--help" && actionWord !== "-h") {
    throw choose(help, actionWord, visibleActions(handler).map(actionName));
  }
  return { handler, action, help };
};

/** `maas PROFILE HANDLER ACTION …`: one request, its body on standard output as it came. */
export const runAction = async (
  name: string,
  profile: Profile,
  words: string[],
  io: Io,
  env: NodeJS.ProcessEnv,
): Promise<number> => {
  const [command = "", actionWord, ...rest] = words;
  const { handler, action, help: outline } = find(name, profile, command, actionWord);
  if (action === undefined) {
    io.out(`${outline}\n`);
    return 0;
  }
  const help = actionHelp(name, command, handler, action);
  if (rest.includes("--help") || rest.includes("-h")) {
    io.out(`${help}\n`);
    return 0;
  }
  const { positional, data, debug } = parse(help, handler, action, rest, env);
  const place = handler.params.reduce(
    (path, param, index) => path.replace(`{${param}}`, encodeURIComponent(positional[index] ?? "")),
    handler.path,
  );
  const query = new URLSearchParams(action.op === null ? {} : { op: action.op });
  const inQuery = action.method === "GET" || action.method === "DELETE";
  if (inQuery) for (const datum of data) query.append(datum.name, datum.value.toString("utf8"));
  const search = query.size === 0 ? "" : `?${query.toString()}`;
  const url = `${new URL(place, profile.url).href}${search}`;
  const headers: Record<string, string> = {};
  if (profile.credentials !== null) headers.Authorization = authorization(profile.credentials);
  const form = inQuery ? undefined : multipart(data);
  if (form !== undefined) headers["Content-Type"] = form.type;
  try {
    const response = await send(env, action.method, url, headers, form?.body);
    warnOfOldDescription(profile, response, io);
    return print(response, debug, io);
  } catch (error) {
    if (error instanceof ConnectionError) throw new UsageError(help, error.message);
    throw error;
  }
};
