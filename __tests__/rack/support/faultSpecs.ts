/** Small specs for tests of faults: as little as a step needs to meet one. */

interface Access {
  profile: string;
  url: string;
}

export const site = (maas: Access) => ({
  maas,
  settings: { upstream_dns: "172.16.0.1", kernel_opts: "net.ifnames=0" },
  zones: ["default", "rack-b"],
  pools: ["default"],
  subnets: [
    {
      ...{ cidr: "172.16.0.0/20", gateway: "172.16.0.1", dns: ["172.16.0.1"] },
      dhcp: { dynamicRange: { start: "172.16.11.1", end: "172.16.14.255", comment: "DHCP" } },
      reserved: [{ start: "172.16.7.0", end: "172.16.8.255", comment: "floating addresses" }],
    },
  ],
});

const machine = (n: number) => ({
  hostname: `server${n}`,
  macAddresses: [`52:54:00:16:00:0${n}`],
  architecture: "amd64/generic",
  power: { type: "amt", parameters: { power_address: `172.16.15.${n}` } },
  tags: n === 1 ? ["controller"] : ["compute"],
  zone: "default",
  pool: "default",
  bridges: [
    { name: "br-ex", type: "ovs", parent: "eth0", subnetCidr: "172.16.0.0/20", linkMode: "auto" },
  ],
  minimum: { cores: 2, ramMiB: 4096, disks: n === 1 ? 1 : 2 },
});

export const fleet = (maas: Access, ...numbers: number[]) => ({
  maas,
  machines: numbers.map(machine),
});

/** The fleet as Juju needs it, without bridges: fewer calls. */
export const plainFleet = (maas: Access, ...numbers: number[]) => ({
  maas,
  machines: numbers.map((n) => ({ ...machine(n), bridges: [] })),
});

const CONTROLLER = "maas-controller";
const inModel = { controller: CONTROLLER, model: "openstack" };

export const controller = (maas: Access) => ({
  controller: CONTROLLER,
  cloud: { name: "maas-one", endpoint: maas.url },
  credential: "admin",
  base: "ubuntu@22.04",
  constraints: "tags=controller arch=amd64",
  bootstrapTimeoutSeconds: 7200,
  allowUnsafeJuju: false,
  maas,
  allowDestroy: true,
});

export const model = (maas: Access) => ({
  ...inModel,
  maas,
  allowUnsafeJuju: false,
  cloud: "maas-one",
  credential: "admin",
  config: { "default-base": "ubuntu@22.04" },
  allowDestroy: false,
});

/** In seconds of the steps' own clock. */
const patience = { stallSeconds: 60, ceilingSeconds: 1800, pollSeconds: 6, quietSeconds: 1 };

/** Vault and its database beside each other on one machine. */
export const bundle = () => ({
  ...inModel,
  bundle: {
    machines: { "0": { constraints: "arch=amd64 tags=compute" } },
    "default-base": "ubuntu@22.04/stable",
    applications: {
      "mysql-innodb-cluster": {
        charm: "mysql-innodb-cluster",
        channel: "8.0/stable",
        num_units: 3,
        to: ["lxd:0", "lxd:0", "lxd:0"],
      },
      vault: { charm: "vault", channel: "1.8/stable", num_units: 1, to: ["lxd:0"] },
    },
    relations: [["mysql-innodb-cluster:certificates", "vault:certificates"]],
  },
  allowed: [
    { application: "vault", workload: "blocked", message: "^Vault needs to be initialized" },
  ],
  patience,
});

export const settled = () => ({
  ...inModel,
  applications: { vault: 1, "mysql-innodb-cluster": 3 },
  allowed: [],
  patience,
});

export const vault = (certificatePem: string) => ({
  ...inModel,
  application: "vault",
  ...{ keyShares: 5, keyThreshold: 3, tokenTtl: "20h" },
  ca: { certificatePem, commonName: "Vault CA", days: 90 },
  patience,
});
