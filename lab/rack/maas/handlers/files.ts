import { notFound } from "../errors";
import { API } from "../render";
import { type Call, EMPTY, type Handler, path, Text } from "../request";

const fileUri = (filename: string): string => `${API}/files/${encodeURIComponent(filename)}/`;

const fileOf = (call: Call, filename: string) => {
  const file = call.rack.maas.files.find(
    (each) => each.filename === filename && each.owner === call.user.username,
  );
  if (file === undefined) throw notFound("FileStorage");
  return file;
};

export const files: Handler = {
  read: ({ rack, user, params }) =>
    rack.maas.files
      .filter((each) => each.owner === user.username)
      .filter((each) => each.filename.startsWith(params.text("prefix")))
      .map(({ filename }) => ({
        filename,
        anon_resource_uri: fileUri(filename),
        resource_uri: fileUri(filename),
      })),
  create: ({ rack, user, params }) => {
    const filename = params.required("filename");
    rack.maas.files = rack.maas.files.filter(
      (each) => each.filename !== filename || each.owner !== user.username,
    );
    rack.maas.files.push({ filename, content: params.text("file"), owner: user.username });
    return { filename, resource_uri: fileUri(filename) };
  },
  get: (call) => new Text(fileOf(call, call.params.required("filename")).content),
  "get-by-key": (call) => new Text(fileOf(call, call.params.required("key")).content),
  delete: (call) => {
    const file = fileOf(call, call.params.required("filename"));
    call.rack.maas.files = call.rack.maas.files.filter((each) => each !== file);
    return EMPTY;
  },
};

export const file: Handler = {
  read: (call) => {
    const found = fileOf(call, path(call, "filename"));
    return {
      filename: found.filename,
      content: Buffer.from(found.content).toString("base64"),
      resource_uri: fileUri(found.filename),
    };
  },
  delete: (call) => {
    const found = fileOf(call, path(call, "filename"));
    call.rack.maas.files = call.rack.maas.files.filter((each) => each !== found);
    return EMPTY;
  },
};
