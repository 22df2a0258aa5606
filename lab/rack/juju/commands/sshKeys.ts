import { createHash } from "node:crypto";
import type { Call } from "../call";
import { qualifiedName } from "../engine/find";
import type { Model } from "../state";

/** Public keys that open a model's machines. */

interface Key {
  text: string;
  blob: Buffer;
  comment: string;
}

/** How many fields a key has behind its type. */
const FIELDS: Record<string, number> = {
  "ssh-rsa": 2,
  "ssh-dss": 4,
  "ssh-ed25519": 1,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
};

/** The fields of a key's blob; undefined where it ends before one does. */
const fieldsOf = (blob: Buffer): Buffer[] | undefined => {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
};

const keyOf = (text: string): Key | undefined => {
  const [type = "", encoded = "", ...comment] = text.trim().split(/\s+/);
  const blob = Buffer.from(encoded, "base64");
  const fields = fieldsOf(blob);
  const wanted = FIELDS[type];
  if (fields === undefined || wanted === undefined || fields.length !== wanted + 1)
    return undefined;
  if (fields[0]?.toString() !== type) return undefined;
  return { text, blob, comment: comment.join(" ") };
};

const md5 = (data: Buffer | string): string =>
  (createHash("md5").update(data).digest("hex").match(/../g) ?? []).join(":");

const sha256 = (data: Buffer): string =>
  `SHA256:${createHash("sha256").update(data).digest("base64").replace(/=+$/, "")}`;

/** Keys that Juju 3 puts into every model: the client's and the controller's. */
const INTERNAL = ["juju-client-key", "juju-system-key"];

const keysOf = (model: Model): Key[] => (model.sshKeys ?? []).flatMap((text) => keyOf(text) ?? []);

const refusal = (call: Call, known: Key[], text: string): string | undefined => {
  const key = keyOf(text);
  const three = call.profile.major === 3;
  const several = `one or more public keys to be added for user "admin"`;
  if (key === undefined) return three ? `invalid ssh key: ${text}` : `${several} is invalid`;
  if (INTERNAL.includes(key.comment))
    return three
      ? `may not add key with comment ${key.comment}: ${text}`
      : `${several} contains a restricted comment`;
  if (known.some((each) => each.blob.equals(key.blob)))
    return three ? `duplicate ssh key: ${text}` : `${several} already exist`;
  return undefined;
};

/** Juju 3 takes the keys that it can; Juju 4 takes all or none, and blames the first. */
export const addSshKey = (call: Call): number => {
  const refused = call.inModel((model) => {
    const known = keysOf(model);
    const taken: string[] = [];
    const said: [string, string][] = [];
    for (const text of call.words) {
      const reason = refusal(call, known, text);
      if (reason !== undefined) said.push([text, reason]);
      else {
        taken.push(text);
        known.push(...[keyOf(text)].filter((each) => each !== undefined));
      }
    }
    const [first] = said;
    if (call.profile.major === 4 && first !== undefined)
      return [[call.words[0] ?? "", first[1]] satisfies [string, string]];
    model.sshKeys = [...(model.sshKeys ?? []), ...taken];
    return said;
  });
  for (const [text, reason] of refused)
    call.err(`cannot add key ${JSON.stringify(text)}: ${reason}\n`);
  return 0;
};

const isKey = (key: Key, id: string): boolean =>
  [md5(key.blob), sha256(key.blob), key.comment, key.text].includes(id);

/** Names a key by its fingerprint or comment; Juju 4 also by the key itself, and says nothing of others. */
export const removeSshKey = (call: Call): number => {
  const three = call.profile.major === 3;
  const refused = call.inModel((model) => {
    const keys = keysOf(model);
    const reason = (id: string): string | undefined => {
      if (INTERNAL.includes(id)) return `may not delete internal key: ${id}`;
      const found = keys.some((key) => isKey(key, id) && key.text !== id);
      return found ? undefined : `key not found: ${id}`;
    };
    const said = three
      ? call.words.flatMap((id) => {
          const why = reason(id);
          return why === undefined ? [] : [[id, why] as const];
        })
      : [];
    const gone = call.words.filter((id) => !said.some(([each]) => each === id));
    model.sshKeys = (model.sshKeys ?? []).filter((text) => {
      const key = keyOf(text);
      return key === undefined || !gone.some((id) => isKey(key, id));
    });
    return said;
  });
  for (const [id, reason] of refused)
    call.err(`cannot remove key id ${JSON.stringify(id)}: ${reason}\n`);
  return 0;
};

const listed = (call: Call, key: Key): string => {
  if (call.on("full")) return key.text;
  if (call.profile.major === 4) return sha256(key.blob);
  return `${md5(key.blob)}${key.comment === "" ? "" : ` (${key.comment})`}`;
};

export const sshKeys = (call: Call): number => {
  const { lines, name } = call.inModel((model, _rack, controller) => {
    const own = keysOf(model).map((key) => listed(call, key));
    if (call.profile.major === 4) return { lines: own, name: qualifiedName(model) };
    const internal = INTERNAL.map((comment) => `${md5(controller.uuid + comment)} (${comment})`);
    return { lines: [...internal, ...own], name: qualifiedName(model) };
  });
  if (lines.length === 0) {
    call.err("No keys to display.\n");
    return 0;
  }
  call.out(`Keys used in model: ${name}\n${lines.join("\n")}\n`);
  return 0;
};
