import type { Handler } from "../request";
import { handlersOf } from "../table";
import * as groups from "./groups";
import { iface, interfaces } from "./interfaces";
import { machine } from "./machine";
import { machines } from "./machines";
import * as networks from "./networks";
import { nodes } from "./nodes";
import { plainHandler } from "./plain";
import * as site from "./site";
import * as storage from "./storage";
import * as subnets from "./subnets";
import { vmHost, vmHosts } from "./vmHosts";

const HANDLERS: Record<string, Handler> = {
  account: site.account,
  "block-device": storage.blockDevice,
  "block-devices": storage.blockDevices,
  "boot-resource": site.bootResource,
  "boot-resources": site.bootResources,
  domain: site.domain,
  domains: site.domains,
  events: site.events,
  fabric: networks.fabric,
  fabrics: networks.fabrics,
  file: site.file,
  files: site.files,
  interface: iface,
  interfaces,
  iprange: subnets.iprange,
  ipranges: subnets.ipranges,
  maas: site.maasServer,
  machine,
  machines,
  node: machine,
  nodes,
  partition: storage.partition,
  partitions: storage.partitions,
  pod: vmHost,
  pods: vmHosts,
  "rack-controller": site.rackController,
  "rack-controllers": site.rackControllers,
  "resource-pool": groups.resourcePool,
  "resource-pools": groups.resourcePools,
  space: networks.space,
  spaces: networks.spaces,
  sshkey: site.sshkey,
  sshkeys: site.sshkeys,
  subnet: subnets.subnet,
  subnets: subnets.subnets,
  tag: groups.tag,
  tags: groups.tags,
  user: site.user,
  users: site.users,
  version: site.version,
  vlan: networks.vlan,
  vlans: networks.vlans,
  "vm-host": vmHost,
  "vm-hosts": vmHosts,
  zone: groups.zone,
  zones: groups.zones,
};

/** What answers an operation of the table; handlers without behaviour of their own keep plain records. */
export const operationOf = (profile: string, handler: string, action: string) => {
  const own = HANDLERS[handler]?.[action];
  if (own !== undefined) return own;
  const described = handlersOf(profile)[handler];
  const actions = Object.keys(described?.actions ?? {});
  return plainHandler(handler, actions, (described?.params.length ?? 0) > 0)[action];
};
