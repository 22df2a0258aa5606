import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Call } from "../call";
import { JujuError } from "../errors";
import { charmOf, needApplication } from "../engine/find";
import { fromStore } from "../engine/resources";
import type { Application } from "../state";

/** Files that charms take. */

const row = (application: Application, name: string, id: string, now: number) => {
  const resource = charmOf(application).resources?.[name];
  const given = application.resources?.[name];
  const stored = fromStore(application)[name];
  return {
    resourceid: id,
    applicationId: application.name,
    name,
    type: "file",
    path: resource?.filename ?? "",
    description: resource?.description ?? "",
    revision: String(stored ?? 0),
    fingerprint: given?.fingerprint ?? "",
    size: given?.size ?? 0,
    origin: stored === undefined ? "upload" : "store",
    used: true,
    timestamp: new Date(given?.at ?? now).toISOString(),
    ...(given === undefined ? {} : { username: "admin" }),
  };
};

export const resources = (call: Call): Promise<number> => {
  const [name = ""] = call.words;
  const shown = call.inModel((model, rack) => {
    const application = needApplication(model, name);
    return Object.keys(charmOf(application).resources ?? {}).map((each) => {
      const id = rack.rng(`resource:${model.uuid}:${name}:${each}`).uuid();
      return row(application, each, id, application.created);
    });
  });
  return call.show({ resources: shown });
};

export const attachResource = (call: Call): number => {
  const [name = "", given = ""] = call.words;
  const [, resource = "", file = ""] = /^([^=]+)=(.+)$/.exec(given) ?? [];
  const content = readFileSync(call.path(file));
  call.inModel((model, rack, controller) => {
    const application = needApplication(model, name);
    if (charmOf(application).resources?.[resource] === undefined)
      throw new JujuError(
        `failed to upload resource "${resource}": Put https://${controller.endpoint}/model/${model.uuid}/applications/${name}/resources/${resource}: getting resource uuid: application "${name}", resource "${resource}" not found`,
      );
    const fingerprint = createHash("sha384").update(content).digest("hex");
    application.resources = {
      ...application.resources,
      [resource]: { fingerprint, size: content.length, at: rack.now },
    };
  });
  return 0;
};
