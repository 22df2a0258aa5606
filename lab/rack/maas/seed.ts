import type { Seed } from "../core/rack";
import type { Random } from "../core/rng";
import { defaultConfig } from "./configItems";
import { nextNumber } from "./numbers";
import type { Hardware, MaasState } from "./state";

const GIB = 1024 ** 3;

const kitServer = (number: number, memoryGiB: number, disks: number): Hardware => ({
  mac: `52:54:00:16:00:0${number}`,
  nic: "eth0",
  cores: number <= 2 ? 4 : 8,
  memoryMiB: memoryGiB * 1024,
  disks: Array.from({ length: disks }, (_, disk) => (disk === 0 ? 240 * GIB : 480 * GIB)),
  bmc: `172.16.15.${number}`,
  vendor: "Intel(R) Client Systems",
  product: "NUC11TNKv5",
});

const KIT: Hardware[] = [
  kitServer(1, 12, 1),
  kitServer(2, 16, 2),
  kitServer(3, 32, 2),
  kitServer(4, 32, 2),
  kitServer(5, 32, 2),
];

const BOOT_RESOURCES = [
  { name: "ubuntu/focal", subarches: ["ga-20.04", "ga-20.04-lowlatency", "hwe-20.04"] },
  { name: "ubuntu/jammy", subarches: ["ga-22.04", "ga-22.04-lowlatency", "hwe-22.04"] },
];

const importImages = (maas: MaasState): void => {
  for (const { name, subarches } of BOOT_RESOURCES) {
    for (const subarch of subarches) {
      maas.bootResources.push({
        id: nextNumber(maas, "bootResource"),
        type: "Synced",
        name,
        architecture: `amd64/${subarch}`,
        subarches: `generic,${subarches.join(",")}`,
      });
    }
  }
};

/** The network that the kit's region found on its own interface. */
const kitNetwork = (maas: MaasState): void => {
  maas.fabrics.push({ id: 0, name: "fabric-0", class_type: null });
  maas.vlans.push({
    id: nextNumber(maas, "vlan", 5001),
    vid: 0,
    fabric: 0,
    name: "untagged",
    mtu: 1500,
    dhcpOn: false,
    primaryRack: null,
    secondaryRack: null,
    relayVlan: null,
    space: null,
  });
  maas.numbers.fabric = 0;
  maas.subnets.push({
    id: nextNumber(maas, "subnet"),
    name: "172.16.0.0/20",
    description: "",
    vlan: 5001,
    cidr: "172.16.0.0/20",
    gateway: "172.16.0.1",
    dnsServers: [],
    allowDns: true,
    allowProxy: true,
    activeDiscovery: false,
    managed: true,
    rdnsMode: 2,
  });
};

export const initialMaas = (seed: Seed, rng: (key: string) => Random): MaasState => {
  const [consumer = "", token = "", secret = ""] = seed.apiKey.split(":");
  const kit = seed.name === "kit";
  const systemId = rng("rack-controller").letters(6, "abcdefghkmnpqrstwxy34678");
  const maas: MaasState = {
    numbers: {},
    url: "http://172.16.0.3:5240/MAAS",
    config: defaultConfig(),
    users: [
      {
        username: "admin",
        email: "admin@example.com",
        superuser: true,
        keys: [{ name: "MAAS consumer", consumer, token, secret }],
        sshKeys: [],
      },
    ],
    zones: [{ id: 1, name: "default", description: "" }],
    pools: [{ id: 0, name: "default", description: "Default pool" }],
    tags: [],
    domains: [{ id: 0, name: "maas", authoritative: true, ttl: null }],
    fabrics: [],
    vlans: [],
    spaces: [],
    subnets: [],
    ranges: [],
    reservedAddresses: [],
    bootResources: [],
    importingUntil: 0,
    rackControllers: kit ? [{ systemId, hostname: "bastion", address: "172.16.0.3" }] : [],
    machines: [],
    devices: [],
    hardware: kit ? structuredClone(KIT) : [],
    events: [],
    files: [],
    plain: {},
  };
  maas.numbers = { zone: 1, pool: 0, domain: 0 };
  importImages(maas);
  if (kit) kitNetwork(maas);
  return maas;
};
