import { notFound } from "../errors";
import { nextNumber } from "../numbers";
import { API } from "../render";
import { type Call, EMPTY, type Handler, type Operation, path } from "../request";
import type { PlainRecord } from "../state";

/** Django's names of the models behind handlers that only keep what they are given. */
const MODELS: Record<string, string> = {
  "commissioning-script": "Script",
  "node-script": "Script",
};

const singular = (handler: string): string => {
  if (handler.endsWith("ies")) return `${handler.slice(0, -3)}y`;
  return handler.endsWith("s") ? handler.slice(0, -1) : handler;
};

const recordsOf = (call: Call, kind: string): PlainRecord[] => (call.rack.maas.plain[kind] ??= []);

const render = (kind: string, record: PlainRecord) => ({
  ...record,
  resource_uri: `${API}/${kind}s/${record.id}/`,
});

const wanted = (call: Call): string =>
  path(call, "id") || path(call, "name") || path(call, "system_id") || path(call, "discovery_id");

const find = (call: Call, kind: string): PlainRecord => {
  const key = wanted(call);
  const found = recordsOf(call, kind).find(
    (each) => String(each.id) === key || each.name === key || each.system_id === key,
  );
  if (found === undefined) throw notFound(MODELS[kind] ?? kind);
  return found;
};

/** Operations of a handler without behaviour of its own; what `add-tag`, `refresh` … do is to answer the record. */
export const plainHandler = (handler: string, actions: string[], isItem: boolean): Handler => {
  const kind = singular(handler);
  const collection: Record<string, Operation> = {
    read: (call) => recordsOf(call, kind).map((record) => render(kind, record)),
    create: (call) => {
      const record = { ...call.params.all(), id: nextNumber(call.rack.maas, kind) };
      recordsOf(call, kind).push(record);
      return render(kind, record);
    },
  };
  const item: Record<string, Operation> = {
    read: (call) => render(kind, find(call, kind)),
    update: (call) => render(kind, Object.assign(find(call, kind), call.params.all())),
    delete: (call) => {
      const record = find(call, kind);
      call.rack.maas.plain[kind] = recordsOf(call, kind).filter((each) => each !== record);
      return EMPTY;
    },
  };
  const known = isItem ? item : collection;
  const fallback: Operation = isItem ? (call) => render(kind, find(call, kind)) : () => [];
  return Object.fromEntries(actions.map((action) => [action, known[action] ?? fallback]));
};
