import type { Handler } from "../request";
import { handlersOf } from "../table";
import * as controllers from "./controllers";
import { device, devices } from "./devices";
import * as dns from "./dns";
import { domain, domains } from "./domains";
import { events } from "./events";
import { file, files } from "./files";
import * as groups from "./groups";
import { bootResource, bootResources } from "./images";
import { iface } from "./interface";
import { interfaces } from "./interfaces";
import { ipaddresses } from "./ipAddresses";
import { KEPT } from "./keptKinds";
import { machine } from "./machine";
import { machines } from "./machines";
import * as networks from "./networks";
import { nodes } from "./nodes";
import { plainHandler } from "./plain";
import { iprange, ipranges } from "./ranges";
import { maasServer, version } from "./settings";
import * as scripts from "./scripts";
import * as storage from "./storage";
import * as subnets from "./subnets";
import * as users from "./users";
import { compose } from "./compose";
import { vmHost, vmHosts } from "./vmHosts";

const HANDLERS: Record<string, Handler> = {
  ...KEPT,
  account: users.account,
  "block-device": storage.blockDevice,
  "block-devices": storage.blockDevices,
  "boot-resource": bootResource,
  "boot-resources": bootResources,
  "commissioning-script": scripts.commissioningScript,
  "commissioning-scripts": scripts.commissioningScripts,
  device,
  devices,
  dnsresource: dns.dnsresource,
  "dnsresource-record": dns.dnsresourceRecord,
  "dnsresource-records": dns.dnsresourceRecords,
  dnsresources: dns.dnsresources,
  domain,
  domains,
  events,
  fabric: networks.fabric,
  fabrics: networks.fabrics,
  file,
  files,
  interface: iface,
  interfaces,
  ipaddresses,
  iprange,
  ipranges,
  maas: maasServer,
  machine,
  machines,
  node: machine,
  nodes,
  partition: storage.partition,
  partitions: storage.partitions,
  pod: { ...vmHost, compose },
  pods: vmHosts,
  "rack-controller": controllers.rackController,
  "rack-controllers": controllers.rackControllers,
  "node-script": scripts.nodeScript,
  "node-scripts": scripts.nodeScripts,
  "region-controller": controllers.regionController,
  "region-controllers": controllers.regionControllers,
  "resource-pool": groups.resourcePool,
  "resource-pools": groups.resourcePools,
  space: networks.space,
  spaces: networks.spaces,
  sshkey: users.sshkey,
  sshkeys: users.sshkeys,
  subnet: subnets.subnet,
  subnets: subnets.subnets,
  tag: groups.tag,
  tags: groups.tags,
  user: users.user,
  users: users.users,
  version,
  vlan: networks.vlan,
  vlans: networks.vlans,
  "vm-host": { ...vmHost, compose },
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
  return plainHandler(handler, actions, /\}\/?$/.test(described?.path ?? ""))[action];
};
