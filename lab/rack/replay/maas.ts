import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drivenClock, EPOCH, moveClock } from "../core/clock";
import type { Io } from "../core/rack";
import { open, reset } from "../core/store";
import { run } from "../maas/client";
import { answer, portOf, type Request, startRegion } from "../maas/region";
import { differences, leadingKeys, parseJson, typeName } from "./compare";
import type { CliCall, HttpCall, Recording } from "./recording";
import { adoptFromCli, machinesIn, prepareForHttp, timeNeeded } from "./world";

/** A call whose answer is not the recorded one. */
export interface Difference {
  file: string;
  line: number;
  call: string;
  expected: string;
  got: string;
}

export interface Outcome {
  calls: number;
  differences: Difference[];
}

const API_KEY = "consumer:token:secret";
const RECORDED_HOST = "127.0.0.1:5240";

const makeRack = (home: string): void =>
  reset(
    home,
    {
      name: "empty",
      random: "replay",
      profile: { maas: "3.4", juju: "3.6.25" },
      apiKey: API_KEY,
      cloud: null,
    },
    drivenClock(0),
    true,
  );

const look = { costsTime: false };

/** Ids of the recording → ids of this rack, learnt from answers that belong together. */
type Ids = Map<string, string>;

const learn = (ids: Ids, expected: unknown, got: unknown): void => {
  const theirs = machinesIn(expected);
  const ours = machinesIn(got);
  for (const [index, machine] of theirs.entries()) {
    const own = ours[index];
    if (own !== undefined && own.hostname === machine.hostname)
      ids.set(machine.system_id, own.system_id);
  }
};

const mapped = (ids: Ids, word: string): string => {
  const [, key = "", value = word] = /^([\w-]+=)?([\s\S]*)$/.exec(word) ?? [];
  return `${key}${ids.get(value) ?? value}`;
};

/** `zone` and `pool` of a digest are names; in answers they are objects. */
const asDigest = (expected: unknown, got: unknown): unknown => {
  if (Array.isArray(expected) && Array.isArray(got)) {
    return got.map((item, index) => asDigest(expected[index] ?? expected[0], item));
  }
  if (typeName(expected) !== "object" || typeName(got) !== "object") return got;
  const own = got as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(expected as Record<string, unknown>).map(([key, value]) => {
      const found = own[key];
      const named = typeName(found) === "object" && typeof value === "string";
      return [key, named ? (found as { name?: unknown }).name : found];
    }),
  );
};

const PYTHON_TYPES: Record<string, string> = {
  NoneType: "null",
  str: "string",
  int: "number",
  float: "number",
  bool: "boolean",
  list: "list",
  dict: "object",
};

/** Every machine answer has exactly the recorded region's fields, of its types where there is a value. */
const machineKeys = (keys: Record<string, string>, got: unknown): string[] =>
  machinesIn(got).flatMap((machine) => {
    const own = machine as unknown as Record<string, unknown>;
    if (!("status_name" in own)) return [];
    const missing = Object.keys(keys).filter((key) => !(key in own));
    const extra = Object.keys(own).filter((key) => !(key in keys) && key !== "constraints_by_type");
    const wrong = Object.entries(keys).filter(([key, type]) => {
      const found = typeName(own[key]);
      return key in own && type !== "NoneType" && found !== "null" && found !== PYTHON_TYPES[type];
    });
    return [
      ...missing.map((key) => `field ${key} missing`),
      ...extra.map((key) => `field ${key} not recorded`),
      ...wrong.map(([key]) => `field ${key} of another type`),
    ];
  });

interface Got {
  rc: number;
  stdout: string;
  stderr: string;
}

const compareCli = (call: CliCall, got: Got, keys: Record<string, string>): string[] => {
  const found: string[] = [];
  if (call.rc !== got.rc) found.push(`rc: expected ${call.rc}, got ${got.rc}`);
  const value = parseJson(got.stdout);
  if (call.digest !== undefined)
    found.push(...differences(call.digest, asDigest(call.digest, value)));
  if (call.stdout !== undefined) {
    const expected = parseJson(call.stdout);
    const asObject = call.rc === 0 && typeof expected === "object";
    if (asObject) found.push(...differences(expected, value));
    else if (call.stdout !== got.stdout) found.push(`stdout: ${JSON.stringify(got.stdout)}`);
  }
  const tail = call.stderrTail ?? call.stderr;
  if (tail !== undefined && !got.stderr.endsWith(tail))
    found.push(`stderr: ${got.stderr.slice(-tail.length)}`);
  if (got.rc === 0) found.push(...machineKeys(keys, value));
  return found;
};

