import { invalid } from "../errors";
import { type Call, type Handler, Params, path, Text } from "../request";
import type { PlainRecord } from "../state";
import {
  collection,
  type Field,
  find,
  flag,
  item,
  json,
  type Kind,
  list,
  make,
  recordsOf,
  render,
  required,
  text,
} from "./kept";

/** Scripts that administrators give MAAS to run on machines; here they are kept, and none is run. */

const TYPES = ["commissioning", "", "testing", "release"];
const HARDWARE = ["node", "cpu", "memory", "storage", "network", "gpu"];
const PARALLEL = ["disabled", "instance", "any"];

const HARDWARE_NAMES = ["Node", "CPU", "Memory", "Storage", "Network", "GPU"];
const PARALLEL_NAMES = [
  "Disabled",
  "Run along other instances of this script",
  "Run along any other script.",
];

/** One of the words, or its number. */
const choice =
  (words: string[], fallback: number, alias?: string): Field =>
  (call, name, before) => {
    const given =
      call.params.get(name) ?? (alias === undefined ? undefined : call.params.get(alias));
    if (given === undefined || given === "") return before ?? fallback;
    const at = /^\d+$/.test(given) ? Number(given) : words.indexOf(given.toLowerCase());
    if (words[at] === undefined || words[at] === "")
      throw invalid({ [name]: [`Invalid ${name.replace("_", " ")} '${given}'`] });
    return at;
  };

interface Version {
  id: number;
  comment: string | null;
  created: string;
  data: string;
}

const SHEBANG = "#!/";

/** What was given as the script, newest first. */
const versions: Field = (call, _name, before) => {
  const known = (before ?? []) as Version[];
  const given = call.params.files.get("script")?.toString("utf8") ?? call.params.get("script");
  if (given === undefined) {
    if (known.length === 0) throw invalid({ script: ["This field is required."] });
    return known;
  }
  if (!given.startsWith(SHEBANG)) throw invalid({ script: ["Must start with shebang."] });
  const version: Version = {
    id: (known[0]?.id ?? 0) + 1,
    comment: call.params.get("comment") ?? null,
    created: new Date(call.rack.now).toUTCString().replace("GMT", "-0000"),
    data: Buffer.from(given).toString("base64"),
  };
  return [version, ...known];
};

const shownVersions = (call: Call, record: PlainRecord): object[] =>
  (record.history as Version[]).map(({ data, ...rest }) =>
    call.params.flag("include_script") ? { ...rest, data } : rest,
  );

const SCRIPT: Kind = {
  name: "node-script",
  model: "Script",
  keys: ["name"],
  fields: {
    name: required,
    title: text(),
    description: text(),
    tags: list(),
    type: choice(TYPES, 2, "script_type"),
    hardware_type: choice(HARDWARE, 0),
    parallel: choice(PARALLEL, 0),
    results: json,
    parameters: json,
    packages: json,
    timeout: text("0:00:00"),
    destructive: flag(false),
    default: (_call, _name, before) => before ?? false,
    for_hardware: list(),
    may_reboot: flag(false),
    recommission: flag(false),
    apply_configured_networking: flag(false),
    history: versions,
  },
  check: (_call, { name }, others) => {
    if (others.some((each) => each.name === name))
      throw invalid({ name: ["Script with this Name already exists."] });
  },
  show: (call, record) => {
    const type = TYPES[Number(record.type)] ?? "";
    return {
      type_name: `${type.charAt(0).toUpperCase()}${type.slice(1)} script`,
      hardware_type_name: HARDWARE_NAMES[Number(record.hardware_type)],
      parallel_name: PARALLEL_NAMES[Number(record.parallel)],
      history: shownVersions(call, record),
    };
  },
  place: ({ name }) => `scripts/${String(name)}`,
};

const tagged = (add: boolean) => (call: Call) => {
  const script = find(call, SCRIPT);
  const tag = call.params.required("tag");
  const others = (script.tags as string[]).filter((each) => each !== tag);
  script.tags = add ? [...others, tag] : others;
  return render(call, SCRIPT, script);
};

const versionAsked = (call: Call, name: string): Version => {
  const history = find(call, SCRIPT).history as Version[];
  const wanted = call.params.get(name);
  const [first] = history;
  const found = wanted === undefined ? first : history.find((each) => String(each.id) === wanted);
  if (found === undefined) throw invalid({ [name]: [`${wanted ?? ""} not found in history`] });
  return found;
};

const revert = (call: Call) => {
  const script = find(call, SCRIPT);
  const history = script.history as Version[];
  call.params.required("to");
  script.history = history.slice(history.indexOf(versionAsked(call, "to")));
  return render(call, SCRIPT, script);
};

export const nodeScripts: Handler = {
  ...collection(SCRIPT),
  read: (call) => {
    const wanted = call.params.get("type")?.toLowerCase();
    return recordsOf(call, SCRIPT.name)
      .filter(
        ({ type }) =>
          wanted === undefined || TYPES[Number(type)] === wanted || String(type) === wanted,
      )
      .map((each) => render(call, SCRIPT, each));
  },
};

export const nodeScript: Handler = {
  ...item(SCRIPT),
  "add-tag": tagged(true),
  "remove-tag": tagged(false),
  download: (call) => new Text(Buffer.from(versionAsked(call, "revision").data, "base64")),
  revert,
};

const COMMISSIONING = 0;

const brief = ({ name, history }: PlainRecord) => ({
  name,
  content: (history as Version[])[0]?.data ?? "",
});

/** The older name of the same for commissioning scripts: only names, or the content. */
export const commissioningScripts: Handler = {
  read: (call) =>
    recordsOf(call, SCRIPT.name)
      .filter(({ type }) => type === COMMISSIONING)
      .map(({ name }) => name),
  create: (call) => {
    const { params } = call;
    const content = params.files.get("content")?.toString("utf8") ?? params.required("content");
    const values = { name: params.required("name"), type: "commissioning", script: content };
    return brief(make({ ...call, params: Params.of(values) }, SCRIPT));
  },
};

export const commissioningScript: Handler = {
  read: (call) => new Text(Buffer.from(versionAsked(call, "revision").data, "base64")),
  update: (call) => {
    const { params } = call;
    const script = params.files.get("content")?.toString("utf8") ?? params.required("content");
    item(SCRIPT).update?.({ ...call, params: Params.of({ name: path(call, "name"), script }) });
    return brief(find(call, SCRIPT));
  },
  delete: item(SCRIPT).delete ?? (() => null),
};
