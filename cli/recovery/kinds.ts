import type { Thing } from "./openstackApi";

/** Recorded inputs of a pending create. */
export type Inputs = Record<string, unknown>;

/** How a kind of resource is found again without its id, told whole from half-made, and removed. */
export interface Kind {
  service: string;
  /** Where such things are listed and under which member of the answer. */
  path: (inputs: Inputs) => string;
  key: string;
  /** Absent: such a thing is always taken into the state. */
  removePath?: (thing: Thing) => string;
  matches: (thing: Thing, inputs: Inputs) => boolean;
  /** A thing that is not whole is removed; one that is whole is taken into the state. */
  whole: (thing: Thing) => boolean;
  /** It is about to become something else, and the API refuses to remove it until then. */
  changing?: (thing: Thing) => boolean;
  /** The id under which the provider imports it, when it is not the thing's own. */
  importId?: (thing: Thing, inputs: Inputs) => string;
}

const always = () => true;
const sameName = (thing: Thing, inputs: Inputs) => thing["name"] === inputs["name"];
const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";
const status = (wanted: string) => (thing: Thing) => text(thing["status"]).toLowerCase() === wanted;

function network(
  path: string,
  key: string,
  matches = sameName,
  whole: Kind["whole"] = always,
): Kind {
  const list = `/v2.0/${path}?limit=10000`;
  return {
    service: "network",
    path: () => list,
    key,
    removePath: (t) => `/v2.0/${path}/${t.id}`,
    matches,
    whole,
  };
}

function identity(path: string, key: string): Kind {
  return {
    service: "identity",
    path: () => `/${path}`,
    key,
    removePath: (t) => `/${path}/${t.id}`,
    matches: sameName,
    whole: always,
  };
}

const rule = network("security-group-rules", "security_group_rules", (thing, inputs) => {
  const same = (field: string, input: string) => text(thing[field]) === text(inputs[input]);
  return (
    same("security_group_id", "securityGroupId") &&
    same("direction", "direction") &&
    same("ethertype", "ethertype") &&
    same("protocol", "protocol") &&
    same("port_range_min", "portRangeMin") &&
    same("port_range_max", "portRangeMax") &&
    same("remote_group_id", "remoteGroupId") &&
    same("remote_ip_prefix", "remoteIpPrefix")
  );
});

/** By Pulumi type token. Steps are not here: their creates converge, so a pending one is simply run again. */
export const KINDS: Record<string, Kind> = {
  "openstack:networking/network:Network": network(
    "networks",
    "networks",
    sameName,
    status("active"),
  ),
  "openstack:networking/subnet:Subnet": network(
    "subnets",
    "subnets",
    (t, i) => sameName(t, i) && text(t["network_id"]) === text(i["networkId"]),
  ),
  "openstack:networking/router:Router": network("routers", "routers", sameName, status("active")),
  "openstack:networking/port:Port": network(
    "ports",
    "ports",
    (t, i) => sameName(t, i) && text(t["network_id"]) === text(i["networkId"]),
  ),
  "openstack:networking/secGroup:SecGroup": network("security-groups", "security_groups"),
  "openstack:networking/secGroupRule:SecGroupRule": rule,
  "openstack:networking/floatingIp:FloatingIp": network(
    "floatingips",
    "floatingips",
    (t, i) => text(t["description"]) !== "" && t["description"] === i["description"],
  ),
  "openstack:networking/routerInterface:RouterInterface": {
    service: "network",
    path: (i) => `/v2.0/ports?device_id=${text(i["routerId"])}`,
    key: "ports",
    matches: (t, i) =>
      text(t["device_owner"]).startsWith("network:router_interface") &&
      ((t["fixed_ips"] as { subnet_id: string }[] | undefined) ?? []).some(
        (f) => f.subnet_id === i["subnetId"],
      ),
    whole: always,
  },
  "openstack:compute/flavor:Flavor": {
    service: "compute",
    path: () => "/flavors/detail?is_public=None",
    key: "flavors",
    removePath: (t) => `/flavors/${t.id}`,
    matches: sameName,
    whole: always,
  },
  "openstack:compute/keypair:Keypair": {
    service: "compute",
    path: () => "/os-keypairs",
    key: "keypairs",
    removePath: (t) => `/os-keypairs/${text((t["keypair"] as Record<string, unknown>)["name"])}`,
    matches: (t, i) => (t["keypair"] as Record<string, unknown>)["name"] === i["name"],
    whole: always,
    importId: (_t, i) => text(i["name"]),
  },
  "openstack:compute/serverGroup:ServerGroup": {
    service: "compute",
    path: () => "/os-server-groups",
    key: "server_groups",
    removePath: (t) => `/os-server-groups/${t.id}`,
    matches: sameName,
    whole: always,
  },
  "openstack:compute/instance:Instance": {
    service: "compute",
    path: () => "/servers/detail",
    key: "servers",
    removePath: (t) => `/servers/${t.id}`,
    matches: sameName,
    // The provider cannot read a server's user data back, so an import would plan its replacement: made again instead.
    whole: () => false,
  },
  "openstack:images/image:Image": {
    service: "image",
    path: () => "/v2/images?limit=1000",
    key: "images",
    removePath: (t) => `/v2/images/${t.id}`,
    matches: sameName,
    // Its local file is no attribute of the image: an import would plan its replacement.
    whole: () => false,
  },
  "openstack:blockstorage/volume:Volume": {
    service: "volumev3",
    path: () => "/volumes/detail",
    key: "volumes",
    removePath: (t) => `/volumes/${t.id}`,
    matches: sameName,
    whole: status("available"),
    changing: (thing) => /^(creating|downloading|deleting)$/.test(text(thing["status"])),
  },
  "openstack:compute/volumeAttach:VolumeAttach": {
    service: "compute",
    path: (i) => `/servers/${text(i["instanceId"])}/os-volume_attachments`,
    key: "volumeAttachments",
    matches: (t, i) => t["volumeId"] === i["volumeId"],
    whole: always,
    importId: (_t, i) => `${text(i["instanceId"])}/${text(i["volumeId"])}`,
  },
  "openstack:identity/project:Project": identity("projects", "projects"),
};