const replayCli = async (recording: Recording, calls: CliCall[]): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  const home = join(folder, "rack");
  makeRack(home);
  const server = await startRegion(home, "127.0.0.1", 0);
  const host = `127.0.0.1:${portOf(server)}`;
  const env = { HOME: folder };
  const invoke = async (argv: string[]): Promise<Got> => {
    const got: Got = { rc: 0, stdout: "", stderr: "" };
    const io: Io = {
      out: (text) => void (got.stdout += text.toString()),
      err: (text) => (got.stderr += text),
      stdin: () => "",
      stdoutIsTerminal: false,
    };
    got.rc = await run(
      argv.slice(1).map((word) => word.replace(RECORDED_HOST, host)),
      io,
      env,
      home,
    );
    return {
      ...got,
      stdout: got.stdout.replaceAll(host, RECORDED_HOST),
      stderr: got.stderr.replaceAll(host, RECORDED_HOST),
    };
  };
  const profile = calls.find((call) => call.rc === 0 && call.argv.length > 2)?.argv[1] ?? "lab";
  await invoke(["maas", "login", profile, `http://${RECORDED_HOST}/MAAS/`, API_KEY]);
  const ids: Ids = new Map();
  const outcome: Outcome = { calls: calls.length, differences: [] };
  const keys = (recording.header.machine_keys ?? {}) as Record<string, string>;
  for (const call of calls) {
    open(
      home,
      (rack) => {
        adoptFromCli(rack, call, calls, new Set(ids.keys()));
        const target = call.t === undefined ? timeNeeded(rack, call) : EPOCH + call.t * 1000;
        moveClock(rack.clock, Math.max(0, (target - rack.now) / 1000));
      },
      look,
    );
    const got = await invoke(call.argv.map((word) => mapped(ids, word)));
    learn(ids, call.digest ?? parseJson(call.stdout ?? ""), parseJson(got.stdout));
    const found =
      keys.system_id === undefined ? compareCli(call, got, {}) : compareCli(call, got, keys);
    if (found.length > 0) outcome.differences.push(cliDifference(recording.file, call, found));
  }
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
  return outcome;
};

const cliDifference = (file: string, call: CliCall, found: string[]): Difference => ({
  file,
  line: call.line,
  call: call.argv.join(" "),
  expected: `rc ${call.rc} ${JSON.stringify(call.digest ?? call.stdout ?? "").slice(0, 300)}`,
  got: found.join("; "),
});

const authorization = (): string =>
  'OAuth oauth_version="1.0", oauth_signature_method="PLAINTEXT", oauth_consumer_key="consumer", oauth_token="token", oauth_signature="%26secret"';

const idsIn = (body: string): string[] =>
  [...body.matchAll(/"system_id": "([^"]+)"/g)].map(([, id = ""]) => id);

/** Follows which machines a recording has given back. */
const followReleases = (released: Set<string>, call: HttpCall): void => {
  if (call.path.includes("op=release")) for (const id of call.form.machines ?? []) released.add(id);
  if (call.path.includes("op=allocate")) for (const id of idsIn(call.body)) released.delete(id);
};

const compareHttp = (
  call: HttpCall,
  status: number,
  body: string,
  released: Set<string>,
): string[] => {
  if (status !== call.code) return [`status ${status} ${body.slice(0, 200)}`];
  // The recorded server kept agent_name after a release; the real region clears it (maas-golden.jsonl).
  const ids = idsIn(call.body);
  if (body === "[]" && ids.length > 0 && ids.every((id) => released.has(id))) return [];
  if (!call.body.startsWith("{") && !call.body.startsWith("[")) return [];
  const recorded = leadingKeys(call.body);
  const own = leadingKeys(body);
  return [...recorded].flatMap(([key, type]) => {
    const found = own.get(key);
    if (found === undefined) return [`key ${key} missing`];
    return found === type || found === "null" || type === "null"
      ? []
      : [`key ${key}: ${found}, not ${type}`];
  });
};

/** Requests as Juju's provider made them; their bodies are cut, so statuses, keys and types are compared. */
const replayHttp = (recording: Recording, calls: HttpCall[]): Outcome => {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  const home = join(folder, "rack");
  makeRack(home);
  const outcome: Outcome = { calls: calls.length, differences: [] };
  const start = calls[0]?.t ?? 0;
  const released = new Set<string>();
  for (const call of calls) {
    const request: Request = {
      method: call.method,
      url: call.path,
      host: RECORDED_HOST,
      authorization: authorization(),
      form: new Map(Object.entries(call.form)),
    };
    open(
      home,
      (rack) =>
        moveClock(rack.clock, Math.max(0, (EPOCH + (call.t - start) * 1000 - rack.now) / 1000)),
      look,
    );
    const reply = open(
      home,
      (rack) => {
        prepareForHttp(rack, call, calls);
        return answer(rack, request);
      },
      look,
    );
    const { status } = reply;
    const body = reply.body.toString();
    followReleases(released, call);
    const found = compareHttp(call, status, body, released);
    if (found.length === 0) continue;
    const { file } = recording;
    const text = `${call.method} ${call.path} ${JSON.stringify(call.form).slice(0, 200)}`;
    const expected = `${call.code} ${call.body.slice(0, 200)}`;
    outcome.differences.push({
      file,
      line: call.line,
      call: text,
      expected,
      got: found.join("; "),
    });
  }
  rmSync(folder, { recursive: true, force: true });
  return outcome;
};

/** Replays the `maas` calls and MAAS requests of a recording on a fresh rack. */
export const replayMaas = async (recording: Recording): Promise<Outcome> => {
  const cli = recording.calls.filter(
    (call): call is CliCall => call.kind === "cli" && call.argv[0] === "maas",
  );
  const http = recording.calls.filter((call): call is HttpCall => call.kind === "http");
  const outcomes = [
    cli.length > 0 ? await replayCli(recording, cli) : undefined,
    http.length > 0 ? replayHttp(recording, http) : undefined,
  ].filter((each) => each !== undefined);
  return {
    calls: outcomes.reduce((sum, each) => sum + each.calls, 0),
    differences: outcomes.flatMap((each) => each.differences),
  };
};
