import { createHash } from "node:crypto";
import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { findApplication } from "../engine/find";
import { JujuError, usage } from "../errors";
import { ago } from "../render/time";
import { table } from "../render/tabular";
import type { Model, Secret, SecretRevision } from "../state";
import { mapIn } from "../yaml/read";

/** Secrets of a model: made, changed, shown, granted. */

const secretsOf = (model: Model): Secret[] => (model.secrets ??= []);

/** `secret:ID`, `secret://MODEL/ID`, an ID, or a name. */
const find = (model: Model, reference: string): Secret | undefined => {
  const [, id = reference] = /^secret:(?:\/\/[0-9a-f-]+\/)?([0-9a-z]{20})$/.exec(reference) ?? [];
  return secretsOf(model).find((each) => each.id === id || each.name === reference);
};

const need = (model: Model, reference: string): Secret => {
  const secret = find(model, reference);
  if (secret === undefined)
    throw new JujuError(
      `getting user secret for label "${reference}": secret with label "${reference}" not found (secret not found)`,
    );
  return secret;
};

const decoded = (call: Call, key: string, value: string): [string, string] => {
  const [, name = key, how] = /^(.*?)(?:#(base64|file))?$/.exec(key) ?? [];
  if (how === "file") return [name, readGiven(call, value)];
  return [name, how === "base64" ? Buffer.from(value, "base64").toString() : value];
};

/** A file of the command line: one that cannot be read makes the line wrong. */
const readGiven = (call: Call, name: string): string => {
  try {
    return call.read(name);
  } catch (error) {
    if (error instanceof JujuError) throw usage(error.message);
    throw error;
  }
};

/** What the pairs and the file of the command line say; a file's keys come last. */
const contentOf = (call: Call): Record<string, string> => {
  const pairs = call.words.slice(1).map((word): [string, string] => {
    const end = word.indexOf("=");
    return decoded(call, word.slice(0, end), word.slice(end + 1));
  });
  const file = call.flag("file");
  const more =
    file === undefined
      ? []
      : Object.entries(mapIn(readGiven(call, file))).map(([key, value]) =>
          decoded(call, key, String(value)),
        );
  return Object.fromEntries([...pairs, ...more]);
};

const revise = (rack: Rack, secret: Secret, content: Record<string, string>): void => {
  secret.revisions.push({ number: secret.nextRevision++, created: rack.now, content });
  secret.updated = rack.now;
};

const LETTERS = "0123456789abcdefghijklmnopqrstuv";

/** Juju's ids (xid): 20 letters of which the first tell the time. */
const newId = (rack: Rack, model: Model, name: string): string => {
  const random = rack.rng(`secret:${model.uuid}:${name}:${rack.now}`).hex(32);
  const letters = (random.match(/../g) ?? []).map(
    (pair) => LETTERS[Number.parseInt(pair, 16) % 32],
  );
  return `d${letters.join("")}`.padEnd(20, "0").slice(0, 20);
};

export const addSecret = (call: Call): number => {
  const [name = ""] = call.words;
  const content = contentOf(call);
  const id = call.inModel((model, rack) => {
    if (find(model, name) !== undefined)
      throw new JujuError(`secret with name "${name}" already exists`);
    const secret: Secret = {
      id: newId(rack, model, name),
      name,
      description: call.flag("info") ?? "",
      created: rack.now,
      updated: rack.now,
      revisions: [],
      nextRevision: 1,
      granted: [],
    };
    revise(rack, secret, content);
    secretsOf(model).push(secret);
    return secret.id;
  });
  call.out(`secret:${id}\n`);
  return 0;
};

export const updateSecret = (call: Call): number => {
  const [reference = ""] = call.words;
  const content = contentOf(call);
  call.inModel((model, rack) => {
    const secret = need(model, reference);
    const fresh = call.flag("name");
    if (fresh !== undefined && fresh !== secret.name && find(model, fresh) !== undefined)
      throw new JujuError(`secret with name "${fresh}" already exists`);
    secret.name = fresh ?? secret.name;
    secret.description = call.flag("info") ?? secret.description;
    if (Object.keys(content).length > 0) revise(rack, secret, content);
    secret.updated = rack.now;
    // Nobody in the rack tracks an old revision.
    if (call.on("auto-prune")) secret.revisions = secret.revisions.slice(-1);
  });
  return 0;
};

export const removeSecret = (call: Call): number => {
  const [reference = ""] = call.words;
  const revision = Number(call.flag("revision") ?? 0);
  call.inModel((model) => {
    const secret = find(model, reference);
    if (secret === undefined) {
      // One that is named by its id may be gone already.
      if (reference.startsWith("secret:")) return;
      throw new JujuError(
        `getting user secret for label "${reference}": secret with label "${reference}" not found`,
      );
    }
    const left = revision > 0 ? secret.revisions.filter((each) => each.number !== revision) : [];
    if (left.length > 0) secret.revisions = left;
    else model.secrets = secretsOf(model).filter((each) => each !== secret);
  });
  return 0;
};

const applicationsOf = (model: Model, list: string): string[] => {
  const names = list.split(",");
  const missing = names.filter((name) => findApplication(model, name) === undefined);
  if (missing.length > 0)
    throw new JujuError(missing.map((name) => `application "${name}" not found`).join("\n"));
  return names;
};

export const grantSecret = (call: Call): number => {
  const [reference = "", list = ""] = call.words;
  call.inModel((model) => {
    const secret = need(model, reference);
    secret.granted = [...new Set([...secret.granted, ...applicationsOf(model, list)])];
  });
  return 0;
};

export const revokeSecret = (call: Call): number => {
  const [reference = "", list = ""] = call.words;
  call.inModel((model) => {
    const secret = need(model, reference);
    const gone = applicationsOf(model, list);
    secret.granted = secret.granted.filter((name) => !gone.includes(name));
  });
  return 0;
};

const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

const checksum = (content: Record<string, string>): string => {
  const sorted = Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
  const encoded = Object.fromEntries(
    Object.entries(sorted).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  return createHash("sha256").update(JSON.stringify(encoded)).digest("hex");
};

interface Shown {
  reveal: boolean;
  revisions: boolean;
  access: boolean;
  revision?: SecretRevision | undefined;
}

const shown = (model: Model, secret: Secret, how: Shown): Record<string, unknown> => {
  const latest = secret.revisions.at(-1);
  const revision = how.revision ?? latest;
  return {
    revision: latest?.number ?? 0,
    ...(how.reveal && revision ? { checksum: checksum(revision.content) } : {}),
    owner: "<model>",
    ...(secret.description === "" ? {} : { description: secret.description }),
    name: secret.name,
    created: time(secret.created),
    updated: time(secret.updated),
    ...(how.reveal && revision ? { content: { Data: revision.content } } : {}),
    ...(how.revisions
      ? {
          revisions: secret.revisions.map((each) => ({
            revision: each.number,
            backend: "internal",
            created: time(each.created),
            updated: time(each.created),
          })),
        }
      : {}),
    ...(how.access && secret.granted.length > 0
      ? {
          access: secret.granted.map((name) => ({
            target: `application-${name}`,
            scope: `model-${model.uuid}`,
            role: "view",
          })),
        }
      : {}),
  };
};

export const showSecret = (call: Call): Promise<number> => {
  const [reference = ""] = call.words;
  const wanted = Number(call.flag("revision") ?? 0);
  const [reveal, revisions] = [call.on("reveal"), call.on("revisions")];
  const document = call.inModel((model) => {
    const secret = find(model, reference);
    const id = reference.replace(/^secret:(\/\/[0-9a-f-]+\/)?/, "");
    if (secret === undefined) throw new JujuError(`secret "${id}" not found`);
    const revision = secret.revisions.find((each) => each.number === wanted);
    if (wanted > 0 && revision === undefined)
      throw new JujuError(`secret revision "${secret.id}/${wanted}" not found`);
    return { [secret.id]: shown(model, secret, { reveal, revisions, access: true, revision }) };
  });
  return call.show(document);
};

export const secrets = (call: Call): Promise<number> | number => {
  const tabular = call.format === "" || call.format === "tabular";
  const reveal = call.on("reveal") && !tabular;
  if (call.on("reveal") && tabular) call.err("secret values are not shown in tabular format\n");
  const { rows, document } = call.inModel((model, rack) => ({
    rows: secretsOf(model).map((each) => [
      ...[each.id, each.name, "<model>", "never"],
      String(each.revisions.at(-1)?.number ?? 0),
      ago(each.updated, rack.now),
    ]),
    document: Object.fromEntries(
      secretsOf(model).map((each) => [
        each.id,
        shown(model, each, { reveal, revisions: false, access: false }),
      ]),
    ),
  }));
  if (!tabular) return call.show(document);
  call.out(table([["ID", "Name", "Owner", "Rotation", "Revision", "Last updated"], ...rows]));
  return 0;
};
