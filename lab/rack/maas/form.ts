import type { IncomingMessage } from "node:http";

/** What a request's body says. A part that is a file is among the fields as text, and among the files as it is. */
export interface Form {
  fields: Map<string, string[]>;
  files: Map<string, Buffer>;
}

const add = ({ fields }: Form, name: string, value: string): void => {
  fields.set(name, [...(fields.get(name) ?? []), value]);
};

const empty = (): Form => ({ fields: new Map(), files: new Map() });

/** multipart/form-data, as MAAS's clients and Juju's library send it. */
export const parseMultipart = (body: Buffer, boundary: string): Form => {
  const form = empty();
  const mark = `--${boundary}`;
  // Latin-1 keeps every byte while the text is cut at the marks.
  for (const part of body.toString("latin1").split(mark).slice(1, -1)) {
    const end = part.indexOf("\r\n\r\n");
    const head = part.slice(0, end);
    const [, name] = /\bname="([^"]*)"/.exec(head) ?? [];
    if (end < 0 || name === undefined) continue;
    const given = part.slice(end + 4).replace(/\r\n$/, "");
    // Canonical's own clients write every part in base64.
    const encoded = /^content-transfer-encoding:\s*base64\s*$/im.test(head);
    const value = Buffer.from(given, encoded ? "base64" : "latin1");
    add(form, name, value.toString("utf8"));
    if (/\bfilename="/.test(head)) form.files.set(name, value);
  }
  return form;
};

const MAX_BYTES = 64 * 1024 ** 2;

/** The form of a request's body; empty for other content. */
export const readForm = async (incoming: IncomingMessage): Promise<Form> => {
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
  const form = empty();
  if (type.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(body.toString("utf8"))) add(form, name, value);
  }
  return form;
};
