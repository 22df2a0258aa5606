import * as pulumi from "@pulumi/pulumi";

import { apiUserData } from "./app/api";
import { balancerUserData, type NamedAddress } from "./app/balancer";
import { DATABASE_PORT, databaseUserData } from "./app/database";
import { scramVerifier } from "./app/scram";
import {
  makeFront,
  makeServer,
  makeServerGroup,
  makeVolume,
  planServers,
  type ServersPlan,
  type Site,
} from "./app/servers";

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
  /** Size of the database's volume in GiB. It can grow, not shrink; its file system follows when the server next starts. */
  databaseVolumeGiB: number;
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
 * old one goes first, because its address is fixed. What all servers of a tier have in common (image, flavor, the list of
 * the APIs, the password) replaces all of them in one update: the application is away until the new ones have booted.
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
 *   databaseVolumeGiB: 5,
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
    const plan = planServers(args.app, args.addresses);
    const site: Site = {
      name,
      args,
      parent: { parent: this },
      protect: args.allowDestroy !== true,
    };
    const front = makeFront(site);
    const servers = makeServers(site, plan);
    const volume = makeVolume(site, servers.database);
    if (args.light === true) void pulumi.log.warn(VOLUME_LEFT_OUT, this);

    // Names and a configured address are known before anything exists, and so is what is verified.
    const names = (list: NamedAddress[]) => pulumi.output(list.map((server) => server.name));
    this.floatingIp =
      args.floatingIp === undefined ? front.address : pulumi.output(args.floatingIp);
    this.url = pulumi.interpolate`http://${this.floatingIp}/`;
    this.balancers = names(plan.balancers);
    this.apiServers = names(plan.apis);
    this.databaseServer = pulumi.output(plan.database.name);
    this.databaseEndpoint = pulumi.output(`${args.addresses.database}:${DATABASE_PORT}`);
    this.databaseVolumeId = volume.id;
    this.serverIds = pulumi
      .all(servers.all.map((server) => pulumi.all([server.name, server.id])))
      .apply((pairs) => Object.fromEntries(pairs));
    this.fixedIps = pulumi.output(
      Object.fromEntries(
        [...plan.balancers, ...plan.apis, plan.database].map((s) => [s.name, s.address]),
      ),
    );
    this.leftOut = pulumi.output(args.light === true ? [VOLUME_LEFT_OUT] : []);
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
const VOLUME_LEFT_OUT =
  "The database's volume is not attached: this cloud has no real virtual machines (light).";

/**
 * Servers of one anti-affine group: Nova can give two that are made at once the same hypervisor, sees it late, and then may have
 * no other one left for either of them.
 */
function oneAfterAnother<T, S extends pulumi.Resource>(
  items: T[],
  make: (item: T, after: pulumi.Resource[]) => S,
): S[] {
  const made: S[] = [];
  for (const item of items) made.push(make(item, [...made]));
  return made;
}

/** The three tiers, each told only what it needs to know. */
function makeServers(site: Site, plan: ServersPlan) {
  const { app, addresses, network, databasePassword, databaseFlavorId } = site.args;
  const anywhere = makeServerGroup(site, "balancers");
  const balancers = oneAfterAnother(plan.balancers, (self, after) =>
    makeServer(site, self, {
      role: "balancer",
      securityGroupId: network.balancerGroupId,
      groupId: anywhere.id,
      after,
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
  const apis = oneAfterAnother(plan.apis, (self, after) =>
    makeServer(site, self, {
      role: "api",
      securityGroupId: network.apiGroupId,
      groupId: apart.id,
      after,
      userData: pulumi.secret(databasePassword).apply((password) =>
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
    flavorId: databaseFlavorId,
    protect: site.protect,
    userData: pulumi.secret(databasePassword).apply((password) =>
      databaseUserData({
        name: DATABASE,
        address: addresses.database,
        clientCidr: network.cidr,
        verifier: scramVerifier(password, app),
        volumeLabel: "app-database",
      }),
    ),
  });
  return { database, all: [...balancers, ...apis, database] };
}
