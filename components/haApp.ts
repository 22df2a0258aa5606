import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";

import { apiUserData } from "./app/api";
import { balancerUserData, type NamedAddress } from "./app/balancer";
import { DATABASE_PORT, databaseUserData } from "./app/database";
import { scramVerifier } from "./app/scram";
import { labels, markedWith } from "./labels";

/** Fixed addresses of the application, in the tenant's subnet and outside of its pool. A change replaces the server. */
export interface AppAddresses {
  /** Held by one load balancer at a time. */
  shared: string;
  /** Two load balancers. */
  balancers: string[];
  /** The API's servers, two or more; each on a hypervisor of its own. */
  apis: string[];
  database: string;
}

/** Where the application's servers are; a {@link Tenant} has all of it. */
export interface AppNetworkArgs {
  networkId: pulumi.Input<string>;
  subnetId: pulumi.Input<string>;
  /** Range of the subnet. */
  cidr: string;
  /** Name of the network that floating IPs come from. */
  externalNetworkName: pulumi.Input<string>;
  balancerGroupId: pulumi.Input<string>;
  apiGroupId: pulumi.Input<string>;
  databaseGroupId: pulumi.Input<string>;
  keyPair: pulumi.Input<string>;
}

export interface HaAppArgs {
  /** Prefix of all names, and heading of the page. A change replaces everything. */
  app: string;
  network: AppNetworkArgs;
  addresses: AppAddresses;
  /**
   * The floating IP, an address of the external network that nothing else uses.
   * @default one that Neutron chooses, known only after it exists
   */
  floatingIp?: string;
  imageId: pulumi.Input<string>;
  /** Size of the load balancers and of the API's servers. */
  flavorId: pulumi.Input<string>;
  /** Size of the database server. */
  databaseFlavorId: pulumi.Input<string>;
  /** Printable ASCII without spaces. A change replaces the API's servers and the database server; the data stays. */
  databasePassword: pulumi.Input<string>;
  /**
   * Size of the database's volume in GiB. It can grow, not shrink.
   * @default 5
   */
  databaseVolumeGiB?: number;
  /**
   * The cloud has no real virtual machines: the volume is made and not attached, because there is nothing to attach it to.
   * @default false
   */
  light?: boolean;
  /**
   * Allow that the database server and its volume are deleted or replaced.
   * @default false
   */
  allowDestroy?: boolean;
}

/**
 * Two load balancers with a shared address, API servers in strict anti-affinity, a PostgreSQL server on a volume.
 * Everything inside the servers is done by cloud-init, from packages of the image (PostgreSQL 15, HAProxy, keepalived,
 * Python 3 with psycopg2), so **a change of what a server runs replaces the server**: the user-data is part of it. The
 * old one goes first, because its address is fixed.
 *
 * ```typescript
 * const app = new HaApp("notes", {
 *   app: "notes",
 *   network: { ...tenant, cidr: "192.168.90.0/24", externalNetworkName: base.externalNetworkName },
 *   addresses: {
 *     shared: "192.168.90.10",
 *     balancers: ["192.168.90.11", "192.168.90.12"],
 *     apis: ["192.168.90.21", "192.168.90.22"],
 *     database: "192.168.90.31",
 *   },
 *   imageId: base.imageId,
 *   flavorId, databaseFlavorId, databasePassword,
 * }, { provider });
 * ```
 */
export class HaApp extends pulumi.ComponentResource {
  /** Opens the application, e.g. `http://172.16.8.250/`. */
  public readonly url!: pulumi.Output<string>;
  public readonly floatingIp!: pulumi.Output<string>;
  public readonly balancers!: pulumi.Output<string[]>;
  public readonly apiServers!: pulumi.Output<string[]>;
  public readonly databaseServer!: pulumi.Output<string>;
  /** `address:port`, reachable for the API's servers only. */
  public readonly databaseEndpoint!: pulumi.Output<string>;
  public readonly databaseVolumeId!: pulumi.Output<string>;
  /** Ids by name. */
  public readonly serverIds!: pulumi.Output<Record<string, string>>;
  /** Fixed addresses by server name. */
  public readonly fixedIps!: pulumi.Output<Record<string, string>>;
  /** What was not made, in words; empty unless `light`. */
  public readonly leftOut!: pulumi.Output<string[]>;

