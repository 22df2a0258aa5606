import { notFound } from "../errors";
import { POWER_TYPES } from "../power";
import { API } from "../render";
import { type Call, type Handler, path, Text } from "../request";
import type { RackController } from "../state";

const renderRack = (controller: RackController) => ({
  system_id: controller.systemId,
  hostname: controller.hostname,
  fqdn: `${controller.hostname}.maas`,
  ip_addresses: [controller.address],
  node_type: 4,
  node_type_name: "Region and rack controller",
  architecture: "amd64/generic",
  service_set: ["rackd", "http", "tftp", "dhcpd", "ntp_rack", "dns_rack", "proxy_rack"].map(
    (name) => ({
      name,
      status: "running",
      status_info: "",
    }),
  ),
  interface_set: [],
  resource_uri: `${API}/rackcontrollers/${controller.systemId}/`,
});

const rackOf = (call: Call): RackController => {
  const found = call.rack.maas.rackControllers.find(
    (each) => each.systemId === path(call, "system_id"),
  );
  if (found === undefined) throw notFound("RackController");
  return found;
};

export const rackControllers: Handler = {
  read: ({ rack }) => rack.maas.rackControllers.map(renderRack),
  "import-boot-images": () => new Text("Import of boot images started on all rack controllers"),
  "describe-power-types": () =>
    Object.entries(POWER_TYPES)
      .filter(([name]) => name !== "")
      .map(([name, fields]) => ({ name, description: name, fields })),
  "is-registered": () => false,
  "is-action-in-progress": () => false,
  "power-parameters": () => ({}),
  "set-zone": () => null,
};

export const rackController: Handler = {
  read: (call) => renderRack(rackOf(call)),
  update: (call) => renderRack(rackOf(call)),
  "list-boot-images": (call) => {
    rackOf(call);
    return { connected: true, status: "synced", images: [] };
  },
  "import-boot-images": (call) => {
    rackOf(call);
    return new Text("Import of boot images started");
  },
};
