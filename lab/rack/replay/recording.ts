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
  state?: string;
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

const asCall = (line: number, entry: Record<string, unknown>): Call | undefined => {
  if (typeof entry.method === "string") {
    return { kind: "http", line, ...(entry as object) } as HttpCall;
  }
  if (!Array.isArray(entry.argv)) return undefined;
  const { argv, rc, stdout, stderr, t, part, state } = entry as unknown as CliCall;
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
  };
};

/** Reads a JSON-lines recording: an optional header, then one call a line. */
export const readRecording = (file: string): Recording => {
  const lines = readFileSync(file, "utf8").split("\n");
  const calls: Call[] = [];
  let header: Record<string, unknown> = {};
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const entry = JSON.parse(text) as Record<string, unknown>;
    const call = asCall(index + 1, entry);
    if (call !== undefined) calls.push(call);
    else if (index === 0) header = entry;
  }
  return { file, header, calls };
};