  constructor(name: string, args: HaAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:HaApp", name, {}, opts);
    const { app, addresses, network } = args;
    const plan = planServers(app, addresses);
    const verifier = pulumi
      .output(args.databasePassword)
      .apply((password) => scramVerifier(password, app));
    const site: Site = {
      name,
      args,
      parent: { parent: this },
      protect: args.allowDestroy !== true,
    };

    const front = makeFront(site);
    const anywhere = makeServerGroup(site, "balancers");
    const balancers = plan.balancers.map((self) =>
      makeServer(site, self, {
        role: "balancer",
        securityGroupId: network.balancerGroupId,
        groupId: anywhere.id,
        alsoHolds: addresses.shared,
        userData: balancerUserData({
          self,
          balancers: plan.balancers,
          apis: plan.apis,
          sharedAddress: addresses.shared,
          prefixLength: Number(network.cidr.split("/")[1]),
          routerId: 51,
        }),
      }),
    );
    const apart = makeServerGroup(site, "apis");
    const apis = plan.apis.map((self) =>
      makeServer(site, self, {
        role: "api",
        securityGroupId: network.apiGroupId,
        groupId: apart.id,
        userData: pulumi.secret(args.databasePassword).apply((password) =>
          apiUserData({
            title: app,
            database: { address: addresses.database, name: DATABASE, password },
          }),
        ),
      }),
    );
    const database = makeServer(site, plan.database, {
      role: "database",
      securityGroupId: network.databaseGroupId,
      flavorId: args.databaseFlavorId,
      protect: site.protect,
      userData: pulumi.secret(verifier).apply((hash) =>
        databaseUserData({
          name: DATABASE,
          address: addresses.database,
          clientCidr: network.cidr,
          verifier: hash,
          volumeLabel: VOLUME_LABEL,
        }),
      ),
    });
    const volume = makeVolume(site, database);

    const servers = [...balancers, ...apis, database];
    // Names and a configured address are known before anything exists, and so is what is verified.
    const names = (list: NamedAddress[]) => pulumi.output(list.map((server) => server.name));
    this.floatingIp =
      args.floatingIp === undefined ? front.address : pulumi.output(args.floatingIp);
    this.url = pulumi.interpolate`http://${this.floatingIp}/`;
    this.balancers = names(plan.balancers);
    this.apiServers = names(plan.apis);
    this.databaseServer = pulumi.output(plan.database.name);
    this.databaseEndpoint = pulumi.output(`${addresses.database}:${DATABASE_PORT}`);
    this.databaseVolumeId = volume.id;
    this.serverIds = pulumi
      .all(servers.map((server) => pulumi.all([server.name, server.id])))
      .apply((pairs) => Object.fromEntries(pairs));
    this.fixedIps = pulumi.output(
      Object.fromEntries(
        [...plan.balancers, ...plan.apis, plan.database].map((s) => [s.name, s.address]),
      ),
    );
    this.leftOut = pulumi.output(args.light === true ? [VOLUME_LEFT_OUT] : []);
    if (args.light === true) void pulumi.log.warn(VOLUME_LEFT_OUT, this);
    this.registerOutputs({
      url: this.url,
      floatingIp: this.floatingIp,
      balancers: this.balancers,
      apiServers: this.apiServers,
      databaseServer: this.databaseServer,
      databaseEndpoint: this.databaseEndpoint,
      databaseVolumeId: this.databaseVolumeId,
      serverIds: this.serverIds,
      fixedIps: this.fixedIps,
      leftOut: this.leftOut,
    });
  }
}

/** Name of the database and of the role that owns it. */
const DATABASE = "notes";
const VOLUME_LABEL = "app-database";
const VOLUME_LEFT_OUT =
  "The database's volume is not attached: this cloud has no real virtual machines (light).";

/** What the functions below share. */
interface Site {
  name: string;
  args: HaAppArgs;
  parent: pulumi.CustomResourceOptions;
  protect: boolean;
}

interface ServerPlan {
  role: string;
  securityGroupId: pulumi.Input<string>;
  userData: pulumi.Input<string>;
  groupId?: pulumi.Input<string>;
  flavorId?: pulumi.Input<string>;
  /** Another address that the server may use on its port. */
  alsoHolds?: string;
  protect?: boolean;
}

function planServers(app: string, addresses: AppAddresses) {
  const numbered = (role: string, list: string[]): NamedAddress[] =>
    list.map((address, index) => ({ name: `${app}-${role}${index + 1}`, address }));
  return {
    balancers: numbered("lb", addresses.balancers),
    apis: numbered("api", addresses.apis),
    database: { name: `${app}-db`, address: addresses.database },
  };
}

/** The shared address as a port that belongs to no server, and the floating IP on it: the only way in from outside. */
function makeFront({ name, args, parent }: Site): openstack.networking.FloatingIp {
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

function makeServerGroup(
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

function makeServer(site: Site, self: NamedAddress, plan: ServerPlan): openstack.compute.Instance {
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
    // Two servers cannot be on one fixed port, so the old one goes first.
    { ...parent, deleteBeforeReplace: true, protect: plan.protect ?? false },
  );
}

function makeVolume(
  site: Site,
  database: openstack.compute.Instance,
): openstack.blockstorage.Volume {
  const { name, args, parent } = site;
  const volume = new openstack.blockstorage.Volume(
    `${name}-database`,
    {
      name: `${args.app}-database`,
      description: `Database of ${args.app}`,
      size: args.databaseVolumeGiB ?? 5,
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
