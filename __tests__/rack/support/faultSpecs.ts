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
  minimum: { cores: 2, ramMiB: 4096, disks: 2 },
});

export const fleet = (maas: Access, ...numbers: number[]) => ({
  maas,
  machines: numbers.map(machine),
});
