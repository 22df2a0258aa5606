import type { Rack } from "../../core/rack";
import { subnetOf } from "../addresses";
import { bson } from "../bson";
import { notFound } from "../errors";
import { POWER_TYPES } from "../power";
import { API, renderInterface, renderZone } from "../render";
import { renderDomain, UNKNOWN_HARDWARE, UNTESTED } from "../renderMachine";
import { type Call, type Handler, path, Text } from "../request";
import type { Interface, RackController } from "../state";
import { VERSIONS } from "./settings";

/** The region's own machine, which is its rack controller too. */

const SERVICES = [
  ...["bind9", "chronyd", "dhcpd", "dhcpd6", "dns_rack", "http", "ntp_rack", "ntp_region", "proxy"],
  ...["proxy_rack", "rackd", "regiond", "syslog_rack", "syslog_region", "temporal", "tftp"],
];

const ownInterface = (rack: Rack, { address, systemId }: RackController): Interface => {
  const subnet = subnetOf(rack.maas, address);
  const mac = rack.rng(`controller:${systemId}`).hex(6).match(/../g)?.join(":") ?? "";
  return {
    id: 1,
    name: "eth0",
    type: "physical",
    mac: `00:16:3e:${mac}`,
    vlan: subnet?.vlan ?? null,
    enabled: true,
    tags: [],
    parents: [],
    links: [{ id: 1, mode: "static", subnet: subnet?.id ?? null, address }],
    params: {},
    discovered: null,
  };
};

/** What rack and region controllers are shown with; only the former tell of their services. */
const renderController = (rack: Rack, controller: RackController, kind: "rack" | "region") => {
  const { maas, profile } = rack;
  const nic = ownInterface(rack, controller);
  const zone = maas.zones[0];
  const domain = maas.domains[0];
  return {
    system_id: controller.systemId,
    hostname: controller.hostname,
    description: "",
    hardware_uuid: null,
    domain: domain === undefined ? {} : renderDomain(domain),
    fqdn: `${controller.hostname}.${domain?.name ?? "maas"}`,
    architecture: "amd64/generic",
    cpu_count: 4,
    cpu_speed: 2400,
    memory: 8192,
    swap_size: null,
    osystem: "ubuntu",
    distro_series: "jammy",
    power_type: "",
    power_state: "unknown",
    ip_addresses: [controller.address],
    interface_set: [renderInterface(maas, controller.systemId, nic, [nic])],
    zone: zone === undefined ? {} : renderZone(zone),
    status_action: "",
    node_type: 4,
    node_type_name: "Region and rack controller",
    ...(kind === "region"
      ? {}
      : {
          service_set: SERVICES.map((name) => ({ name, status: "running", status_info: "" })),
        }),
    current_commissioning_result_id: 1,
    current_testing_result_id: null,
    current_installation_result_id: null,
    version: VERSIONS[profile.maas] ?? profile.maas,
    commissioning_status: 2,
    commissioning_status_name: "Passed",
    ...UNTESTED,
    hardware_info: UNKNOWN_HARDWARE,
    tag_names: [],
    resource_uri: `${API}/${kind}controllers/${controller.systemId}/`,
  };
};

const controllerOf = (call: Call, model: string): RackController => {
  const found = call.rack.maas.rackControllers.find(
    (each) => each.systemId === path(call, "system_id"),
  );
  if (found === undefined) throw notFound(model);
  return found;
};

const collection = (kind: "rack" | "region"): Handler => ({
  read: ({ rack }) => rack.maas.rackControllers.map((each) => renderController(rack, each, kind)),
  "is-registered": () => false,
  "is-action-in-progress": () => false,
  "set-zone": () => null,
});

const item = (kind: "rack" | "region", model: string): Handler => {
  const shown = (call: Call) => renderController(call.rack, controllerOf(call, model), kind);
  return {
    read: shown,
    update: shown,
    details: (call) => (
      controllerOf(call, model),
      new Text(bson({ lshw: null, lldp: null }), "application/bson")
    ),
    "power-parameters": (call) => (controllerOf(call, model), {}),
  };
};

const asField = (field: (typeof POWER_TYPES)[string][number]) => ({
  name: field.name,
  label: field.label,
  required: field.required === true,
  field_type: field.choices === undefined ? "string" : "choice",
  choices: (field.choices ?? []).map((choice) => [choice, choice]),
  default: "",
  scope: "bmc",
  secret: /pass|key|token/.test(field.name),
});

const describePowerTypes = () =>
  Object.entries(POWER_TYPES)
    .filter(([name]) => name !== "")
    .map(([name, fields]) => ({
      driver_type: "power",
      name,
      description: name,
      fields: fields.map(asField),
      missing_packages: [],
      chassis: ["lxd", "virsh"].includes(name),
      can_probe: ["lxd", "virsh"].includes(name),
      queryable: name !== "manual",
    }));

export const rackControllers: Handler = {
  ...collection("rack"),
  "import-boot-images": () => new Text("Import of boot images started on all rack controllers"),
  "describe-power-types": describePowerTypes,
  "power-parameters": ({ rack }) =>
    Object.fromEntries(rack.maas.rackControllers.map((each) => [each.systemId, {}])),
};

export const rackController: Handler = {
  ...item("rack", "RackController"),
  "query-power-state": (call) => (controllerOf(call, "RackController"), { state: "unknown" }),
  "list-boot-images": (call) => {
    controllerOf(call, "RackController");
    const { bootResources } = call.rack.maas;
    const names = [...new Set(bootResources.map((each) => each.name))];
    const images = names.map((name) => ({
      name,
      architecture: "amd64",
      subarches: bootResources
        .filter((each) => each.name === name)
        .map((each) => each.architecture.split("/")[1] ?? ""),
    }));
    return { connected: true, status: "synced", images };
  },
  "import-boot-images": (call) => {
    controllerOf(call, "RackController");
    return new Text("Import of boot images started");
  },
};

export const regionControllers: Handler = collection("region");

export const regionController: Handler = item("region", "RegionController");
