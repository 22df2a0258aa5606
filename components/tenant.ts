import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";

import { API_PORT } from "./app/api";
import { HTTP_PORT } from "./app/balancer";
import { DATABASE_PORT } from "./app/database";
import type { AddressPool } from "./cloudBase";
import { markedWith } from "./labels";

/** How the cloud is reached; all of it is known before the cloud exists, so that a preview is complete. */
export interface CloudCredentials {
  /** Keystone's public URL, e.g. `https://172.16.0.50:5000/v3`. */
  authUrl: string;
  region: string;
  /** A user with the role admin on the domain and, inherited, on its projects; the step keystone/access makes it. */
  userName: string;
  /** Domain of the user and of the project. */
  domainName: string;
  password: pulumi.Input<string>;
  /** PEM text of the CA that signed the endpoints' certificates. */
  caCertificatePem: pulumi.Input<string>;
}

export interface TenantNetworkArgs {
  /** A private range (RFC 1918), e.g. `192.168.90.0/24`. A change replaces the network and every server on it. */
  cidr: string;
  /** Addresses that Neutron gives out by itself. Fixed addresses of servers are best outside of it. */
  pool: AddressPool;
  /** Name servers that DHCP tells the servers. */
  dns: string[];
}

export interface TenantArgs {
  credentials: CloudCredentials;
  /** Name of the project, and prefix of everything in it. A change replaces everything. */
  project: string;
  network: TenantNetworkArgs;
  externalNetworkId: pulumi.Input<string>;
  /** Who may open the application, as a range; `0.0.0.0/0` is everybody. */
  clientsCidr: string;
  /** Ranges from which the load balancers may be logged in to by SSH, and from them the other servers; of none nobody can. */
  operatorsCidrs: string[];
  /**
   * SSH key that the servers accept, e.g. `ssh-ed25519 AAAA…`. A change replaces every server.
   * @default Nova makes a pair; the private key is then in the state, as a secret
   */
  publicKey?: string;
}

/**
 * A project with its network: a private subnet behind a router, security groups that let each tier talk to the next one
 * only, and a key pair. Everything in the project is made through `provider`, which is scoped to it.
 *
 * ```typescript
 * const tenant = new Tenant("notes", {
 *   credentials,
 *   project: "notes",
 *   network: {
 *     cidr: "192.168.90.0/24",
 *     pool: { start: "192.168.90.100", end: "192.168.90.199" },
 *     dns: ["172.16.0.1"],
 *   },
 *   externalNetworkId: base.externalNetworkId,
 *   clientsCidr: "0.0.0.0/0",
 *   operatorsCidrs: [],
 * }, { dependsOn: [access] });
 * ```
 */
export class Tenant extends pulumi.ComponentResource {
  /** Scoped to the project. */
  public readonly provider!: openstack.Provider;
  public readonly projectId!: pulumi.Output<string>;
  public readonly networkId!: pulumi.Output<string>;
  /** Known once the router serves the subnet: servers find addresses and metadata only then. */
  public readonly subnetId!: pulumi.Output<string>;
  public readonly routerId!: pulumi.Output<string>;
  /** Admits HTTP from the clients, and the balancers' VRRP among themselves. */
  public readonly balancerGroupId!: pulumi.Output<string>;
  /** Admits the balancers to the API. */
  public readonly apiGroupId!: pulumi.Output<string>;
  /** Admits the API to the database. */
  public readonly databaseGroupId!: pulumi.Output<string>;
  public readonly keyPair!: pulumi.Output<string>;
  public readonly keyPairFingerprint!: pulumi.Output<string>;

  constructor(name: string, args: TenantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:Tenant", name, {}, opts);
    const { project: prefix, credentials } = args;
    const tags = markedWith(name);
    // Keystone puts a project into the domain that the token is scoped to; its id is not known before the cloud exists.
    const domain = new openstack.Provider(
      `${name}-domain`,
      { ...connection(credentials), domainName: credentials.domainName },
      { parent: this },
    );
    const project = new openstack.identity.Project(
      `${name}-project`,
      { name: prefix, description: `Made by Pulumi: ${tags.join(", ")}` },
      { parent: this, provider: domain },
    );
    const provider = new openstack.Provider(
      `${name}-project`,
      {
        ...connection(credentials),
        tenantName: prefix,
        projectDomainName: credentials.domainName,
      },
      { parent: this, dependsOn: [project] },
    );
    const within = { parent: this, provider };
    const network = makeNetwork(name, args, tags, within);
    const groups = makeGroups(name, args, tags, within);
    const keyPair = new openstack.compute.Keypair(
      `${name}-key`,
      {
        name: `${prefix}-key`,
        ...(args.publicKey === undefined ? {} : { publicKey: args.publicKey }),
      },
      within,
    );

    this.provider = provider;
    this.projectId = project.id;
    this.networkId = network.networkId;
    this.subnetId = network.subnetId;
    this.routerId = network.routerId;
    this.balancerGroupId = groups.balancer;
    this.apiGroupId = groups.api;
    this.databaseGroupId = groups.database;
    this.keyPair = keyPair.name;
    this.keyPairFingerprint = keyPair.fingerprint;
    this.registerOutputs({
      projectId: this.projectId,
      networkId: this.networkId,
      subnetId: this.subnetId,
      routerId: this.routerId,
      balancerGroupId: this.balancerGroupId,
      apiGroupId: this.apiGroupId,
      databaseGroupId: this.databaseGroupId,
      keyPair: this.keyPair,
      keyPairFingerprint: this.keyPairFingerprint,
    });
  }
}

