import { invalid, notFound } from "../errors";
import { nextNumber } from "../numbers";
import { API } from "../render";
import { type Call, EMPTY, type Handler, path } from "../request";
import type { PlainRecord } from "../state";
import { CHOICE } from "./networks";

/** Records that MAAS checks and keeps: each kind is a table of its fields. */

/** What a field becomes; `before` is undefined for a new record. */
export type Field = (call: Call, name: string, before: unknown) => unknown;

export interface Kind {
  /** Where its records are in the state. */
  name: string;
  /** Django's name of the model, for refusals. */
  model: string;
  /** Placeholders of the path that name a record, which are fields of it. */
  keys?: string[];
  fields: Record<string, Field>;
  /** Refuses what no single field shows to be wrong. */
  check?: (call: Call, record: PlainRecord, others: PlainRecord[]) => void;
  /** What is kept and not shown. */
  hidden?: string[];
  /** What an answer shows in place of what is kept. */
  show?: (call: Call, record: PlainRecord) => object;
  /** What follows the API's path in a record's address. */
  place: (record: PlainRecord) => string;
}

const blank = (value: string | undefined): value is undefined | "" =>
  value === undefined || value === "";

export const text =
  (fallback = ""): Field =>
  (call, name, before) =>
    call.params.get(name) ?? before ?? fallback;

export const required: Field = (call, name, before) =>
  before === undefined ? call.params.required(name) : (call.params.get(name) ?? before);

/** Empty is null. */
export const nullable: Field = (call, name, before) => {
  const given = call.params.get(name);
  if (given === undefined) return before ?? null;
  return given === "" ? null : given;
};

export const flag =
  (fallback: boolean): Field =>
  (call, name, before) =>
    call.params.flag(name, typeof before === "boolean" ? before : fallback);

export const integer =
  (fallback: number | null): Field =>
  (call, name, before) => {
    const given = call.params.get(name);
    if (given === undefined) return before ?? fallback;
    if (given === "") return fallback;
    if (!/^\d+$/.test(given)) throw invalid({ [name]: ["Enter a whole number."] });
    return Number(given);
  };

export const list =
  (fallback: string[] = []): Field =>
  (call, name, before) =>
    call.params.has(name) ? call.params.list(name) : (before ?? fallback);

export const json: Field = (call, name, before) => {
  const given = call.params.get(name);
  if (blank(given)) return before ?? {};
  try {
    return JSON.parse(given) as unknown;
  } catch {
    throw invalid({ [name]: ["Invalid JSON data."] });
  }
};

/** The id of a subnet that is named by id, CIDR or name. */
export const subnetId =
  (need: boolean): Field =>
  (call, name, before) => {
    const given = call.params.get(name);
    if (blank(given)) {
      if (need && before === undefined) throw invalid({ [name]: ["This field is required."] });
      return before ?? null;
    }
    const wanted = given.replace(/^(cidr|name|id):/, "");
    const found = call.rack.maas.subnets.find((each) =>
      [String(each.id), each.cidr, each.name].includes(wanted),
    );
    if (found === undefined) throw invalid({ [name]: [CHOICE] });
    return found.id;
  };

export const recordsOf = (call: Call, kind: string): PlainRecord[] =>
  (call.rack.maas.plain[kind] ??= []);

const fill = (call: Call, kind: Kind, before: Partial<PlainRecord>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(kind.fields).map(([name, field]) => [name, field(call, name, before[name])]),
  );

export const render = (call: Call, kind: Kind, record: PlainRecord): object => {
  const shown = Object.entries({ ...record, ...kind.show?.(call, record) });
  const uri = `${API}/${kind.place(record)}`;
  const rest = shown.filter(([name]) => kind.hidden?.includes(name) !== true);
  return { ...Object.fromEntries(rest), resource_uri: uri };
};

export const find = (call: Call, kind: Kind): PlainRecord => {
  const keys = kind.keys ?? ["id"];
  const found = recordsOf(call, kind.name).find((record) =>
    keys.every((key) => String(record[key]) === path(call, key)),
  );
  if (found === undefined) throw notFound(kind.model);
  return found;
};

/** The records that the path is about: of the parent that it names, if it names one. */
const within = (call: Call, kind: Kind): PlainRecord[] =>
  recordsOf(call, kind.name).filter((record) =>
    Object.entries(call.path).every(([key, value]) => String(record[key]) === value),
  );

export const collection = (kind: Kind): Handler => ({
  read: (call) => within(call, kind).map((record) => render(call, kind, record)),
  create: (call) => render(call, kind, make(call, kind)),
});

/** A new record of what the request gives. */
export const make = (call: Call, kind: Kind): PlainRecord => {
  const others = recordsOf(call, kind.name);
  const record = { id: 0, ...fill(call, kind, {}) };
  kind.check?.(call, record, others);
  record.id = nextNumber(call.rack.maas, kind.name);
  others.push(record);
  return record;
};

export const item = (kind: Kind): Handler => ({
  read: (call) => render(call, kind, find(call, kind)),
  update: (call) => {
    const found = find(call, kind);
    const next = { ...found, ...fill(call, kind, found) };
    kind.check?.(
      call,
      next,
      recordsOf(call, kind.name).filter((each) => each !== found),
    );
    return render(call, kind, Object.assign(found, next));
  },
  delete: (call) => {
    const found = find(call, kind);
    call.rack.maas.plain[kind.name] = recordsOf(call, kind.name).filter((each) => each !== found);
    return EMPTY;
  },
});
