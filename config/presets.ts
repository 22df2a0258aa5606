/** What a stack is when its configuration says nothing else, by the name in `preset`. */

type Section = Record<string, unknown>;

const KIT_SERVERS: { name: string; tag: string; ramMiB: number; disks: number }[] = [
  { name: "server1", tag: "controller", ramMiB: 11 * 1024, disks: 1 },
  { name: "server2", tag: "reserve", ramMiB: 15 * 1024, disks: 2 },
  { name: "server3", tag: "compute", ramMiB: 30 * 1024, disks: 2 },
  { name: "server4", tag: "compute", ramMiB: 30 * 1024, disks: 2 },
  { name: "server5", tag: "compute", ramMiB: 30 * 1024, disks: 2 },
];

/** A course kit: five small servers with Intel AMT on one flat LAN, the control plane in containers on three of them. */
const kit: Section = {
  bastion: { port: 22, user: "cloud" },
  maas: {
    profile: "private-cloud",
    url: "http://172.16.0.3:5240/MAAS",
    // Interfaces keep the kernel's names, so that eth0 is eth0 on every server.
    settings: { kernel_opts: "net.ifnames=0", upstream_dns: "172.16.0.1" },
    zones: [],
    pools: [],
  },
  network: {
    cidr: "172.16.0.0/20",
    gateway: "172.16.0.1",
    dns: ["172.16.0.3"],
    dynamicRange: { start: "172.16.11.1", end: "172.16.14.255" },
    reserved: [
      { start: "172.16.0.1", end: "172.16.0.9", comment: "router, switch, bastion" },
      { start: "172.16.15.1", end: "172.16.15.254", comment: "management controllers" },
    ],
  },
  machines: Object.fromEntries(
    KIT_SERVERS.map(({ name, tag, ramMiB, disks }, index) => [
      name,
      {
        macs: [`52:54:00:16:00:0${index + 1}`],
        power: { type: "amt", address: `172.16.15.${index + 1}` },
        tags: [tag],
        bridges: [{ name: "br-ex", type: "ovs", parent: "eth0", linkMode: "auto" }],
        minimum: { cores: 2, ramMiB, disks },
      },
    ]),
  ),
  juju: {
    controller: "maas-controller",
    cloud: "maas-one",
    credential: "private-cloud",
    model: "openstack",
    base: "ubuntu@22.04",
    controllerTag: "controller",
    // Juju's own 20 minutes are too short for servers whose firmware takes some of them.
    bootstrapTimeoutSeconds: 3600,
    modelConfig: {},
  },
  openstack: {
    release: "yoga",
    hostTag: "compute",
    architecture: "amd64",
    osdDevices: ["/dev/sdb"],
    bridgeMappings: { physnet1: "br-ex" },
    bridgeInterfaces: { "br-ex": "eth0" },
    flatNetworks: ["physnet1"],
    dnsServers: ["172.16.0.1"],
    virtType: "qemu",
    applications: {},
    relations: [],
  },
  vault: {
    keyShares: 5,
    keyThreshold: 3,
    tokenTtl: "50m",
    caCommonName: "private-cloud Vault intermediate CA",
    caDays: 1825,
  },
  access: {
    region: "RegionOne",
    user: "private-cloud",
    project: "admin",
    domain: "admin_domain",
  },
  external: {
    name: "ext_net",
    physnet: "physnet1",
    cidr: "172.16.0.0/20",
    gateway: "172.16.0.1",
    pool: { start: "172.16.7.0", end: "172.16.8.255" },
  },
  image: { name: "guest" },
  flavors: {
    "m1.tiny": { vcpus: 1, ramMiB: 1024, diskGiB: 20 },
    "m1.small": { vcpus: 1, ramMiB: 2048, diskGiB: 20 },
    "m1.medium": { vcpus: 2, ramMiB: 4096, diskGiB: 20 },
    "m1.large": { vcpus: 4, ramMiB: 8192, diskGiB: 20 },
  },
  tenant: {
    project: "notes",
    cidr: "192.168.90.0/24",
    pool: { start: "192.168.90.100", end: "192.168.90.199" },
    dns: ["172.16.0.1"],
    clients: "0.0.0.0/0",
  },
  app: {
    name: "notes",
    addresses: {
      shared: "192.168.90.10",
      balancers: ["192.168.90.11", "192.168.90.12"],
      apis: ["192.168.90.21", "192.168.90.22"],
      database: "192.168.90.31",
    },
    // Far from the pool's beginning, where Neutron takes addresses for routers.
    floatingIp: "172.16.8.250",
    flavor: "m1.tiny",
    databaseFlavor: "m1.small",
    databaseVolumeGiB: 5,
  },
  verification: {
    failover: false,
    hypervisorsAtLeast: 3,
    httpSeconds: 900,
    failoverSeconds: 120,
  },
  patience: { stallSeconds: 1800, ceilingSeconds: 4 * 3600, pollSeconds: 10, quietSeconds: 60 },
};

/** `none` fills nothing in: every value must be given. */
export const PRESETS: Record<string, Section> = { kit, none: {} };
