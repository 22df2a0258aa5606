import type { Rack } from "../../core/rack";
import { MaasError, notFound } from "../errors";
import { API } from "../render";
import { type Call, CREATED, EMPTY, type Handler, path, Text } from "../request";
import type { MaasState } from "../state";

type File = MaasState["files"][number];

const fileUri = ({ filename }: File): string => `${API}/files/${encodeURIComponent(filename)}/`;

/** What opens a file to whoever knows it. */
const keyOf = (rack: Rack, { owner, filename }: File): string =>
  rack.rng(`file:${owner}:${filename}`).uuid();

const describe = (rack: Rack, file: File) => ({
  filename: file.filename,
  anon_resource_uri: `${API}/files/?op=get_by_key&key=${keyOf(rack, file)}`,
  resource_uri: fileUri(file),
});

const fileOf = (call: Call, filename: string) => {
  const file = call.rack.maas.files.find(
    (each) => each.filename === filename && each.owner === call.user.username,
  );
  if (file === undefined) throw notFound("FileStorage");
  return file;
};

const contentOf = ({ content }: { content: string }): Text =>
  new Text(Buffer.from(content, "base64"));

export const files: Handler = {
  read: ({ rack, user, params }) =>
    rack.maas.files
      .filter((each) => each.owner === user.username)
      .filter((each) => each.filename.startsWith(params.text("prefix")))
      .map((each) => describe(rack, each)),
  create: ({ rack, user, params }) => {
    const filename = params.text("filename");
    if (filename === "") throw new MaasError(400, "Filename not supplied");
    const [content, ...more] = params.files.values();
    if (content === undefined) throw new MaasError(400, "File not supplied");
    if (more.length > 0) throw new MaasError(400, "Exactly one file must be supplied");
    rack.maas.files = rack.maas.files.filter(
      (each) => each.filename !== filename || each.owner !== user.username,
    );
    const owner = user.username;
    rack.maas.files.push({ filename, content: content.toString("base64"), owner });
    return CREATED;
  },
  get: (call) => contentOf(fileOf(call, call.params.required("filename"))),
  "get-by-key": ({ rack, params }) => {
    const key = params.required("key");
    const found = rack.maas.files.find((each) => keyOf(rack, each) === key);
    if (found === undefined) throw notFound("FileStorage");
    return contentOf(found);
  },
  delete: (call) => {
    const file = fileOf(call, call.params.required("filename"));
    call.rack.maas.files = call.rack.maas.files.filter((each) => each !== file);
    return EMPTY;
  },
};

export const file: Handler = {
  read: (call) => {
    const found = fileOf(call, path(call, "filename"));
    return { ...describe(call.rack, found), content: found.content };
  },
  delete: (call) => {
    const found = fileOf(call, path(call, "filename"));
    call.rack.maas.files = call.rack.maas.files.filter((each) => each !== found);
    return EMPTY;
  },
};
