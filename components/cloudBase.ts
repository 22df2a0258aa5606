import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";

/** An inclusive range of addresses. */
export interface AddressPool {
  start: string;
  end: string;
}

/** The network through which servers are reached from outside the cloud. */
export interface ExternalNetworkArgs {
  /** Name in OpenStack, e.g. `ext_net`. */
  name: string;
  /** Physical network, a key of the bridge mappings on the compute hosts, e.g. `physnet1`. A change replaces the network. */
  physnet: string;
  /** Range of the physical network, e.g. `172.16.0.0/20`. A change replaces the subnet. */
  cidr: string;
  /** The physical network's own router, inside `cidr`. */
  gateway: string;
  /** Addresses that Neutron gives to routers and floating IPs. Nothing else, MAAS included, may give them out. */
  pool: AddressPool;
}

/** An image that is uploaded from a file. */
export interface ImageArgs {
  /** Name in OpenStack. A change replaces the image; a new file needs a new name, because only the path is compared. */
  name: string;
  /** A qcow2 file, relative to the project's folder. It is read when the image is created, not in a preview. */
  file: string;
}

/** A size of servers. */
export interface FlavorArgs {
  /** Name in OpenStack. A change replaces the flavor, as does every other. */
  name: string;
  vcpus: number;
  /** Memory in MiB. */
  ramMiB: number;
  /** Root disk in GiB. */
  diskGiB: number;
}

export interface CloudBaseArgs {
  external: ExternalNetworkArgs;
  image: ImageArgs;
  /** Sizes of servers, for all projects. */
  flavors: FlavorArgs[];
}

/**
 * What every project of the cloud uses: the external network, an image, the flavors. The provider's user must be an
 * administrator.
 *
 * ```typescript
 * const base = new CloudBase("cloud", {
 *   external: {
 *     name: "ext_net",
 *     physnet: "physnet1",
 *     cidr: "172.16.0.0/20",
 *     gateway: "172.16.0.1",
 *     pool: { start: "172.16.7.0", end: "172.16.8.255" },
 *   },
 *   image: { name: "debian-12", file: "images/debian-12.qcow2" },
 *   flavors: [{ name: "m1.tiny", vcpus: 1, ramMiB: 1024, diskGiB: 20 }],
 * }, { provider });
 * ```
 */
export class CloudBase extends pulumi.ComponentResource {
  /** Known once the subnet with the addresses exists: a router on the network needs one. */
  public readonly externalNetworkId!: pulumi.Output<string>;
  /** As {@link openstack.networking.FloatingIp} wants it. Known once the subnet with the addresses exists. */
  public readonly externalNetworkName!: pulumi.Output<string>;
  public readonly externalSubnetId!: pulumi.Output<string>;
  public readonly imageId!: pulumi.Output<string>;
  /** Ids by name. */
  public readonly flavorIds!: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: CloudBaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("private-cloud:index:CloudBase", name, {}, opts);
    const parent = { parent: this };
    const { external } = args;
    const networkName = external.name;

    const network = new openstack.networking.Network(
      `${name}-external`,
      {
        name: networkName,
        external: true,
        shared: true,
        adminStateUp: true,
        segments: [{ networkType: "flat", physicalNetwork: external.physnet }],
      },
      parent,
    );
    const subnet = new openstack.networking.Subnet(
      `${name}-external`,
      {
        name: networkName.replace(/net$/, "subnet"),
        networkId: network.id,
        ipVersion: 4,
        cidr: external.cidr,
        gatewayIp: external.gateway,
        allocationPools: [external.pool],
        enableDhcp: false,
      },
      parent,
    );
    // Nova kills a server whose image says so at once, instead of asking it to shut down for a minute. Files are kept
    // consistent by their journals; a failover can be tried for real.
    const image = new openstack.images.Image(
      `${name}-image`,
      {
        name: args.image.name,
        localFilePath: args.image.file,
        containerFormat: "bare",
        diskFormat: "qcow2",
        visibility: "public",
        properties: { os_shutdown_timeout: "0", hw_rng_model: "virtio" },
      },
      parent,
    );
    const flavors = args.flavors.map(
      (flavor) =>
        new openstack.compute.Flavor(
          `${name}-${flavor.name}`,
          {
            name: flavor.name,
            vcpus: flavor.vcpus,
            ram: flavor.ramMiB,
            disk: flavor.diskGiB,
            isPublic: true,
          },
          parent,
        ),
    );

    // Through the subnet: Neutron 21 fails to make a subnet while a router without an address waits on its network.
    this.externalNetworkId = subnet.networkId;
    this.externalNetworkName = pulumi.all([network.name, subnet.id]).apply(([found]) => found);
    this.externalSubnetId = subnet.id;
    this.imageId = image.id;
    this.flavorIds = pulumi
      .all(flavors.map((flavor) => pulumi.all([flavor.name, flavor.id])))
      .apply((pairs) => Object.fromEntries(pairs));
    this.registerOutputs({
      externalNetworkId: this.externalNetworkId,
      externalNetworkName: this.externalNetworkName,
      externalSubnetId: this.externalSubnetId,
      imageId: this.imageId,
      flavorIds: this.flavorIds,
    });
  }
}
