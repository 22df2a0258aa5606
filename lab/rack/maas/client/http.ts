import { request as httpRequest } from "node:http";

export interface Response {
  status: number;
  reason: string;
  headers: [name: string, value: string][];
  body: Buffer;
}

/** How the real client words the system's refusals. */
const ERRNO: Record<string, string> = {
  ECONNREFUSED: "[Errno 111] Connection refused",
  ECONNRESET: "[Errno 104] Connection reset by peer",
  EHOSTUNREACH: "[Errno 113] No route to host",
  ENETUNREACH: "[Errno 101] Network is unreachable",
  ETIMEDOUT: "[Errno 110] Connection timed out",
  ENOTFOUND: "[Errno -2] Name or service not known",
  EAI_AGAIN: "[Errno -3] Temporary failure in name resolution",
};

export class ConnectionError extends Error {}

const encode = (text: string): string => encodeURIComponent(text);

/** An OAuth 1.0 header with a PLAINTEXT signature, the only kind MAAS takes. */
export const authorization = (credentials: string): string => {
  const [consumer = "", token = "", secret = ""] = credentials.split(":");
  const fields = {
    oauth_nonce: String(Math.floor(Math.random() * 1e8)),
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    oauth_version: "1.0",
    oauth_signature_method: "PLAINTEXT",
    oauth_consumer_key: consumer,
    oauth_token: token,
    oauth_signature: `&${secret}`,
  };
  const pairs = Object.entries(fields).map(([name, value]) => `${name}="${encode(value)}"`);
  return `OAuth ${pairs.join(", ")}`;
};

const pairs = (raw: string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""]] : []));

/** `env`: a fault of the whole call can refuse the connection (core/callFaults.ts). */
export const send = async (
  env: NodeJS.ProcessEnv,
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<Response> => {
  if (env.RACK_REFUSED === "1") throw new ConnectionError(ERRNO.ECONNREFUSED);
  const secure = url.startsWith("https:");
  const start = secure ? (await import("node:https")).request : httpRequest;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": String(body.length) };
    const outgoing = start(
      url,
      { method, headers: { ...headers, ...length }, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", fail);
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            reason: incoming.statusMessage ?? "",
            headers: pairs(incoming.rawHeaders),
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new ConnectionError(ERRNO[error.code ?? ""] ?? error.message));
    outgoing.on("error", fail);
    outgoing.end(body);
  });
};
