import { takeFault } from "../core/faults";
import { open } from "../core/store";
import type { Io, Rack, Tool } from "../core/rack";
import { hook } from "../juju/engine/hooks";
import type { Application, Model, Unit } from "../juju/state";
import { createToken, initialise, sealStatus, unseal } from "./operator";
import { clusterOf, tokenOf, type Cluster } from "./state";

/** What a command works on: the unit that listens at VAULT_ADDR. */
export interface Place {
  rack: Rack;
  model: Model;
  application: Application;
  unit: Unit;
  cluster: Cluster;
  address: string;
}

/** An answer of Vault's HTTP API, or of the client itself. */
export class VaultError extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(text);
  }
}

const httpError = (method: string, url: string, code: number, ...errors: string[]): VaultError =>
  new VaultError(
    2,
    `Error making API request.\n\nURL: ${method} ${url}\nCode: ${code}. Errors:\n\n${errors
      .map((error) => `* ${error}`)
      .join("\n")}`,
  );

const findUnit = (rack: Rack, address: string): Omit<Place, "cluster"> | undefined => {
  const host = /^https?:\/\/\[?([^\]/:]+)\]?:8200\/?$/.exec(address)?.[1];
  for (const controller of rack.juju.controllers) {
    for (const model of controller.models) {
      for (const application of model.applications.filter((each) => each.charm === "vault")) {
        for (const unit of application.units) {
          const machine = model.machines.find((each) => each.id === unit.machine);
          if (host === undefined || machine?.addresses.includes(host) !== true) continue;
          if (unit.started && !unit.lost) return { rack, model, application, unit, address };
        }
      }
    }
  }
  return undefined;
};

const place = (rack: Rack, address: string, path: string): Place => {
  const found = findUnit(rack, address);
  if (found === undefined || takeFault(rack, "vault-unreachable", address) !== undefined) {
    const host = address.replace(/^https?:\/\//, "").replace(/\/$/, "");
    throw new VaultError(
      2,
      `Get "${address}/v1/${path}": dial tcp ${host}: connect: connection refused`,
    );
  }
  return { ...found, cluster: clusterOf(rack, found.model, found.application) };
};

interface Words {
  words: string[];
  flags: Record<string, string>;
}

const split = (argv: string[]): Words => {
  const result: Words = { words: [], flags: {} };
  for (const word of argv) {
    const [, name, value] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) result.words.push(word);
    else result.flags[name] = value ?? "true";
  }
  return result;
};

/** The charm looks at Vault again within its next update-status. */
const noticeSoon = ({ rack, application }: Place): void => {
  for (const unit of application.units) {
    if (!unit.started || unit.queue.some((each) => each.name === "update-status")) continue;
    const seconds = rack.rng(`update-status:${unit.name}:${rack.now}`).int(20, 200);
    unit.queue.push(hook("update-status", rack.now + seconds * 1000));
  }
};

const printer = (io: Io, format: string) => (value: Record<string, unknown>, rows: unknown[][]) => {
  if (format === "json") {
    io.out(`${JSON.stringify(value, null, 2)}\n`);
    return;
  }
  const width = Math.max(3, ...rows.map(([key]) => String(key).length)) + 4;
  const line = (key: string, text: string): string => `${key.padEnd(width)}${text}\n`;
  io.out(line("Key", "Value") + line("---", "-----"));
  for (const [key, text] of rows) io.out(line(String(key), String(text)));
};

const statusRows = (status: Record<string, unknown>): unknown[][] => [
  ["Seal Type", status.type],
  ["Initialized", status.initialized],
  ["Sealed", status.sealed],
  ["Total Shares", status.n],
  ["Threshold", status.t],
  ["Unseal Progress", `${String(status.progress)}/${String(status.t)}`],
  ["Version", status.version],
  ["Storage Type", status.storage_type],
  ["HA Enabled", status.ha_enabled],
];

const needToken = (at: Place, env: NodeJS.ProcessEnv, method: string, path: string): void => {
  const url = `${at.address}/v1/${path}`;
  if (!at.unit.flags.includes("unsealed")) throw httpError(method, url, 503, "Vault is sealed");
  const token = env.VAULT_TOKEN ?? "";
  if (token === "") throw httpError(method, url, 400, "missing client token");
  if (tokenOf(at.cluster, token, at.rack.now) === undefined)
    throw httpError(method, url, 403, "permission denied");
};

type Handler = (call: {
  given: Words;
  io: Io;
  env: NodeJS.ProcessEnv;
  at: (path: string) => Place;
  print: ReturnType<typeof printer>;
}) => number;

const giveKey = (at: Place, key: string, print: ReturnType<typeof printer>): number => {
  const url = `${at.address}/v1/sys/unseal`;
  const wrong = unseal(at, key.trim());
  if (wrong !== undefined) throw httpError("PUT", url, 400, wrong);
  noticeSoon(at);
  const status = sealStatus(at);
  print(status, statusRows(status));
  return 0;
};

