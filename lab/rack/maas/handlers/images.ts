import { notFound } from "../errors";
import { nextNumber } from "../numbers";
import { API } from "../render";
import { type Call, EMPTY, type Handler, path, Text } from "../request";
import type { BootResource } from "../state";

const renderResource = (resource: BootResource, full: boolean) => ({
  id: resource.id,
  type: resource.type,
  name: resource.name,
  architecture: resource.architecture,
  resource_uri: `${API}/boot-resources/${resource.id}/`,
  last_deployed: null,
  ...(resource.title === undefined ? {} : { title: resource.title }),
  subarches: resource.subarches,
  ...(full ? { sets: {} } : {}),
});

export const bootResources: Handler = {
  read: ({ rack }) => rack.maas.bootResources.map((resource) => renderResource(resource, false)),
  create: (call) => {
    const { maas } = call.rack;
    const resource: BootResource = {
      id: nextNumber(maas, "bootResource"),
      type: "Uploaded",
      name: call.params.required("name"),
      architecture: call.params.required("architecture"),
      subarches: "generic",
      title: call.params.text("title"),
    };
    maas.bootResources.push(resource);
    return renderResource(resource, true);
  },
  import: ({ rack }) => {
    rack.maas.importingUntil = rack.now + 300_000;
    return new Text("Import of boot resources started");
  },
  "stop-import": ({ rack }) => {
    rack.maas.importingUntil = rack.now;
    return new Text("Import of boot resources is being stopped");
  },
  "is-importing": ({ rack }) => rack.now < rack.maas.importingUntil,
};

const resourceOf = (call: Call): BootResource => {
  const found = call.rack.maas.bootResources.find((each) => String(each.id) === path(call, "id"));
  if (found === undefined) throw notFound("BootResource");
  return found;
};

export const bootResource: Handler = {
  read: (call) => renderResource(resourceOf(call), true),
  delete: (call) => {
    const found = resourceOf(call);
    call.rack.maas.bootResources = call.rack.maas.bootResources.filter((each) => each !== found);
    return EMPTY;
  },
};
