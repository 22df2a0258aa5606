import { readFileSync } from "node:fs";

/** A recorded call of a command. */
export interface CliCall {
  kind: "cli";
  line: number;
  argv: string[];
  rc: number;
  stdout?: string;
  /** Long JSON reduced to chosen fields. */
  digest?: unknown;
  stderr?: string;
  stderrTail?: string;
  /** Seconds since the recording began, where it was kept. */
  t?: number;
  part?: string;
  /** Version of the client that was asked, where a recording has several. */
  version?: string;
  /** What the client knew: `empty`, `known` (a controller with a foreign CA) or `local` (what came before). */
  state?: string;
  stdin?: string;
  /** Another process held the client's lock. */
  locked?: boolean;
  /** Files of the client that were recorded after the call. */
  files?: Record<string, RecordedFile>;
  /** The files were changed by a call that is not in the recording: they stand so before this call. */
  filesBefore?: Record<string, RecordedFile>;
  /** A remark of the recorder, for example that a poll gave up. */
  note?: string;
}

export interface RecordedFile {
  /** Octal, as Python writes it. */
  mode: string;
  dir: boolean;
  text?: string;
}

/** A recorded HTTP request; its body may be cut. */
export interface HttpCall {
  kind: "http";
  line: number;
  t: number;
  method: string;
  path: string;
  form: Record<string, string[]>;
  code: number;
  body: string;
}

export type Call = CliCall | HttpCall;

export interface Recording {
  file: string;
  header: Record<string, unknown>;
  calls: Call[];
}

const asCli = (line: number, entry: Record<string, unknown>): CliCall => {
  const { argv, rc, stdout, stderr, t, part, state, stdin, note } = entry as unknown as CliCall;
  return {
    kind: "cli",
    line,
    argv,
    rc,
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    ...("stdout_digest" in entry ? { digest: entry.stdout_digest } : {}),
    ...(typeof entry.stderr_tail === "string" ? { stderrTail: entry.stderr_tail } : {}),
    ...(t === undefined ? {} : { t }),
    ...(part === undefined ? {} : { part }),
    ...(state === undefined ? {} : { state }),
    ...(typeof entry.v === "string" ? { version: entry.v } : {}),
    ...(stdin === undefined ? {} : { stdin }),
    ...("lock_held" in entry ? { locked: true } : {}),
    ...(note === undefined ? {} : { note }),
  };
};

const asCall = (line: number, entry: Record<string, unknown>): Call | undefined => {
  if (typeof entry.method === "string") {
    return { kind: "http", line, ...(entry as object) } as HttpCall;
  }
  return Array.isArray(entry.argv) ? asCli(line, entry) : undefined;
};

const asEntry = (place: string, text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error(`${place} is no JSON; a recording has one JSON object on each line`);
  }
};

/** Commands that write no file of the client: what is listed after one was left by a call that is not in the recording. */
const READING = new Set(["clouds", "controllers", "credentials", "models", "show-credential"]);

const mayWrite = (call: Call): boolean => call.kind === "cli" && !READING.has(call.argv[1] ?? "");

/** Reads a JSON-lines recording: an optional header, then one call a line; lines about files belong to a call. */
export const readRecording = (file: string): Recording => {
  const lines = readFileSync(file, "utf8").split("\n");
  const calls: Call[] = [];
  let header: Record<string, unknown> = {};
  let before: Record<string, RecordedFile> | undefined;
  let fresh = false;
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const entry = asEntry(`${file}:${index + 1}`, text);
    const call = asCall(index + 1, entry);
    const files = entry.files as Record<string, RecordedFile> | undefined;
    const last = calls.at(-1);
    if (call !== undefined) {
      if (call.kind === "cli" && before !== undefined) call.filesBefore = before;
      before = undefined;
      fresh = mayWrite(call);
      calls.push(call);
    } else if (files !== undefined && last?.kind === "cli" && fresh) {
      last.files = files;
      fresh = false;
    } else if (files !== undefined) before = files;
    else if (index === 0) header = entry;
  }
  return { file, header, calls };
};
