/** The resources of {@link HaApp}: its servers with their ports, the way in, the volume. */
import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";

import type { AppAddresses, HaAppArgs } from "../haApp";
import { labels, markedWith } from "../labels";
import type { NamedAddress } from "./balancer";

/** What the functions below share. */
export interface Site {
  name: string;
  args: HaAppArgs;
  parent: pulumi.CustomResourceOptions;
  protect: boolean;
}

export interface ServerPlan {
  role: string;
  securityGroupId: pulumi.Input<string>;
  userData: pulumi.Input<string>;
  groupId?: pulumi.Input<string>;
  flavorId?: pulumi.Input<string>;
  /** Another address that the server may use on its port. */
  alsoHolds?: string;
  protect?: boolean;
  /** Servers that must be there before. */
  after?: pulumi.Resource[];
}

/** Names and addresses of all servers. */
export interface ServersPlan {
  balancers: NamedAddress[];
  apis: NamedAddress[];
  database: NamedAddress;
}

export function planServers(app: string, addresses: AppAddresses): ServersPlan {
  const numbered = (role: string, list: string[]): NamedAddress[] =>
    list.map((address, index) => ({ name: `${app}-${role}${index + 1}`, address }));
  return {
    balancers: numbered("lb", addresses.balancers),
    apis: numbered("api", addresses.apis),
    database: { name: `${app}-db`, address: addresses.database },
  };
}

/** The shared address as a port that belongs to no server, and the floating IP on it: the only way in from outside. */
export function makeFront({ name, args, parent }: Site): openstack.networking.FloatingIp {
  const port = makePort({ name, args, parent }, `${args.app}-shared`, {
    address: args.addresses.shared,
    securityGroupId: args.network.balancerGroupId,
  });
  return new openstack.networking.FloatingIp(
    `${name}-address`,
    {
      pool: args.network.externalNetworkName,
      portId: port.id,
      description: `${args.app}: ${markedWith(name).join(", ")}`,
      tags: markedWith(name),
      ...(args.floatingIp === undefined ? {} : { address: args.floatingIp }),
    },
    parent,
  );
}

export function makeServerGroup(
  { name, args, parent }: Site,
  role: string,
): openstack.compute.ServerGroup {
  return new openstack.compute.ServerGroup(
    `${name}-${role}`,
    { name: `${args.app}-${role}`, policies: ["anti-affinity"] },
    parent,
  );
}

function makePort(
  { name, args, parent }: Omit<Site, "protect">,
  portName: string,
  wanted: {
    address: string;
    securityGroupId: pulumi.Input<string>;
    alsoHolds?: string | undefined;
  },
): openstack.networking.Port {
  const { networkId, subnetId } = args.network;
  return new openstack.networking.Port(
    portName.replace(args.app, name),
    {
      name: portName,
      networkId,
      adminStateUp: true,
      fixedIps: [{ subnetId, ipAddress: wanted.address }],
      securityGroupIds: [wanted.securityGroupId],
      tags: markedWith(name),
      ...(wanted.alsoHolds === undefined
        ? {}
        : { allowedAddressPairs: [{ ipAddress: wanted.alsoHolds }] }),
    },
    parent,
  );
}

export function makeServer(
  site: Site,
  self: NamedAddress,
  plan: ServerPlan,
): openstack.compute.Instance {
  const { name, args, parent } = site;
  const port = makePort(site, self.name, { ...plan, address: self.address });
  return new openstack.compute.Instance(
    self.name.replace(args.app, name),
    {
      name: self.name,
      imageId: args.imageId,
      flavorId: plan.flavorId ?? args.flavorId,
      keyPair: args.network.keyPair,
      networks: [{ port: port.id }],
      userData: plan.userData,
      configDrive: true,
      metadata: { ...labels(name), role: plan.role },
      ...(plan.groupId === undefined ? {} : { schedulerHints: [{ group: plan.groupId }] }),
    },
    {
      ...parent,
      // Two servers cannot be on one fixed port, so the old one goes first.
      deleteBeforeReplace: true,
      protect: plan.protect ?? false,
      dependsOn: plan.after ?? [],
    },
  );
}

export function makeVolume(
  site: Site,
  database: openstack.compute.Instance,
): openstack.blockstorage.Volume {
  const { name, args, parent } = site;
  const volume = new openstack.blockstorage.Volume(
    `${name}-database`,
    {
      name: `${args.app}-database`,
      description: `Database of ${args.app}`,
      size: args.databaseVolumeGiB,
      enableOnlineResize: true,
      metadata: labels(name),
    },
    { ...parent, protect: site.protect },
  );
  if (args.light !== true) {
    new openstack.compute.VolumeAttach(
      `${name}-database`,
      { instanceId: database.id, volumeId: volume.id },
      // With the server its attachments go; asked for one by one, a guest that is down would hold them.
      { ...parent, deletedWith: database },
    );
  }
  return volume;
}