const handlers: Record<string, Handler> = {
  version: ({ io }) => {
    io.out("Vault v1.8.8 (9f0c2ec4b0f8ba0dbb5f2bc3ddbd7d8c0cb5dd0e)\n");
    return 0;
  },
  status: ({ at, print }) => {
    const status = sealStatus(at("sys/seal-status"));
    print(status, statusRows(status));
    return status.sealed === true ? 2 : 0;
  },
  "operator init": ({ given, at, print }) => {
    const here = at("sys/init");
    const shares = Number(given.flags["key-shares"] ?? 5);
    const threshold = Number(given.flags["key-threshold"] ?? 3);
    const url = `${here.address}/v1/sys/init`;
    if (given.flags.status === "true") return here.cluster.initialized ? 0 : 2;
    if (here.cluster.initialized) throw httpError("PUT", url, 400, "Vault is already initialized");
    if (threshold > shares || shares < 1 || (shares > 1 && threshold < 2)) {
      throw httpError(
        "PUT",
        url,
        400,
        "invalid seal configuration: threshold cannot be larger than shares",
      );
    }
    const made = initialise(here, shares, threshold);
    noticeSoon(here);
    print(made, [
      ...here.cluster.keys.map(({ base64 }, index) => [`Unseal Key ${index + 1}:`, base64]),
      ["Initial Root Token:", here.cluster.rootToken],
    ]);
    return 0;
  },
  "operator unseal": ({ given, io, at, print }) => {
    const here = at("sys/seal-status");
    if (given.flags.reset === "true") {
      here.cluster.progress[here.unit.name] = [];
      return 0;
    }
    const key = given.words[0] ?? (io.stdoutIsTerminal ? io.stdin().trim() : "");
    if (key === "") {
      throw new VaultError(
        1,
        "Unseal Key (will be hidden): \nError asking for unseal key: file descriptor 0 is not a terminal",
      );
    }
    return giveKey(here, key, print);
  },
  "operator seal": ({ at, env, io }) => {
    const here = at("sys/seal");
    needToken(here, env, "PUT", "sys/seal");
    here.unit.flags = here.unit.flags.filter((flag) => flag !== "unsealed");
    here.cluster.progress[here.unit.name] = [];
    noticeSoon(here);
    io.out("Success! Vault is sealed.\n");
    return 0;
  },
  write: ({ given, io, at, print }) => {
    const [path = "", ...pairs] = given.words;
    if (path.replace(/^\//, "") !== "sys/unseal")
      throw new VaultError(
        2,
        `Error writing data to ${path}: the rack's Vault writes sys/unseal only`,
      );
    const pair = pairs.find((each) => each.startsWith("key="))?.slice(4);
    if (pair === undefined) throw new VaultError(1, "Must supply data or use -force");
    return giveKey(at(path), pair === "-" ? io.stdin() : pair, print);
  },
  "token create": ({ given, at, env, print }) => {
    const here = at("auth/token/create");
    needToken(here, env, "POST", "auth/token/create");
    const made = createToken(here, given.flags.ttl ?? "768h", env.VAULT_TOKEN ?? "");
    const auth = made.auth as Record<string, unknown>;
    print(made, [
      ["token", auth.client_token],
      ["token_accessor", auth.accessor],
      ["token_duration", given.flags.ttl ?? "768h"],
      ["token_renewable", auth.renewable],
      ["token_policies", '["root"]'],
    ]);
    return 0;
  },
  login: ({ given, io, at, print }) => {
    const here = at("auth/token/lookup-self");
    const word = given.words[0] ?? "";
    const token = (word === "-" ? io.stdin() : word).trim();
    const url = `${here.address}/v1/auth/token/lookup-self`;
    if (!here.unit.flags.includes("unsealed")) throw httpError("GET", url, 503, "Vault is sealed");
    const known = tokenOf(here.cluster, token, here.rack.now);
    if (known === undefined) throw httpError("GET", url, 403, "permission denied");
    const auth = { client_token: token, accessor: known.accessor, policies: known.policies };
    print({ request_id: "", lease_id: "", lease_duration: 0, renewable: false, data: null, auth }, [
      ["token", token],
      ["token_accessor", known.accessor],
    ]);
    return 0;
  },
};

/** The `vault` command. */
export const run: Tool = (argv, io, env, home) => {
  const name = [argv.slice(0, 2).join(" "), argv[0] ?? ""].find((each) => each in handlers);
  const handler = name === undefined ? undefined : handlers[name];
  if (name === undefined || handler === undefined) {
    io.err(
      "Usage: vault <command> [args]\n\nCommon commands:\n    login operator status token write version\n",
    );
    return 127;
  }
  const given = split(argv.slice(name.split(" ").length));
  const address = (env.VAULT_ADDR ?? "https://127.0.0.1:8200").replace(/\/$/, "");
  const print = printer(io, given.flags.format ?? env.VAULT_FORMAT ?? "table");
  try {
    return open(home, (rack) =>
      handler({ given, io, env, print, at: (path) => place(rack, address, path) }),
    );
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    const what = { status: "checking seal status", "operator init": "initializing" }[name];
    io.err(what === undefined ? `${error.message}\n` : `Error ${what}: ${error.message}\n`);
    // `vault status` keeps 2 for a Vault that is sealed.
    return name === "status" ? 1 : error.status;
  }
};
