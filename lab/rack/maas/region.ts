import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { takeFault } from "../core/faults";
import type { Rack } from "../core/rack";
import { open } from "../core/store";
import { MaasError } from "./errors";
import { readForm } from "./form";
import { operationOf } from "./handlers";
import { authenticate } from "./oauth";
import { pythonJson } from "./python";
import { checkReserved } from "./reserved";
import { type Answer, CREATED, EMPTY, Made, Params, Text } from "./request";
import { apiHash, describe, match, VM_HOST_HANDLERS } from "./table";
import { API } from "./render";

interface Reply {
  status: number;
  type: string;
  body: string | Buffer;
  headers?: Record<string, string>;
  /** Close the connection without a word. */
  cut?: boolean;
}

const plain = (status: number, body: string | Buffer): Reply => ({
  status,
  type: "text/plain; charset=utf-8",
  body,
});

const json = (status: number, body: string): Reply => ({
  status,
  type: "application/json",
  body,
});

const asReply = (answer: Answer): Reply => {
  if (answer === EMPTY) return plain(204, "");
  if (answer === CREATED) return plain(201, "");
  if (answer instanceof Text) return { status: 200, type: answer.type, body: answer.text };
  if (answer instanceof Made) return json(201, pythonJson(answer.value));
  return json(200, pythonJson(answer));
};

/** Operations that look at no key. */
const OPEN = new Set(["version read", "files get-by-key"]);

const ANYBODY = { anonymous: true } as const;

export interface Request {
  method: string;
  /** With query. */
  url: string;
  host: string;
  authorization: string | undefined;
  form: Map<string, string[]>;
  files?: Map<string, Buffer>;
}

const paramsOf = (request: Request, query: URLSearchParams): Params => {
  const values = new Map<string, string[]>();
  for (const [name, value] of query) {
    if (name === "op") continue;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  for (const [name, given] of request.form) if (name !== "op") values.set(name, given);
  return new Params(values, request.files);
};

const outage = (rack: Rack, request: Request): Reply | undefined => {
  const subject = `${request.method} ${request.url}`;
  if (takeFault(rack, "region-cuts", subject) !== undefined)
    return { ...plain(500, ""), cut: true };
  const busy = takeFault(rack, "region-unavailable", subject);
  if (busy === undefined) return undefined;
  return {
    ...plain(503, "The MAAS region is too busy to answer."),
    headers: { "Retry-After": String(busy.with?.seconds ?? 5) },
  };
};

/** One request on the rack's state. Refusals are answers: what faults counted before them is kept. */
export const answer = (rack: Rack, request: Request): Reply => {
  const broken = outage(rack, request);
  if (broken !== undefined) return broken;
  const url = new URL(request.url, "http://region");
  const path = url.pathname.startsWith(API) ? url.pathname.slice(API.length) : undefined;
  if (path === "/describe/") {
    const stale = takeFault(rack, "description-stale", "describe") !== undefined;
    const document = describe(stale ? "3.4" : rack.profile.maas, `http://${request.host}${API}`);
    return json(200, JSON.stringify(document));
  }
  // An empty op counts as none: Juju's client library sends it with every POST.
  const op = [url.searchParams.get("op"), request.form.get("op")?.at(-1)].find(Boolean) ?? null;
  const found = path === undefined ? undefined : match(rack.profile.maas, request.method, path, op);
  if (found === undefined) return plain(404, `Unknown API endpoint: ${url.pathname}.`);
  const open = OPEN.has(`${found.handler} ${found.action ?? ""}`);
  const who = open ? ANYBODY : authenticate(rack.maas.users, request.authorization);
  if ("refused" in who || takeFault(rack, "key-expired", request.url) !== undefined) {
    return plain(401, "refused" in who ? who.refused : "Authorization Error: Invalid API key.");
  }
  if ("anonymous" in who && !open) return plain(401, "");
  if (rack.profile.maas === "next" && VM_HOST_HANDLERS.has(found.handler)) {
    return plain(410, "VM hosts are no longer supported.");
  }
  if (found.action === undefined) {
    if (!found.methods.includes(request.method))
      return { ...plain(405, ""), headers: { Allow: found.methods.join(", ") } };
    return plain(400, `Unrecognised signature: method=${request.method} op=${op ?? "None"}`);
  }
  const operation = operationOf(rack.profile.maas, found.handler, found.action);
  const user = "user" in who ? who.user : rack.maas.users[0];
  if (operation === undefined || user === undefined) return plain(501, "Not Implemented");
  try {
    checkReserved(user, found.handler, found.action);
    const params = paramsOf(request, url.searchParams);
    return asReply(operation({ rack, user, path: found.params, params }));
  } catch (error) {
    if (!(error instanceof MaasError)) throw error;
    return error.body.startsWith("{")
      ? json(error.status, error.body)
      : plain(error.status, error.body);
  }
};

const handle = async (
  home: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { fields: form, files } = await readForm(incoming);
  const { method = "GET", url = "/", headers } = incoming;
  const host = headers.host ?? "localhost";
  const request = { method, url, host, authorization: headers.authorization, form, files };
  const { reply, profile } = open(home, (rack) => ({
    reply: answer(rack, request),
    profile: rack.profile.maas,
  }));
  if (reply.cut === true) {
    incoming.socket.destroy();
    return;
  }
  const body = typeof reply.body === "string" ? Buffer.from(reply.body, "utf8") : reply.body;
  response.writeHead(reply.status, {
    "Content-Type": reply.type,
    "Content-Length": body.length,
    "X-MAAS-API-Hash": apiHash(profile),
    Vary: "Authorization",
    ...reply.headers,
  });
  response.end(body);
};

/** Starts the region; it keeps nothing between requests, so it can be killed at any moment. */
export const startRegion = (home: string, host: string, port: number): Promise<Server> => {
  const server = createServer((incoming, response) => {
    handle(home, incoming, response).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      response.writeHead(500, { "Content-Type": "text/plain" });
      response.end(text);
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
};

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
