import type { IncomingMessage } from "node:http";

const add = (form: Map<string, string[]>, name: string, value: string): void => {
  form.set(name, [...(form.get(name) ?? []), value]);
};

/** multipart/form-data, as the maas command and Juju's client library send it. */
export const parseMultipart = (body: Buffer, boundary: string): Map<string, string[]> => {
  const form = new Map<string, string[]>();
  const mark = `--${boundary}`;
  // Latin-1 keeps every byte while the text is cut at the marks.
  for (const part of body.toString("latin1").split(mark).slice(1, -1)) {
    const end = part.indexOf("\r\n\r\n");
    const [, name] = /\bname="([^"]*)"/.exec(part.slice(0, end)) ?? [];
    if (end < 0 || name === undefined) continue;
    const value = part.slice(end + 4).replace(/\r\n$/, "");
    add(form, name, Buffer.from(value, "latin1").toString("utf8"));
  }
  return form;
};

const MAX_BYTES = 64 * 1024 ** 2;

/** The form of a request's body; empty for other content. */
export const readForm = async (incoming: IncomingMessage): Promise<Map<string, string[]>> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_BYTES) throw new Error(`a request body over ${MAX_BYTES} bytes`);
  }
  const body = Buffer.concat(chunks);
  const type = incoming.headers["content-type"] ?? "";
  const [, boundary] = /boundary="?([^";]+)"?/.exec(type) ?? [];
  if (boundary !== undefined) return parseMultipart(body, boundary);
  const form = new Map<string, string[]>();
  if (type.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(body.toString("utf8"))) add(form, name, value);
  }
  return form;
};