function connection(credentials: CloudCredentials): openstack.ProviderArgs {
  return {
    authUrl: credentials.authUrl,
    region: credentials.region,
    userName: credentials.userName,
    userDomainName: credentials.domainName,
    password: credentials.password,
    cacertFile: credentials.caCertificatePem,
  };
}

function makeNetwork(
  name: string,
  args: TenantArgs,
  tags: string[],
  opts: pulumi.CustomResourceOptions,
) {
  const prefix = args.project;
  const network = new openstack.networking.Network(
    `${name}-network`,
    { name: `${prefix}-network`, adminStateUp: true, tags },
    opts,
  );
  const subnet = new openstack.networking.Subnet(
    `${name}-subnet`,
    {
      name: `${prefix}-subnet`,
      networkId: network.id,
      ipVersion: 4,
      cidr: args.network.cidr,
      allocationPools: [args.network.pool],
      dnsNameservers: args.network.dns,
      enableDhcp: true,
      tags,
    },
    opts,
  );
  const router = new openstack.networking.Router(
    `${name}-router`,
    {
      name: `${prefix}-router`,
      adminStateUp: true,
      externalNetworkId: args.externalNetworkId,
      tags,
    },
    opts,
  );
  const routed = new openstack.networking.RouterInterface(
    `${name}-router`,
    { routerId: router.id, subnetId: subnet.id },
    opts,
  );
  return { networkId: network.id, subnetId: routed.subnetId, routerId: router.id };
}

const SSH_PORT = 22;

function makeGroups(
  name: string,
  args: TenantArgs,
  tags: string[],
  opts: pulumi.CustomResourceOptions,
) {
  const group = (role: string, description: string): openstack.networking.SecGroup =>
    new openstack.networking.SecGroup(
      `${name}-${role}`,
      { name: `${args.project}-${role}`, description, tags },
      opts,
    );
  const allow = (
    role: string,
    to: openstack.networking.SecGroup,
    rule: { protocol: string; port?: number; fromGroup?: pulumi.Input<string>; fromCidr?: string },
  ): void => {
    new openstack.networking.SecGroupRule(
      `${name}-${role}`,
      {
        securityGroupId: to.id,
        direction: "ingress",
        ethertype: "IPv4",
        protocol: rule.protocol,
        ...(rule.port === undefined ? {} : { portRangeMin: rule.port, portRangeMax: rule.port }),
        ...(rule.fromGroup === undefined ? {} : { remoteGroupId: rule.fromGroup }),
        ...(rule.fromCidr === undefined ? {} : { remoteIpPrefix: rule.fromCidr }),
      },
      opts,
    );
  };
  const balancer = group("balancer", "Load balancers: HTTP from the clients, VRRP of the pair");
  const api = group("api", "API servers: HTTP from the load balancers");
  const database = group("database", "Database: PostgreSQL from the API servers");
  const clients = args.clientsCidr;
  allow("balancer-http", balancer, { protocol: "tcp", port: HTTP_PORT, fromCidr: clients });
  // The balancers look at each other; with narrower clients the rule above does not cover that.
  if (clients !== "0.0.0.0/0") {
    allow("balancer-peer", balancer, { protocol: "tcp", port: HTTP_PORT, fromGroup: balancer.id });
  }
  allow("balancer-vrrp", balancer, { protocol: "112", fromGroup: balancer.id });
  const operators = args.operatorsCidrs;
  for (const fromCidr of operators) {
    allow(`balancer-ssh-${fromCidr}`, balancer, { protocol: "tcp", port: SSH_PORT, fromCidr });
  }
  if (operators.length > 0) {
    allow("api-ssh", api, { protocol: "tcp", port: SSH_PORT, fromGroup: balancer.id });
    allow("database-ssh", database, { protocol: "tcp", port: SSH_PORT, fromGroup: balancer.id });
  }
  allow("api-http", api, { protocol: "tcp", port: API_PORT, fromGroup: balancer.id });
  allow("database-sql", database, { protocol: "tcp", port: DATABASE_PORT, fromGroup: api.id });
  return { balancer: balancer.id, api: api.id, database: database.id };
}
